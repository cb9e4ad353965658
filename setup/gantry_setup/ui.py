"""What the command says: one line a step with its time, progress for the long ones, one sentence for an error."""

from __future__ import annotations

import contextlib
import sys
import threading
import time


class GantryError(Exception):
    """Something the user can mend; the message is one or two plain sentences that say how."""


class Ui:
    """Prints steps. On a terminal a running step rewrites its line, elsewhere it prints one now and then."""

    quiet_s = 5.0

    def __init__(self, stream=None):
        self.stream = stream or sys.stdout
        self.is_terminal = self.stream.isatty()
        self.lock = threading.RLock()
        self.started = time.monotonic()

    def say(self, text: str = "") -> None:
        with self.lock:
            print(text, file=self.stream, flush=True)

    @contextlib.contextmanager
    def step(self, title: str):
        """Time a step; the caller may report progress through the yielded `Step`."""
        current = Step(self, title)
        try:
            yield current
        except BaseException:
            current.end("failed")
            raise
        current.end("")

    def elapsed_s(self) -> float:
        """Seconds since the command was typed."""
        return time.monotonic() - self.started


class Step:
    def __init__(self, ui: Ui, title: str):
        self.ui = ui
        self.title = title
        self.started = time.monotonic()
        self.spoken = self.started
        self.note = ""
        self.progress(0, 0, "")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def progress(self, done: float, total: float, message: str = "") -> None:
        """Show how far the step is; `total` 0 means unknown."""
        share = f"{100 * done / total:3.0f} %" if total else ""
        text = " ".join(part for part in (share, message) if part)
        with self.ui.lock:
            if self.ui.is_terminal:
                line = f"\r  … {self.title:<44} {text}"[:108]
                self.ui.stream.write(f"{line:<108}")
                self.ui.stream.flush()
            elif text and time.monotonic() - self.spoken > self.ui.quiet_s:
                self.spoken = time.monotonic()
                self.ui.say(f"  … {self.title:<44} {text}")

    def end(self, verdict: str) -> None:
        with self.ui.lock:
            if self.ui.is_terminal:
                self.ui.stream.write("\r" + " " * 108 + "\r")
            mark = "✗" if verdict else "✓"
            note = f"  {self.note}" if self.note else ""
            self.ui.say(f"  {mark} {self.title:<44} {self.seconds:6.1f} s{note}")
