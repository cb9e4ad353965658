"""Panel tier: one gradient-boosted model over all series (optional package lightgbm).

One direct model serves every step ahead (the step is a feature). Two heads share the feature rows:

* scale: dense demand. Boosting predicts the median log ratio of demand to the series' own level; a second, small model
  predicts how far that errs, and standardised errors on held-out buckets give the quantiles. Daily demand gets a third
  model for its mean, trained on squared errors in which large sellers count more: sums over products need it.
* count: sparse demand. Boosting predicts the probability of each count class, the whole distribution at once;
  quantiles are read off it.

The number of trees is fixed: on rolling origins of training data more trees than these neither helped nor hurt, while
early stopping on one held-out horizon often ended far too soon. lightgbm is imported inside functions only: run this
module in a child process (`child.call`).
"""

from __future__ import annotations

import numpy as np

from . import codec
from .panel_features import LEVEL, FeatureTable, Rows
from .types import Bucket, Params, Problem

__all__ = ["available", "fit", "forecast", "predict"]

VERSION = 1
MAX_ROWS = 200_000
HELD_ROWS = 60_000
LEAST_ROWS = 1500
SPARSE_SHARE = 0.76   # ADI of 1.32, the limit of Syntetos and Boylan
SMALL_SIZE = 8.0      # larger sales are counted in units of a share of their usual size
EPSILON = 0.02
BLOCK_ROWS = 400_000
SCALE = {
    "objective": "regression_l1", "learning_rate": 0.05, "num_leaves": 31, "min_data_in_leaf": 100,
    "feature_fraction": 0.3, "bagging_fraction": 0.5, "bagging_freq": 1, "max_bin": 127,
}
SCALE_ROUNDS, HELD_ROUNDS = 300, 150
MEAN = SCALE | {"objective": "regression"}
SPREAD = {
    "objective": "regression_l1", "learning_rate": 0.08, "num_leaves": 15, "min_data_in_leaf": 200,
    "feature_fraction": 0.6, "bagging_fraction": 0.7, "bagging_freq": 1, "max_bin": 63,
}
SPREAD_ROUNDS = 50
COUNT = {
    "objective": "multiclass", "learning_rate": 0.05, "num_leaves": 31, "min_data_in_leaf": 100,
    "feature_fraction": 0.5, "bagging_fraction": 0.7, "bagging_freq": 1, "max_bin": 127,
}
COUNT_ROUNDS = 60
MAX_CLASSES = 10
INSIDE = np.linspace(0.0, 1.0, 21)


def available() -> bool:
    """Whether lightgbm is installed, without importing it."""
    from importlib.util import find_spec

    return find_spec("lightgbm") is not None


def fit(problem: Problem, params: Params, origins=None, *, seed: int = 0, stop=None) -> bytes:
    """Train on everything the history holds.

    Parameters
    ----------
    problem : Problem
        The sample to train on; `horizon` is the furthest step.
    params : Params
        `quantiles` and `threads` are used.
    origins : iterable of int, optional
        Lengths of history at which training forecasts start; by default all that leave a target.
    seed : int
        Chooses the training rows and the boosting's samples.
    stop : callable, optional
        Asked between the parts; true ends early with no model.

    Returns
    -------
    bytes
        The model for `predict`; empty when there is too little history to learn from.

    Raises
    ------
    ImportError
        When lightgbm is not installed.
    """
    import lightgbm  # noqa: F401  (fail before any work, with the package's name)

    rows = _training_rows(problem, origins, np.random.default_rng(seed))
    if len(rows.series) < LEAST_ROWS or (stop and stop()):
        return b""
    table = FeatureTable(problem)
    matrix, names = table.build(rows)
    target = problem.demand[rows.series, rows.target]
    sparse = _is_sparse(table, rows)
    fitter = _Fitter(names, params, seed)
    heads = {}
    for head, members, train in (("scale", ~sparse, fitter.scale), ("count", sparse, fitter.count)):
        if stop and stop():
            return b""
        if members.sum() >= LEAST_ROWS:
            part = rows.take(members)
            heads[head] = train(table, part, matrix[members], target[members], problem)
    return codec.dumps({
        "version": VERSION, "names": list(names), "quantiles": list(params.quantiles), "heads": heads,
        "pools": table.pools()}) if heads else b""


