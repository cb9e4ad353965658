"""The vocabulary of a background job, free of any model.

A handler is a generator on a model. Each :class:`Progress` it yields is a commit point: what was written so
far, the progress and the checkpoint are saved together, then a wish to cancel and the time budget are looked
at. A handler therefore never yields inside a savepoint, and keeps what it does before its first yield short.
"""

import re
import time
import traceback
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a handler has come.

    :param done: units of work finished so far
    :param total: units of work in all; 0 when it is not known
    :param message: what is being done, in the language of the user who asked for it
    :param checkpoint: JSON value from which a later run of the handler can go on; None keeps the last one

    >>> Progress(1, 4).percent
    25.0
    >>> Progress(3, 0).percent
    0.0
    >>> Progress(5, 4).percent
    100.0
    """

    done: float
    total: float
    message: str = ""
    checkpoint: Any = None

    @property
    def percent(self) -> float:
        if self.total <= 0:
            return 0.0
        return min(max(100.0 * self.done / self.total, 0.0), 100.0)


def sentence(error: BaseException) -> str:
    """The text of an error on one line, without the class name.

    >>> sentence(ValueError("bad  line\\n12"))
    'bad line 12'
    >>> sentence(KeyError("x"))
    "'x'"
    """
    return re.sub(r"\s+", " ", str(error)).strip()


def trace(error: BaseException, limit: int = 20_000) -> str:
    """The traceback of an error, its end kept when it is longer than ``limit`` characters."""
    return "".join(traceback.format_exception(error))[-limit:]


class Committed:
    """Steps of a job in transactions of their own: a step that is reached stays."""

    retries = True

    def __init__(self, env, budget_s: float = float("inf")):
        self.env = env
        self.end = time.monotonic() + budget_s
        self.left = budget_s

    def step(self):
        return nullcontext()

    def save(self) -> float:
        """Commit, and tell the seconds left for this turn."""
        left = self.env["ir.cron"]._commit_progress(1, remaining=1)
        self.left = min(left, self.end - time.monotonic())
        return self.left

    def undo(self):
        self.env.cr.rollback()


class Inline:
    """Steps of a job inside the caller's transaction: a step that fails is undone by its savepoint."""

    retries = False

    def __init__(self, env):
        self.env = env

    def step(self):
        return self.env.cr.savepoint()

    def save(self) -> float:
        self.env.flush_all()
        return float("inf")

    def undo(self):
        self.env.invalidate_all()
