"""Run functions of this core in child processes that know nothing of Odoo.

A web or cron worker must never import statsforecast, LightGBM or pandas: they cost hundreds of megabytes and
threads, and the worker's CPU limit would kill it in the middle. So the worker starts `python`, hands over arrays
in files, listens to progress, and kills the whole process group when it is told to stop.

The child loads the core by its folder (`gantry_forecast_core`), because the package around it imports Odoo.
It ends by itself when its parent disappears: its standard input closes then.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from . import codec
from .types import ProblemError

__all__ = ["Cancelled", "Child", "ChildError", "Limits", "call", "function_name"]

PACKAGE = "gantry_forecast_core"
_POLL_S = 0.1
_BOOT = """
import importlib.util, sys
sys.path[:] = [entry for entry in sys.path if entry]
name, folder = sys.argv[1:3]
spec = importlib.util.spec_from_file_location(name, folder + "/__init__.py", submodule_search_locations=[folder])
package = importlib.util.module_from_spec(spec)
sys.modules[name] = package
spec.loader.exec_module(package)
importlib.import_module(name + ".child").serve(sys.argv[3])
"""
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


class ChildError(RuntimeError):
    """The child could not do its work; the message is one plain sentence, `details` is for the log."""

    def __init__(self, sentence: str, details: str = ""):
        super().__init__(sentence)
        self.details = details


class Cancelled(ChildError):
    """The caller asked to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a child may use.

    Parameters
    ----------
    seconds : float, optional
        Wall time for one task, None for no limit.
    memory_mb : int, optional
        Address space of the child, None for the system's own limit.
    threads : int
        Threads of the numeric libraries.
    nice : int
        Added to the scheduling priority, so that people at their screens go first.
    """

    seconds: float | None = None
    memory_mb: int | None = None
    threads: int = 1
    nice: int = 10


def function_name(function) -> str:
    """Name under which the child finds a function of the core: 'engine:learn'.

    >>> function_name("engine:learn")
    'engine:learn'
    """
    if isinstance(function, str):
        return function
    package = __name__.rpartition(".")[0]
    module = function.__module__
    if not module.startswith(package + "."):
        raise ChildError("Only functions of the forecast core can run in a child process.")
    return f"{module[len(package) + 1:]}:{function.__qualname__}"


def resolve(name: str):
    """Find the function behind 'module:function' in this core."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(f".{module}", __package__), attribute)


def run(name: str, args, kwargs, *, stop=None, progress=None):
    """Call 'module:function', with `stop` and `progress` where it takes them."""
    function = resolve(name)
    accepted = inspect.signature(function).parameters
    hooks = {"stop": stop, "progress": progress}
    return function(*args, **kwargs, **{key: hook for key, hook in hooks.items() if key in accepted})