def predict(problem: Problem, model: bytes) -> np.ndarray:
    """Quantiles of the next `horizon` buckets, see `forecast`."""
    return forecast(problem, model)[0]


def forecast(problem: Problem, model: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles and mean of the next `horizon` buckets.

    Returns
    -------
    quantiles : float32 (n, h, q)
        Rising along q, never negative; NaN where the model has nothing to say (no history, or a kind of demand that it
        saw too little of).
    mean : float32 (n, h)
        NaN where the model has no mean of its own.
    """
    state = codec.loads(model)
    levels = np.array(state["quantiles"])
    out = np.full((problem.size, problem.horizon, len(levels)), np.nan, np.float32)
    mean = np.full(out.shape[:2], np.nan, np.float32)
    heads = {name: _HEADS[name](head, levels) for name, head in state["heads"].items()}
    table = FeatureTable(problem, state["pools"])
    alive = np.flatnonzero(table.own.first < problem.length)
    block = max(1, BLOCK_ROWS // problem.horizon)
    for begin in range(0, len(alive), block):
        _predict_block(out, mean, alive[begin:begin + block], table, heads, problem, state["names"])
    if problem.closed is not None:
        out[:, problem.closed[problem.length:]] *= 0.0
        mean[:, problem.closed[problem.length:]] *= 0.0
    return out, mean


def _predict_block(out, mean, series, table, heads, problem, names):
    horizon = problem.horizon
    rows = Rows(
        np.repeat(series, horizon), np.full(len(series) * horizon, problem.length),
        np.tile(np.arange(1, horizon + 1), len(series)))
    matrix, found = table.build(rows)
    if list(found) != list(names):
        # Other regressors or groups than in training: the model does not know what its columns mean.
        return
    sparse = _is_sparse(table, rows)
    flat = np.full((len(rows.series), out.shape[2]), np.nan, np.float32)
    centre = np.full(len(rows.series), np.nan, np.float32)
    for head, members in (("scale", ~sparse), ("count", sparse)):
        if head in heads and members.any():
            part = rows.take(members), matrix[members]
            flat[members] = heads[head].quantiles(table, *part)
            if head == "scale" and heads[head].centre is not None:
                centre[members] = heads[head].mean(table, *part)
    out[series] = flat.reshape(len(series), horizon, -1)
    mean[series] = centre.reshape(len(series), horizon)


def _training_rows(problem, origins, rng) -> Rows:
    """A random sample of (series, origin, step) whose target is known, each target as likely as any other."""
    length, horizon = problem.length, problem.horizon
    bucket = problem.bucket.value
    first = min(max(4, LEVEL[bucket]), max(2, length // 3))
    usable = ~np.isnan(problem.demand)
    if problem.closed is not None:
        usable = usable & ~problem.closed[:length]
    usable[:, :first] = False
    series, target = np.nonzero(usable)
    repeats = max(1, min(horizon, MAX_ROWS * 2 // max(len(series), 1)))
    picked = np.tile(np.arange(len(series)), repeats)
    step = np.concatenate([rng.permuted(np.arange(len(series)) % horizon) + 1 + 0 * k for k in range(repeats)]) \
        if repeats < horizon else np.repeat(np.arange(1, horizon + 1), len(series))
    origin = target[picked] - step + 1
    seen_before = origin > _first_known(problem.demand)[series[picked]]
    keep = (origin >= min(first, 6)) & seen_before
    if origins is not None:
        keep &= np.isin(origin, np.asarray(list(origins)))
    index = np.flatnonzero(keep)
    if len(index) > MAX_ROWS:
        index = np.sort(rng.choice(index, MAX_ROWS, replace=False))
    return Rows(series[picked[index]], origin[index], step[index])


def _first_known(demand):
    known = ~np.isnan(demand)
    return np.where(known.any(axis=1), known.argmax(axis=1), demand.shape[1])


def _is_sparse(table, rows):
    """Whether a series had rare sales in the level window before the origin; unknown counts as sparse."""
    share = table.own.sale_share(rows.series, rows.origin - 2 * LEVEL[table.bucket], rows.origin)
    return ~(share > SPARSE_SHARE)


class _Fitter:
    """Trains the heads; holds what they share."""

    def __init__(self, names, params, seed):
        self.names = list(names)
        self.levels = np.array(params.quantiles)
        self.categories = [name for name in names if name.endswith("_code")]
        self.common = {
            "verbose": -1, "seed": seed + 1, "num_threads": params.threads, "deterministic": True,
            "force_row_wise": True}

    def _data(self, matrix, label, columns, weight=None):
        import lightgbm

        names = [self.names[k] for k in columns]
        return lightgbm.Dataset(
            matrix, label, weight=weight, feature_name=[f"f{k}" for k in columns],
            categorical_feature=[names.index(name) for name in self.categories if name in names], params=self.common)

    def _train(self, setting, rounds, data):
        import lightgbm

        return lightgbm.train({**setting, **self.common}, data, rounds)

    def scale(self, table, rows, matrix, target, problem):
        """Log ratio to the level, its spread, and standardised errors on the last buckets."""
        # The sum of all series names the date to a tree, which would then learn by heart what that date was like.
        columns = [k for k, name in enumerate(self.names) if not name.startswith("group0")]
        matrix = matrix[:, columns]
        level = table.level(rows)
        label = np.log((target + EPSILON * level) / ((1 + EPSILON) * level))
        late = rows.target >= _held_out_from(rows.target, problem)
        early = np.flatnonzero(~late)
        early = early[:: max(1, len(early) // HELD_ROWS)]
        first = self._train(SCALE, HELD_ROUNDS, self._data(matrix[early], label[early], columns))
        error = label[late] - first.predict(matrix[late])
        # A few weeks that were better than expected everywhere say nothing about the next ones: keep the shape only.
        error -= np.median(error)
        spread = self._train(SPREAD, SPREAD_ROUNDS, self._data(matrix[late], np.log(np.abs(error) + 1e-3), columns))
        width = np.exp(spread.predict(matrix[late]))
        final = self._train(SCALE, SCALE_ROUNDS, self._data(matrix, label, columns))
        head = {
            "columns": np.array(columns), "location": _text(final), "spread": _text(spread),
            "errors": _error_table(error / width, rows.step[late], problem.horizon, self.levels)}
        if problem.bucket is Bucket.DAY:
            # Noise grows with the root of the level: weighted so, a unit of every product tells equally much.
            data = self._data(matrix, target / level, columns, level / level.mean())
            head["mean"] = _text(self._train(MEAN, SCALE_ROUNDS, data))
        return head

    def count(self, table, rows, matrix, target, problem):
        """Probability of each count class."""
        values = target / _count_unit(table, rows)
        edges, inside = _count_classes(values)
        label = np.searchsorted(edges, values, side="right") - 1
        data = self._data(matrix, label, range(len(self.names)))
        model = self._train(COUNT | {"num_class": len(edges)}, COUNT_ROUNDS, data)
        return {"model": _text(model), "inside": inside}


def _text(model) -> bytes:
    return model.model_to_string().encode()


def _booster(text: bytes):
    import lightgbm

    return lightgbm.Booster(model_str=text.decode())


def _held_out_from(target, problem):
    """First bucket of the held-out end: two horizons or more, at most a quarter of the targets."""
    return max(problem.length - max(2 * problem.horizon, 8), int(np.quantile(target, 0.75)))


def _error_table(ratio, step, horizon, levels):
    """Quantiles of standardised errors for the near, middle and far third of the horizon."""
    parts = np.array_split(np.arange(1, horizon + 1), min(3, horizon))
    everything = np.quantile(ratio, levels)
    table = np.empty((horizon, len(levels)))
    for part in parts:
        own = ratio[np.isin(step, part)]
        table[part - 1] = np.quantile(own, levels) if len(own) >= 300 else everything
    return table


def _count_unit(table, rows):
    """Units that make one count: 1 for small sales, an eighth of the usual sale for large ones."""
    size = table.own.size(rows.series, np.zeros_like(rows.origin), rows.origin)
    return np.maximum(np.nan_to_num(size, nan=0.0) / SMALL_SIZE, 1.0)


def _count_classes(values):
    """Lower edges of the classes and, per class, the quantiles of what fell into it (c, INSIDE)."""
    sold = values[values > 0]
    cuts = np.unique(np.quantile(np.ceil(sold), np.linspace(0.0, 0.985, 25), method="lower")) if len(sold) else []
    edges = [-np.inf]
    for cut in [1e-9, *[cut - 1 + 1e-9 for cut in cuts if cut > 1]]:
        inside = ((values > edges[-1]) & (values <= cut)).sum() if len(edges) > 1 else (values <= 0).sum()
        rest = (values > cut).sum()
        least = max(0.008 * len(values), 50)
        if inside >= least and rest >= least and len(edges) < MAX_CLASSES:
            edges.append(cut)
    edges = np.array(edges)
    label = np.searchsorted(edges, values, side="right") - 1
    inside = np.stack([np.quantile(values[label == k], INSIDE) for k in range(len(edges))])
    return edges, inside


class _ScaleHead:
    def __init__(self, head, levels):
        self.location, self.spread = _booster(head["location"]), _booster(head["spread"])
        self.errors, self.columns = head["errors"], head["columns"]
        self.centre = _booster(head["mean"]) if "mean" in head else None

    def mean(self, table, rows, matrix):
        return np.maximum(self.centre.predict(matrix[:, self.columns]) * table.level(rows), 0.0)

    def quantiles(self, table, rows, matrix):
        matrix = matrix[:, self.columns]
        level = table.level(rows)[:, None]
        location, width = self.location.predict(matrix), np.exp(self.spread.predict(matrix))
        step = np.minimum(rows.step, len(self.errors)) - 1
        logs = location[:, None] + width[:, None] * self.errors[step]
        values = np.exp(np.clip(logs, -8.0, 5.0)) * (1 + EPSILON) * level - EPSILON * level
        return np.maximum.accumulate(np.maximum(values, 0.0), axis=1)


class _CountHead:
    def __init__(self, head, levels):
        self.model, self.inside, self.levels = _booster(head["model"]), head["inside"], levels

    def quantiles(self, table, rows, matrix):
        share = self.model.predict(matrix)
        below = np.concatenate([np.zeros((len(share), 1)), np.cumsum(share, axis=1)], axis=1)
        out = np.empty((len(share), len(self.levels)))
        place = np.arange(len(share))
        for index, level in enumerate(self.levels):
            hit = np.minimum((below[:, 1:] < level).sum(axis=1), share.shape[1] - 1)
            depth = (level - below[place, hit]) / np.maximum(share[place, hit], 1e-12)
            cell = np.clip(depth, 0.0, 1.0) * (len(INSIDE) - 1)
            lower = np.minimum(cell.astype(int), len(INSIDE) - 2)
            part = cell - lower
            out[:, index] = self.inside[hit, lower] * (1 - part) + self.inside[hit, lower + 1] * part
        return np.maximum.accumulate(out * _count_unit(table, rows)[:, None], axis=1)


_HEADS = {"scale": _ScaleHead, "count": _CountHead}
