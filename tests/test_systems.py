"""Every system starts: with nothing that only POSIX has, each room is imported and does its work.

spusk is shown os and signal as Windows has them; other libraries keep what they have here. What
depends on the system itself, such as files that are open, only a run there can test. (It keeps
os.set_blocking: only Windows takes a file that blocks for signal.set_wakeup_fd.)
"""

import os
import signal
import subprocess
import sys

import pytest

MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
# As https://docs.python.org/3.11/library/os.html has them: "Availability: Unix, not …".
NAMES = {
    "os": {
        "chown", "chroot", "confstr", "copy_file_range", "ctermid", "eventfd", "fchdir", "fchmod",
        "fchown", "fdatasync", "fork", "forkpty", "fpathconf", "fstatvfs",
        "getegid", "geteuid", "getgid", "getgroups", "getloadavg", "getpgid", "getpgrp",
        "getpriority", "getrandom", "getsid", "getuid", "killpg", "lchown", "lockf", "major",
        "memfd_create", "minor", "mkfifo", "mknod", "nice", "openpty", "O_ASYNC", "O_CLOEXEC",
        "O_DIRECT", "O_DIRECTORY", "O_DSYNC", "O_NOATIME", "O_NOCTTY", "O_NOFOLLOW", "O_NONBLOCK",
        "O_PATH", "O_SYNC", "O_TMPFILE", "pathconf", "pidfd_open", "pipe2", "posix_fadvise",
        "posix_fallocate", "posix_spawn", "pread", "pwrite", "readv", "register_at_fork",
        "sched_getaffinity", "sched_setaffinity", "sched_yield", "sendfile",
        "setpgid", "setpriority", "setsid", "setuid", "setxattr", "splice", "statvfs", "sync",
        "sysconf", "tcgetpgrp", "ttyname", "uname", "wait", "wait3", "wait4", "waitid",
        "WNOHANG", "writev",
    },
    "signal": {
        "alarm", "getitimer", "pause", "pthread_kill", "pthread_sigmask", "setitimer",
        "SIGALRM", "SIGBUS", "SIGCHLD", "SIGCONT", "SIGHUP", "SIGIO", "SIGKILL", "siginterrupt",
        "SIGPIPE", "SIGPROF", "SIGQUIT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGUSR1",
        "SIGUSR2", "SIGWINCH", "SIGXCPU", "SIGXFSZ", "sigpending", "sigtimedwait", "sigwait",
    },
}  # fmt: skip
AS_THERE = f"""
import builtins, importlib, os, pkgutil, signal, sys, types

class Less(types.ModuleType):
    def __init__(self, module, gone, **other):
        super().__init__(module.__name__)
        self.__dict__.update(
            {{name: value for name, value in vars(module).items() if name not in gone}} | other
        )

NAMES, MODULES = {NAMES}, {MODULES}
less = {{"os": Less(os, NAMES["os"], name="nt"), "signal": Less(signal, NAMES["signal"])}}

def imported(name, globals=None, locals=None, fromlist=(), level=0, plain=builtins.__import__):
    who = (globals or {{}}).get("__name__", "").partition(".")[0]
    if who == "spusk" and not level:
        if name in MODULES:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
        if name in less:
            return less[name]
    return plain(name, globals, locals, fromlist, level)

builtins.__import__ = imported
"""
EVERY_ROOM = """
import spusk
for found in pkgutil.walk_packages(spusk.__path__, "spusk."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
rooms = [name for name in sys.modules if name.startswith("spusk.")]
assert sys.modules["spusk.cli.signals"].os is less["os"] and len(rooms) > 100
"""
WORK = """
import numpy as np
import spusk
V = spusk.Sample(np.eye(6, dtype=np.uint8) * 200, labels=np.arange(6) % 3, classes=3, name="six")
net = spusk.Network([6, 5, 3], seed=1)
before = net.cost(V)
spusk.train(net, V, rate=1.0, batch=2, epochs=50, engine="reference")
assert net.cost(V) < before
assert spusk.descend("x^2 + y^2", (3, 4), 0.1).success
from spusk.cli import main
quick = ["train", "--layers", "784-8-10", "--epochs", "1", "--no-pictures", "--out", sys.argv[1]]
for words in (quick, ["show", sys.argv[1]], ["gradient", "x^2"], ["basins", "himmelblau"]):
    try:
        main(words)
    except SystemExit as ended:
        assert not ended.code, (words, ended.code)
"""


def there(code, *arguments):
    """Runs code where spusk sees a system that is not POSIX; what it said on standard error."""
    done = subprocess.run(
        [sys.executable, "-c", AS_THERE + code, *arguments],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize("code", [EVERY_ROOM, WORK], ids=["every room", "work"])
def test_nothing_needs_posix(tmp_path, code):
    assert there(code, str(tmp_path / "r")) == (0, "")


@pytest.mark.parametrize(
    "bad", ["import fcntl", "import os\nos.getuid()", "from signal import SIGHUP"]
)
def test_what_only_posix_has_is_missed(bad):
    code, said = there(f"exec({bad!r}, {{'__name__': 'spusk.any'}})")
    assert code == 1
    assert "fcntl" in said or "getuid" in said or "SIGHUP" in said


@pytest.mark.skipif(sys.platform != "linux", reason="this system has not all of these names")
def test_each_name_is_one():
    assert not NAMES["os"] - set(dir(os))
    assert not NAMES["signal"] - set(dir(signal))
