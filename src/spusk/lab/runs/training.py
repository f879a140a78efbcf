"""The trainings of the lab: each in its own thread, whoever looks on and whoever has left."""

import json
from collections.abc import Callable
from threading import Lock, Thread
from time import monotonic, perf_counter
from typing import Any

from spusk import data, engines
from spusk.data import Data, prepare
from spusk.engines import Session
from spusk.errors import InputError
from spusk.i18n import LANGUAGES, say
from spusk.lab.requests import TrainingRequest
from spusk.lab.runs.base import LabRun
from spusk.lab.runs.loaded import Found, loaded
from spusk.lab.runs.report import ended, progress_of, row_of
from spusk.lab.runs.sets import SetFacts, Sets
from spusk.lab.runs.watchers import everywhere
from spusk.nn.network import Network
from spusk.training import Cause, Event, TrainingOutcome, likely_cause, plan_events
from spusk.training.best import Best

AT_ONCE, KEPT = 2, 20
KEPT_WEIGHTS = 40_000_000  # of all kept runs together: 160 MB, twice that while they run
BEAT = 0.1  # seconds between two words of progress
COPYING = 50  # a copy of the weights is made after this many times the time that one takes
FRESH = 0.05  # seconds: no copy needs to be younger
PATIENCE = 10.0  # seconds in which a training reaches the end of its step
STATES = {
    TrainingOutcome.FINISHED: "finished",
    TrainingOutcome.LEARNED_NOTHING: "finished",
    TrainingOutcome.STOPPED: "stopped",
    TrainingOutcome.SATURATED: "failed",
    TrainingOutcome.NOT_FINITE: "failed",
    TrainingOutcome.DIVERGED: "failed",
}


class TrainingRun(LabRun):
    """One training: its thread, its place, and a copy of its weights that nobody writes to.

    The thread holds `gate` only for a moment at an event. `wanted`: what the thread shall do at
    its next event: "go", "pause", "epoch" (go, then pause at the epoch's end) or "stop".
    """

    sets: Data

    def __init__(self, name: str, wish: TrainingRequest, facts: SetFacts, sets: Data) -> None:
        self.wish = wish
        V, choice = sets.train, wish.choice(sets.train)
        self.net = Network(
            wish.layers, wish.seed, wish.init, activation=choice.activation, output=choice.output,
            error=choice.error, V=V, preparation=prepare(V, targets=choice.output == "identity"),
        )  # fmt: skip
        self.plan = wish.plan(V)
        self.best = Best(net=self.net if self.plan.keep == "best" else None)
        sets = self.plan.checked(self.net, sets._replace(validation=None))
        super().__init__(name, self.net.copy(), facts, sets, wish.description())
        self.copied, self.copying = monotonic(), 0.0
        self.state, self.wanted, self.resting = "running", "go", False
        self.last: Event | None = None
        self.told = 0.0
        self.cause: Cause | None = None  # why nothing was learned

    def begin(self) -> None:
        """Opens the engine and sets off."""
        size = self.plan.size(self.sets.train)
        engine = engines.engine("auto", self.net, self.plan.rule)
        session = engine.open(self.net, self.sets.train, size, None, self.plan.rule)
        self.thread = Thread(target=self.carry_out, args=(session,), name="lab run", daemon=True)
        self.thread.start()

    def carry_out(self, session: Session) -> None:
        """The thread: trains to the end, or until stopped."""
        stop = lambda: self.wanted == "stop"  # noqa: E731
        try:
            parts = self.net, self.sets, self.plan, session
            for event in plan_events(*parts, stop=stop, best=self.best):
                self.take(event)
                if event.outcome is not None or not self.goes_on(event):
                    break
            if event.outcome is not None and event.outcome.complete:
                self.best.take()
            self.end(event.outcome or TrainingOutcome.STOPPED)
        except BaseException:
            self.end(None)
            raise

    def take(self, event: Event) -> None:
        """Looks at an event: keeps a copy, tells who watches."""
        self.last = event
        now = monotonic()
        if event.ends_epoch or now - self.copied >= max(FRESH, COPYING * self.copying):
            self.copy()
        if event.ends_epoch and self.whole(event):
            row = row_of(event)
            text = everywhere(json.dumps({"epoch": {"id": self.id} | row}))
            with self.gate:  # who begins to watch sees this epoch once, in the run or after it
                self.history.append(row)
                self.watchers.tell(text)
        if now - self.told >= BEAT and self.watchers.boxes:  # short epochs have nothing but ends
            self.told = now
            text = everywhere(json.dumps({"progress": {"id": self.id} | progress_of(event)}))
            self.watchers.tell(text, progress=True)

    def whole(self, event: Event) -> bool:
        """Whether an epoch's event has its test, if it can have one; a stop cuts it short."""
        failed = event.outcome is not None and event.outcome.failed
        return failed or self.sets.watched is None or event.watched is not None

    def copy(self) -> None:
        """The weights of this moment, for all who want to look at them."""
        began = perf_counter()
        self.seen = self.net.copy()
        self.copied, self.copying = monotonic(), perf_counter() - began

    def goes_on(self, event: Event) -> bool:
        """Waits where a pause is wanted; whether the training goes on."""
        with self.gate:
            if self.wanted == "pause" or (self.wanted == "epoch" and event.ends_epoch):
                self.copy()
                self.wanted = "pause"
                self.turn("paused")
                self.resting = True
                self.gate.wait_for(lambda: self.wanted != "pause")
                self.resting = False
            return self.wanted != "stop"

    def turn(self, state: str) -> None:
        """A new state, told to all who watch; the gate is held."""
        self.state = state
        self.gate.notify_all()
        self.tell_all("run", self.described)

    def tell_all(self, name: str, what: Callable[[str], dict[str, Any]]) -> None:
        """Tells those who watch something that has words in it."""
        if self.watchers.boxes:
            self.watchers.tell({lang: json.dumps({name: what(lang)}) for lang in LANGUAGES})

    def end(self, outcome: TrainingOutcome | None) -> None:
        """The training is over; without an outcome it broke."""
        if outcome is TrainingOutcome.LEARNED_NOTHING and self.last is not None:
            costs = [row["cost"] for row in self.history]
            cause = likely_cause(self.net, self.sets.train, self.plan, self.last, costs)
            self.cause = cause.said_in("page")
        with self.gate:
            self.seen = self.net  # nobody writes to it any more
            self.outcome = outcome
            self.state = STATES[outcome] if outcome else "failed"
            self.gate.notify_all()
            self.tell_all("ended", self.ending)

    def ask(self, wanted: str) -> None:
        """Makes the thread do something else; for a pause or stop, waits until it has.

        A run that has ended stays as it is.
        """
        with self.gate:
            if self.over:
                return
            self.wanted = wanted
            if wanted in ("go", "epoch"):
                if self.state == "paused":
                    self.turn("running")
                return
            if wanted == "pause" and self.resting and self.state == "running":
                self.turn("paused")  # it was let go, and has not stirred yet
            self.gate.notify_all()
            self.gate.wait_for(lambda: self.over or self.wanted != wanted or self.parked, PATIENCE)

    @property
    def parked(self) -> bool:
        """Whether the thread waits in a pause, and shall."""
        return self.state == "paused" and self.wanted == "pause"

    def join(self, seconds: float) -> None:
        """Waits for the thread's end."""
        self.thread.join(seconds)

    def sentence(self, lang: str) -> str:
        """How it ended, with its numbers and a remedy."""
        return ended(self.outcome, self.last, self.plan.rate, self.history, lang, self.cause)


