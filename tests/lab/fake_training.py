"""A stand-in for the live side of the lab: answers the page's messages as the protocol says."""

import json
import math

from spusk.lab.runs.sets import ALWAYS

PIXELS = 784


def row(epoch):
    """One epoch of a training that learns: cost falls, accuracy rises."""
    cost, accuracy = 0.4 / (1 + epoch), 1 - 0.4 / (1 + epoch)
    return {"epoch": epoch, "cost": cost, "accuracy": accuracy, "test_cost": cost * 1.2,
            "test_accuracy": accuracy - 0.01, "seconds": 0.1 * epoch}  # fmt: skip


class FakeTraining:
    """Trains nothing; a test moves it on with `progress`, `epoch` and `end`."""

    def __init__(self, page, runs=()):
        self.runs = {run["id"]: run for run in runs}
        self.heard, self.sockets, self.lab = [], [], "first"
        self.silent = self.full = False
        self.sets = [facts.description() for facts in ALWAYS.values()]
        page.route_web_socket("**/live", self.opened)

    def opened(self, socket):
        """One page has come, perhaps again."""
        if self.silent or self.full:
            if self.full:
                self.say({"refused": {"en": "a hundred pages", "ru": "сто страниц"}}, socket)
            socket.close()
            return
        self.sockets.append(socket)
        socket.on_message(lambda text: self.answer(socket, json.loads(text)))
        self.say({"hello": "fake", "lab": self.lab}, socket)

    def say(self, message, socket=None):
        """To the newest page unless told."""
        (socket or self.sockets[-1]).send(json.dumps(message))

    def asked(self, what):
        """Every message of one kind that came."""
        return [message for message in self.heard if message["do"] == what]

    def answer(self, socket, message):
        """The protocol, by the name of what is asked."""
        self.heard.append(message)
        what = "listed" if message["do"] == "runs" else message["do"]
        self.say(getattr(self, what)(message), socket)

    def listed(self, message):
        return {"runs": list(self.runs.values()), "sets": self.sets}

    def start(self, message):
        run = self.new(**{key: message[key] for key in message if key not in ("do", "layers")},
                       sizes=message["layers"])  # fmt: skip
        return {"started": run}

    def new(self, state="running", history=(), **plan):
        """A run as the server describes it."""
        run = {"id": f"r{len(self.runs) + 1}", "name": "run", "state": state,
               "sizes": [784, 30, 10], "rate": 3, "batch": 10, "epochs": 10, "init": "scaled",
               "seed": 0, "data": "sample", "history": list(history), "outcome": None,
               "sentence": None, "loaded": None, "shape": [28, 28], "whole": True,
               "names": [*"0123456789"]} | plan  # fmt: skip
        self.runs[run["id"]] = run
        return run

    def state(self, message, state):
        self.runs[message["id"]]["state"] = state
        return {"run": self.runs[message["id"]]}

    def watch(self, message):
        return {"run": self.runs[message["id"]]}

    def unwatch(self, message):
        return {"unwatched": message["id"]}

    def ping(self, message):
        return {"pong": True}

    def pause(self, message):
        return self.state(message, "paused")

    def resume(self, message):
        return self.state(message, "running")

    def step(self, message):
        return self.state(message, "running")

    def stop(self, message):
        return self.state(message, "stopped")

    def forget(self, message):
        del self.runs[message["id"]]
        return {"forgotten": message["id"]}

    def weights(self, message):
        neurons = [0, *range(51, 80)]
        images = [[round(math.sin(i / 9 + n), 2) for i in range(PIXELS)] for n in range(30)]
        return {"weights": {"id": message["id"], "width": 28, "height": 28, "images": images,
                            "neurons": neurons, "of": 100}}  # fmt: skip

    def confusion(self, message):
        table = [[95 if i == j else (i + j) % 3 for j in range(10)] for i in range(10)]
        wrong = [{"pixels": [(i * (n + 3)) % 256 for i in range(PIXELS)], "label": n % 10,
                  "answer": (n + 1) % 10, "sure": 0.7} for n in range(30)]  # fmt: skip
        return {"confusion": {"id": message["id"], "table": table, "wrong": wrong}}

    def draw(self, message):
        a = [0.9 if digit == 3 else 0.02 for digit in range(10)]
        drawn = {"id": message["id"], "a": a, "digit": 3, "input": message["pixels"]}
        return {"drawn": drawn}

    def progress(self, name, epoch, cost=0.2, accuracy=0.8, speed=12345.0):
        """How far a run is, within an epoch."""
        self.say({"progress": {"id": name, "epoch": epoch, "cost": cost, "accuracy": accuracy,
                               "speed": speed}})  # fmt: skip

    def epoch(self, name):
        """One more epoch has ended."""
        history = self.runs[name]["history"]
        history.append(row(len(history) + 1))
        self.say({"epoch": {"id": name} | history[-1]})

    def end(self, name, state="finished", sentence=None):
        """The run is over."""
        self.runs[name] |= {"state": state, "sentence": sentence}
        self.say({"ended": {"id": name, "state": state, "outcome": state, "sentence": sentence}})