class Child:
    """One child process that does tasks one after the other.

    Parameters
    ----------
    limits : Limits
    folder : str, optional
        Folder of the core to load, this one by default.
    python : str, optional
        Interpreter, the running one by default.
    """

    def __init__(self, limits: Limits | None = None, *, folder: str | None = None, python: str | None = None):
        self.limits = limits or Limits()
        self._files = tempfile.TemporaryDirectory(prefix="gantry-forecast-")
        self._rest = b""
        self._ended = False
        self._errors = Path(self._files.name, "errors.txt")
        self._deadline: float | None = None
        limit = {"memory_mb": self.limits.memory_mb, "nice": self.limits.nice, "work": self._files.name}
        command = [python or sys.executable, "-c", _BOOT, PACKAGE, folder or str(Path(__file__).parent),
                   json.dumps(limit)]
        threads = {key: str(self.limits.threads) for key in _THREAD_VARIABLES}
        try:
            with self._errors.open("wb") as errors:
                self.process = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                    cwd=self._files.name, env={**os.environ, **threads}, start_new_session=True)
        except OSError as error:
            self._files.cleanup()
            raise ChildError("The forecast process could not be started.", str(error)) from error
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.process.stdout, selectors.EVENT_READ)

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.close()

    def submit(self, function, args=(), kwargs=None) -> None:
        """Start one task; read its end with `receive`."""
        request = codec.dumps((function_name(function), tuple(args), kwargs or {}))
        Path(self._files.name, "request.bin").write_bytes(request)
        seconds = self.limits.seconds
        self._deadline = None if seconds is None else time.monotonic() + seconds
        try:
            self.process.stdin.write(b"go\n")
            self.process.stdin.flush()
        except OSError as error:
            raise self._died() from error

    def receive(self, progress=None, wait_s: float = _POLL_S):
        """Return (True, result) at the end of the task, (False, None) while it runs.

        Raises
        ------
        ChildError
            When the task failed, ran out of time or memory, or the process died.
        """
        for line in self._read(wait_s):
            kind, *body = json.loads(line)
            if kind == "progress" and progress:
                progress(*body)
            elif kind == "done":
                return True, codec.loads(Path(self._files.name, "answer.bin").read_bytes())
            elif kind == "problem":
                raise ProblemError(body[0])
            elif kind == "failed":
                raise ChildError(*body)
        if self._deadline is not None and time.monotonic() > self._deadline:
            self.kill()
            raise ChildError(f"The forecast process did not finish within {self.limits.seconds:g} seconds.")
        return False, None

    def _read(self, wait_s):
        if not self._selector.select(wait_s):
            return []
        data = os.read(self.process.stdout.fileno(), 65536)
        if not data:
            raise self._died()
        *lines, self._rest = (self._rest + data).split(b"\n")
        return lines

    def _died(self) -> ChildError:
        try:
            self.process.wait(2.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
        code = self.process.wait()
        self.kill()
        details = self._errors.read_text(errors="replace")[-4000:]
        if code == -signal.SIGKILL:
            sentence = "The forecast process was killed by the system, most likely for lack of memory."
        elif code < 0:
            sentence = f"The forecast process crashed ({signal.Signals(-code).name})."
        else:
            sentence = f"The forecast process ended unexpectedly (code {code})."
        return ChildError(sentence, details)

    def kill(self) -> None:
        """End the process and everything it started."""
        if self._ended:
            return
        self._ended = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        """End the process and remove its files."""
        self.kill()
        self._selector.close()
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        self.process.stdout.close()
        self._files.cleanup()


def call(function, *args, stop=None, progress=None, limits: Limits | None = None, folder: str | None = None, **kwargs):
    """Run one function of the core in a child process and return what it returns.

    Parameters
    ----------
    function : callable or str
        A function of this core, or its name ('engine:learn').
    *args, **kwargs
        Plain values, arrays and dataclasses of the core.
    stop : callable, optional
        Asked every tenth of a second; true cancels.
    progress : callable, optional
        Called with what the function reports.
    limits : Limits, optional
    folder : str, optional
        Folder of the core to load, this one by default.

    Raises
    ------
    ProblemError
        When the core refuses the input.
    Cancelled
        When `stop` said so.
    ChildError
        Otherwise, in one plain sentence.
    """
    with Child(limits, folder=folder) as child:
        child.submit(function, args, kwargs)
        while True:
            finished, result = child.receive(progress)
            if finished:
                return result
            if stop and stop():
                raise Cancelled("The forecast was cancelled.")


def serve(setting: str) -> None:
    """Child side: do a task for every line on standard input, until it closes."""
    limit = json.loads(setting)
    _apply_limits(limit)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    orders = os.fdopen(os.dup(0), "rb", buffering=0)
    ready, ended = threading.Semaphore(0), threading.Event()

    def listen():
        while orders.readline():
            ready.release()
        # The parent is gone or has closed us: nobody wants the answer any more.
        ended.set()
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=listen, daemon=True).start()

    def say(*message):
        out.write(json.dumps(message, default=float) + "\n")
        out.flush()

    while True:
        ready.acquire()
        say(*_task(Path(limit["work"]), ended, say))


def _task(work: Path, ended: threading.Event, say):
    try:
        name, args, kwargs = codec.loads((work / "request.bin").read_bytes())
        result = run(name, args, kwargs, stop=ended.is_set, progress=lambda *body: say("progress", *body))
        part = work / "answer.part"
        part.write_bytes(codec.dumps(result))
        part.rename(work / "answer.bin")
        return ("done",)
    except ProblemError as error:
        return "problem", str(error)
    except MemoryError:
        return "failed", "The forecast process ran out of memory.", traceback.format_exc()
    except ImportError as error:
        missing = error.name or str(error)
        return "failed", f"The Python package {missing} is not installed.", traceback.format_exc()
    except Exception as error:
        sentence = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return "failed", f"The forecast failed: {sentence}", traceback.format_exc()


def _apply_limits(limit) -> None:
    import resource

    # An Odoo worker's own limits on CPU seconds and address space are inherited; they are not meant for us.
    for kind in (resource.RLIMIT_CPU, resource.RLIMIT_AS):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (hard, hard))
    if limit["memory_mb"]:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = limit["memory_mb"] << 20
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    with contextlib.suppress(OSError):
        os.nice(limit["nice"])
