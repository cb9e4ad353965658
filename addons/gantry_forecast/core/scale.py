"""Spread the series over processes: one machine by default, a Dask cluster when there is one.

The unit of work is a shard, a slice of the rows. A shard's forecast depends on its own rows and the recipe alone,
so neither the number of shards nor the place where they run nor the order in which they end changes a figure.
"""

from __future__ import annotations

import dataclasses
import io
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from . import codec
from .child import Cancelled, Child, ChildError, Limits, function_name, run
from .types import Plan, Problem, ProblemError, Recipe

__all__ = [
    "DaskExecutor", "Executor", "InProcessExecutor", "LocalExecutor", "iterate_shards", "join_plans", "map_shards",
    "shard_rows",
]

SHARD_SIZE = 5000
REPLACEMENT_S = 90  # a cluster without any machine left starts new ones; a busy host takes its time
SCATTERS = 8
_CANCELLED = "The forecast was cancelled."
_LOST = "A machine of the Dask cluster was lost in the middle of the forecast."


class Executor(Protocol):
    """Runs one function of the core over many argument lists."""

    def map(self, function, tasks, *, stop=None) -> Iterator[tuple[int, object]]:
        """Yield (task number, result) as tasks end, in any order; raise Cancelled when `stop()` is true."""


def _check(stop):
    if stop and stop():
        raise Cancelled(_CANCELLED)


class InProcessExecutor:
    """Everything in this process, one after the other: tests, benchmarks, the shell.

    >>> list(InProcessExecutor().map("scale:shard_rows", [(3, 2)]))
    [(0, [array([0, 1]), array([2])])]
    """

    def map(self, function, tasks, *, stop=None):
        name = function_name(function)
        for number, args in enumerate(tasks):
            _check(stop)
            try:
                result = run(name, args, {}, stop=stop)
            except InterruptedError as error:
                raise Cancelled(_CANCELLED) from error
            yield number, result


class LocalExecutor:
    """Child processes on this machine; each does one task after the other.

    Parameters
    ----------
    workers : int
        Processes at the same time.
    limits : Limits, optional
        For each of them.
    """

    def __init__(self, workers: int = 2, limits: Limits | None = None):
        if workers < 1:
            raise ProblemError("At least one forecast process is needed.")
        self.workers = workers
        self.limits = limits or Limits()

    def map(self, function, tasks, *, stop=None):
        name = function_name(function)
        waiting = enumerate(tasks)
        busy: dict[Child, int] = {}
        children: list[Child] = []
        try:
            self._fill(name, waiting, busy, children)
            while busy:
                _check(stop)
                pause = 0.1 / len(busy)
                for child in list(busy):
                    finished, result = child.receive(wait_s=pause)
                    if not finished:
                        continue
                    number = busy.pop(child)
                    self._give(child, name, waiting, busy)
                    yield number, result
                    _check(stop)
        finally:
            for child in children:
                child.close()

    def _fill(self, name, waiting, busy, children):
        for _ in range(self.workers):
            task = next(waiting, None)
            if task is None:
                return
            child = Child(self.limits)
            children.append(child)
            child.submit(name, task[1])
            busy[child] = task[0]

    @staticmethod
    def _give(child, name, waiting, busy):
        task = next(waiting, None)
        if task is not None:
            child.submit(name, task[1])
            busy[child] = task[0]


# Sent to the cluster by value: its workers need neither Odoo nor this addon, only numpy and the optional packages.
_REMOTE = '''
def remote(package, key, source, name, blob):
    import hashlib, importlib, importlib.util, io, os, sys, tempfile, zipfile
    module = package + "_" + key
    if module not in sys.modules:
        folder = tempfile.mkdtemp(prefix=module)
        zipfile.ZipFile(io.BytesIO(source)).extractall(folder)
        spec = importlib.util.spec_from_file_location(
            module, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder])
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[module] = loaded
        spec.loader.exec_module(loaded)
    return importlib.import_module(module + ".scale").answer(name, blob)
'''


def answer(name: str, blob: bytes):
    """Cluster side: run a packed task; ('done', packed result) or ('problem'|'failed', sentence)."""
    try:
        return "done", codec.dumps(run(name, codec.loads(blob), {}))
    except ProblemError as error:
        return "problem", str(error)
    except ImportError as error:
        return "failed", f"The Python package {error.name or error} is not installed on the cluster."
    except Exception as error:
        return "failed", f"The forecast failed on the cluster: {error or type(error).__name__}"


