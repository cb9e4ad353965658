"""Running other programs: output into a log file, the end of it into the error message."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

from .ui import GantryError

TAIL_LINES = 15


def run(command, *, log: Path | None = None, what: str = "", **options) -> str:
    """Run `command` to its end and return what it printed.

    Raises
    ------
    GantryError
        When it cannot be started or fails, with the last lines of its output.
    """
    command = [str(part) for part in command]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **options
        )
    except OSError as error:
        raise GantryError(f"{command[0]} cannot be started: {error.strerror}.") from error
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout)
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-TAIL_LINES:])
        raise GantryError(f"{what or command[0]} failed (exit code {done.returncode}):\n{tail}")
    return done.stdout


def follow(command, each_line, *, log: Path, what: str, **options) -> str:
    """Like `run`, but hand every line to `each_line` while the program runs."""
    log.parent.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    process = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        **options,
    )
    try:
        with open(log, "w") as handle:
            for line in process.stdout:
                handle.write(line)
                lines.append(line)
                each_line(line)
        code = process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if code:
        tail = "".join(lines[-TAIL_LINES:]).strip()
        raise GantryError(f"{what} failed (exit code {code}); see {log}:\n{tail}")
    return "".join(lines)


def as_owner(command, owner: str | None) -> list[str]:
    """`command`, run as `owner` when that is another user than the present one."""
    command = [str(part) for part in command]
    if owner and pwd.getpwuid(os.geteuid()).pw_name != owner:
        return ["runuser", "-u", owner, "--", *command]
    return command


def find_program(*names: str, folders=()) -> str | None:
    """The first of `names` found in the PATH or in `folders`."""
    for name in names:
        found = shutil.which(name) or next(
            (str(Path(folder) / name) for folder in folders if os.access(Path(folder) / name, os.X_OK)), None
        )
        if found:
            return found
    return None