class Runs:
    """All trainings that the lab keeps; every method may be called from any thread."""

    def __init__(self, load: Callable[[str], Data] = data.load) -> None:
        self.sets, self.lock = Sets(load), Lock()
        self.kept: dict[str, LabRun] = {}
        self.leaving: list[LabRun] = []  # forgotten, and not yet at the end of their step
        self.number = 0

    def start(self, wish: TrainingRequest, lang: str) -> TrainingRun:
        """A new training, under way. Raises InputError where there is no room for it."""
        with self.lock:
            self.room_for(wish.weights, lang)
            self.one_more(lang)
            sets = self.sets.find(wish.data, lang)
            run = TrainingRun(self.new_name(), wish, self.sets.facts[wish.data], sets)
            run.begin()
            self.kept[run.id] = run
            return run

    def load(self, found: Found, lang: str) -> LabRun:
        """A run that was trained elsewhere. Raises InputError where there is no room for it."""
        with self.lock:
            self.room_for(found.net.Q + found.net.P, lang)
            name = self.new_name()
        run = loaded(name, found, self.sets, lang)  # it is tested too: others need not wait
        with self.lock:
            self.room_for(run.weights, lang)
            self.kept[name] = run
            return run

    def new_name(self) -> str:
        """A run's id, never given again; the lock is held."""
        self.number += 1
        return str(self.number)

    def room_for(self, weights: int, lang: str) -> None:
        """Raises InputError where one more run would be too much to keep."""
        if len(self.kept) >= KEPT:
            raise InputError(say("lab.many_runs", lang, n=KEPT))
        weights += sum(run.weights for run in self.all())
        if weights > KEPT_WEIGHTS:
            raise InputError(say("lab.many_kept", lang, weights=weights, limit=KEPT_WEIGHTS))

    def one_more(self, lang: str, besides: LabRun | None = None) -> None:
        """Raises InputError where so many train already."""
        busy = [run for run in self.all() if run.state == "running" and run is not besides]
        if len(busy) >= AT_ONCE:
            raise InputError(say("lab.many_at_once", lang, n=AT_ONCE))

    def all(self) -> list[LabRun]:
        """Those that are kept, and those that still take up room."""
        self.leaving = [run for run in self.leaving if not run.over]
        return [*self.kept.values(), *self.leaving]

    def find(self, name: object, lang: str) -> LabRun:
        """The run of this id. Raises InputError."""
        run = self.kept.get(name) if isinstance(name, str) else None
        if run is None:
            raise InputError(say("lab.no_run", lang))
        return run

    def steer(self, run: LabRun, wanted: str, lang: str) -> None:
        """Go on, pause, one epoch or stop. Raises InputError for a run that has ended."""
        if run.over:
            raise InputError(say("lab.run_over", lang))
        if wanted in ("go", "epoch"):
            with self.lock:
                self.one_more(lang, besides=run)
                run.ask(wanted)
        else:
            run.ask(wanted)

    def forget(self, run: LabRun) -> None:
        """Stops a run and lets it go; one in the midst of a long step counts until it has ended."""
        run.ask("stop")
        with self.lock:
            if self.kept.pop(run.id, None) is run and not run.over:
                self.leaving.append(run)
        run.watchers.tell(everywhere(json.dumps({"forgotten": run.id})))

    def close(self) -> None:
        """Stops all of them: the lab is closing."""
        with self.lock:
            every = self.all()
        for run in every:
            if isinstance(run, TrainingRun):
                with run.gate:
                    run.wanted = "stop"
                    run.gate.notify_all()
        for run in every:
            run.join(PATIENCE)