def _source() -> bytes:
    """This core as a zip file, the same bytes for the same code."""
    out = io.BytesIO()
    folder = Path(__file__).parent
    with zipfile.ZipFile(out, "w") as pack:
        for path in sorted(folder.rglob("*.py")):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix())
            pack.writestr(info, path.read_bytes())
    return out.getvalue()


class DaskExecutor:
    """The same tasks on a Dask cluster (optional package `distributed`).

    Parameters
    ----------
    address : str
        The scheduler, such as 'tcp://planner:8786'.
    retries : int
        How often a task is sent again when its machine disappears.
    timeout_s : float
        How long to wait for the scheduler.
    """

    def __init__(self, address: str, *, retries: int = 2, timeout_s: float = 10.0):
        self.address, self.retries, self.timeout_s = address, retries, timeout_s

    def _client(self):
        try:
            from distributed import Client
        except ImportError as error:
            raise ChildError("The Python package distributed (Dask) is not installed.", str(error)) from error
        try:
            return Client(self.address, timeout=self.timeout_s, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ChildError(f"The Dask cluster at {self.address} cannot be reached.", str(error)) from error

    def map(self, function, tasks, *, stop=None):
        name = function_name(function)
        with self._client() as client:
            yield from self._run(client, name, tasks, stop)

    def _run(self, client, name, tasks, stop):
        send = _sender(client, name, retries=self.retries)
        tasks = [tuple(args) for args in tasks]
        pending: dict = {}
        losses = [0] * len(tasks)
        try:
            pending.update((send(args), number) for number, args in enumerate(tasks))
            while pending:
                _check(stop)
                done = [future for future in pending if future.done()]
                if not done:
                    time.sleep(0.05)
                for future in done:
                    number = pending.pop(future)
                    found = _fetch(future)
                    if found is None:
                        losses[number] += 1
                        if losses[number] > self.retries:
                            raise ChildError(_LOST, str(future))
                        pending[send(tasks[number], again=True)] = number
                        continue
                    yield number, _unpack(*found)
                    _check(stop)
        finally:
            client.cancel(list(pending))


def _sender(client, name, *, retries):
    """A function that sends one task, and the code when it was lost; what was sent cannot be computed again there."""
    import hashlib

    from distributed import TimeoutError as DaskTimeoutError

    source = _source()
    key = hashlib.sha256(source).hexdigest()[:12]
    space = {"__name__": "gantry_forecast_remote"}
    exec(_REMOTE, space)

    def scatter(data, **options):
        """Send data to the machines; to others when the one it went to dies meanwhile."""
        for attempt in range(SCATTERS):
            try:
                # hash=False: data under a key made from its content would be shared with, and dropped by, others
                return client.scatter(data, hash=False, timeout=REPLACEMENT_S, **options)
            except (DaskTimeoutError, OSError) as error:
                if isinstance(error, DaskTimeoutError) or attempt == SCATTERS - 1:
                    raise ChildError(_LOST, str(error)) from error
                time.sleep(0.5 * attempt)
        return None

    code = scatter(source, broadcast=True)

    def send(args, *, again=False):
        nonlocal code
        if again and code.status != "finished":
            code = scatter(source, broadcast=True)
        return client.submit(space["remote"], "gantry_forecast_core", key, code, name, scatter(codec.dumps(args)),
                             pure=False, retries=retries)

    return send


def _fetch(future):
    """The answer of an ended task; None when it was lost with its machine, or with what it had been sent."""
    from concurrent.futures import CancelledError

    if future.status in ("lost", "cancelled"):
        return None
    try:
        return future.result()
    except CancelledError:  # it ended well, and then its machine went
        return None
    except Exception as error:
        raise ChildError(_LOST, str(error)) from error


def _unpack(state, body):
    if state == "problem":
        raise ProblemError(body)
    if state == "failed":
        raise ChildError(body)
    return codec.loads(body)


def shard_rows(size: int, shard_size: int) -> list[np.ndarray]:
    """Rows of every shard, in order, none larger than `shard_size`."""
    if shard_size < 1:
        raise ProblemError("A shard must hold at least one series.")
    return [np.arange(begin, min(begin + shard_size, size)) for begin in range(0, size, shard_size)]


def apply_shard(problem: Problem, recipe: bytes | Recipe, seed: int = 0, stop=None) -> Plan:
    """What runs at the other end: forecast one shard with a recipe learnt before."""
    from .engine import apply

    recipe = Recipe.from_bytes(recipe) if isinstance(recipe, bytes) else recipe
    return apply(problem, recipe, seed=seed, stop=stop)


def iterate_shards(problem: Problem, recipe: Recipe, executor: Executor, *, shard_size: int = SHARD_SIZE,
                   seed: int = 0, stop=None):
    """Forecast in shards and yield (rows, plan) as each one ends, so that results can be stored at once.

    Raises
    ------
    Cancelled, ChildError, ProblemError
    """
    shards = shard_rows(problem.size, shard_size)
    packed = recipe.to_bytes()
    tasks = ((problem.take(_with_lookalikes(problem, rows)), packed, seed) for rows in shards)
    for number, plan in executor.map(apply_shard, tasks, stop=stop):
        rows = shards[number]
        yield rows, plan if len(plan.mean) == len(rows) else _head(plan, len(rows))


def _with_lookalikes(problem, rows):
    """The shard's rows, then the rows outside it that its new products resemble."""
    if problem.lookalike is None:
        return rows
    wanted = problem.lookalike[rows]
    extra = np.setdiff1d(wanted[wanted >= 0], rows)
    return np.concatenate([rows, extra])


def _head(plan: Plan, size: int) -> Plan:
    """The plan of the first `size` series."""
    rows = {name: getattr(plan, name)[:size] for name in _row_fields(plan)}
    return dataclasses.replace(
        plan, **rows, season=None if plan.season is None else plan.season[:size],
        reasons={key: values[:size] for key, values in plan.reasons.items()})


def _row_fields(plan: Plan) -> list[str]:
    """Names of the arrays with a row per series (season and reasons are handled apart)."""
    return [field.name for field in dataclasses.fields(plan)
            if isinstance(getattr(plan, field.name), np.ndarray) and field.name not in ("bt_end", "season")]


def join_plans(plans: list[Plan]) -> Plan:
    """One plan out of the plans of consecutive shards.

    Model numbers are translated to one common list of names. The window averages of Odoo's wizard are averaged over
    the shards, weighted by demand.
    """
    first = plans[0]
    if len(plans) == 1:
        return first
    names = tuple(dict.fromkeys(name for plan in plans for name in plan.model_names))
    rows = {name: np.concatenate([getattr(plan, name) for plan in plans]) for name in _row_fields(first)}
    rows["model"] = np.concatenate([_renumber(plan, names) for plan in plans])
    windows = _mean_windows(plans)
    return dataclasses.replace(
        first, **rows, model_names=names, season=_join_seasons(plans), bt_windows=windows,
        window_name=min(windows, key=windows.get) if windows else first.window_name,
        reasons={key: np.concatenate([plan.reasons[key] for plan in plans]) for key in first.reasons})


def _renumber(plan, names):
    place = np.array([names.index(name) for name in plan.model_names] or [0], dtype=plan.model.dtype)
    return place[plan.model]


def _join_seasons(plans):
    known = [plan.season for plan in plans if plan.season is not None]
    if not known:
        return None
    width = known[0].shape[1]
    flat = [np.ones((len(plan.mean), width), np.float32) if plan.season is None else plan.season for plan in plans]
    return np.concatenate(flat)


def _mean_windows(plans):
    weight = np.array([max(float(np.nansum(plan.bt_actual)), 1e-9) for plan in plans])
    out = {}
    for name in plans[0].bt_windows:
        scores = np.array([plan.bt_windows.get(name, np.nan) for plan in plans], dtype=float)
        known = ~np.isnan(scores)
        out[name] = float((scores * weight)[known].sum() / weight[known].sum()) if known.any() else float("nan")
    return out


def map_shards(problem: Problem, recipe: Recipe, executor: Executor, *, shard_size: int = SHARD_SIZE, seed: int = 0,
               stop=None, progress=None) -> Plan:
    """Forecast in shards and join the plans in the caller's order.

    Parameters
    ----------
    progress : callable, optional
        Called with (series done, series in all).
    """
    if not problem.size:
        return apply_shard(problem, recipe, seed)
    parts, done = {}, 0
    for rows, plan in iterate_shards(problem, recipe, executor, shard_size=shard_size, seed=seed, stop=stop):
        parts[int(rows[0])] = plan
        done += len(rows)
        if progress:
            progress(done, problem.size)
    return join_plans([parts[first] for first in sorted(parts)])
