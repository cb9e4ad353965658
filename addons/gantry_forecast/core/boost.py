"""Cross-series correction: gradient boosting learns what the combined members get wrong.

Features are the members' disagreement, the same bucket of earlier seasons and the profile of the series, all in units
of the series' own error scale, so that one model serves every product (compare feature-based model averaging,
Montero-Manso et al., IJF 2020). The target is the error of the combination in the same units.

lightgbm is imported inside functions only: run `fit` and `predict` in a child process.
"""

from __future__ import annotations

import numpy as np

__all__ = ["CLIP", "available", "features", "fit", "predict", "target"]

CLIP = 8.0
YEAR = 12  # buckets whose mean is the level that the base is compared with
SETTINGS = {
    "objective": "l1", "learning_rate": 0.03, "num_leaves": 31, "min_data_in_leaf": 60, "feature_fraction": 0.4,
    "bagging_fraction": 0.5, "bagging_freq": 1, "lambda_l2": 5.0, "verbose": -1, "num_threads": 1,
    "deterministic": True, "force_row_wise": True,
}
ROUNDS = 200


def available() -> bool:
    """Whether lightgbm is installed, without importing it."""
    from importlib.util import find_spec

    return find_spec("lightgbm") is not None


def features(frame, rows: np.ndarray, points: dict[str, np.ndarray], base: np.ndarray, scale: np.ndarray):
    """Feature matrix, a row per series and step.

    Parameters
    ----------
    frame : batch.Frame
    rows : (n,)
    points : dict of str to (n, h)
        Members in a fixed order.
    base : (n, h)
        Combined point that is to be corrected.
    scale : (n, h)
        Error scale of the combination.

    Returns
    -------
    float32 (n * h, f)
    """
    n, h = base.shape
    unit = frame.unit[rows]
    yard = np.maximum(scale[:, 0], 1e-9)
    flat = frame.flat[:, rows] * unit / yard
    level = flat[-YEAR:].mean(0)
    by_cell = [(points[name] - base) / yard[:, None] for name in sorted(points)]
    by_cell += [base / yard[:, None] - level[:, None], np.log(np.maximum(base / unit[:, None], 0.01)),
                scale / yard[:, None], frame.future[rows], np.broadcast_to(np.arange(h), (n, h)),
                np.broadcast_to(frame.phase[-h:], (n, h))]
    by_cell += [(past - base) / yard[:, None] for past in _last_seasons(frame, rows, base)]
    profile = frame.profile
    by_series = [frame.season.strength[rows], frame.season.own[rows], profile.known[rows], profile.cv2[rows],
                 profile.adi[rows], yard / unit]
    cells = [np.broadcast_to(np.asarray(values)[:, None], (n, h)) for values in by_series]
    return np.stack([*by_cell, *cells], axis=-1).reshape(n * h, -1).astype(np.float32)


def _last_seasons(frame, rows, base):
    """Same bucket one and two seasons ago, the base where unknown."""
    m, t, h = frame.problem.bucket.season_length, frame.problem.length, base.shape[1]
    for back in (m, 2 * m):
        if t < back:
            yield base
            continue
        place = t - back + np.arange(h) % m
        seen = frame.known[place][:, rows].T
        yield np.where(seen, frame.y[place][:, rows].T * frame.unit[rows][:, None], base)


def target(actual: np.ndarray, weight: np.ndarray, point: np.ndarray, scale: np.ndarray):
    """What the correction has to learn, in units of the scale, and what a unit of it is worth; (n * h,) each."""
    yard = np.maximum(scale[:, :1], 1e-9)
    worth = weight * yard
    worth = np.minimum(worth / max(float(np.mean(worth)), 1e-12), 20.0)
    return ((actual - point) / yard).ravel(), np.repeat(worth, point.shape[1], axis=1).ravel()


def fit(table: np.ndarray, target: np.ndarray, weight: np.ndarray, seed: int = 0) -> bytes:
    """Train the correction.

    Parameters
    ----------
    table : (N, f)
    target : (N,)
        Error of the combination in units of its scale, NaN where unknown.
    weight : (N,)
        What a unit of the target is worth in the loss.

    Returns
    -------
    bytes
        The model as text.
    """
    import lightgbm

    usable = np.isfinite(target)
    data = lightgbm.Dataset(table[usable], np.clip(target[usable], -CLIP, CLIP), weight=weight[usable])
    settings = SETTINGS | {"seed": seed + 1, "min_data_in_leaf": int(np.clip(usable.sum() // 250, 20, 60))}
    return lightgbm.train(settings, data, ROUNDS).model_to_string().encode()


def predict(table: np.ndarray, model: bytes) -> np.ndarray:
    """Correction per row of the table, in units of the scale, (N,)."""
    import lightgbm

    return lightgbm.Booster(model_str=model.decode()).predict(table, num_threads=1).astype(np.float32)
