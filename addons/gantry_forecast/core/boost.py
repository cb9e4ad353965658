"""Cross-series correction: gradient boosting learns what the combined members get wrong.

Features are the members' disagreement, the recent history without season and the profile of the series, all in units of
the series' own error scale, so that one model serves every product (compare feature-based model averaging,
Montero-Manso et al., IJF 2020). The target is the error of the combination in the same units.

lightgbm is imported inside functions only: run `fit` and `predict` in a child process.
"""

from __future__ import annotations

import numpy as np

__all__ = ["CLIP", "available", "features", "fit", "predict"]

CLIP = 8.0
RECENT = 12
SETTINGS = {
    "objective": "l1", "learning_rate": 0.03, "num_leaves": 31, "min_data_in_leaf": 80, "feature_fraction": 0.4,
    "bagging_fraction": 0.5, "bagging_freq": 1, "lambda_l2": 5.0, "verbose": -1, "num_threads": 1,
    "deterministic": True, "force_row_wise": True,
}
ROUNDS = 250


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
    level = _mean(flat, 0, RECENT)
    by_cell = [(points[name] - base) / yard[:, None] for name in sorted(points)]
    by_cell += [base / yard[:, None] - level[:, None], np.log(np.maximum(base / unit[:, None], 0.01)),
                scale / yard[:, None], frame.future[rows], np.broadcast_to(np.arange(h), (n, h)),
                np.broadcast_to(frame.phase[-h:], (n, h))]
    by_cell += [(past - base) / yard[:, None] for past in _last_seasons(frame, rows, base)]
    profile = frame.profile
    by_series = [frame.season.strength[rows], frame.season.own[rows], profile.known[rows], profile.cv2[rows],
                 profile.adi[rows], yard / unit]
    by_series += [_mean(flat, k - 1, k) - level for k in range(1, RECENT + 1)]
    by_series += [_mean(flat, begin, end) - level for begin, end in ((0, 3), (0, 6), (12, 24), (24, 36), (0, 36))]
    cells = [np.broadcast_to(np.asarray(values)[:, None], (n, h)) for values in by_series]
    return np.stack([*by_cell, *cells], axis=-1).reshape(n * h, -1).astype(np.float32)


def _mean(flat: np.ndarray, begin: int, end: int) -> np.ndarray:
    """Mean of buckets `begin` to `end` back from the last one; zero where the history is shorter."""
    t = flat.shape[0]
    part = flat[max(0, t - end) : max(0, t - begin)]
    return part.mean(0) if len(part) else np.zeros(flat.shape[1])


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


def fit(table: np.ndarray, target: np.ndarray, seed: int = 0) -> bytes:
    """Train the correction.

    Parameters
    ----------
    table : (N, f)
    target : (N,)
        Error of the combination in units of its scale, NaN where unknown.

    Returns
    -------
    bytes
        The model as text.
    """
    import lightgbm

    usable = np.isfinite(target)
    data = lightgbm.Dataset(table[usable], np.clip(target[usable], -CLIP, CLIP))
    settings = SETTINGS | {"seed": seed + 1, "min_data_in_leaf": int(np.clip(usable.sum() // 250, 20, 100))}
    return lightgbm.train(settings, data, ROUNDS).model_to_string().encode()


def predict(table: np.ndarray, model: bytes) -> np.ndarray:
    """Correction per row of the table, in units of the scale, (N,)."""
    import lightgbm

    return lightgbm.Booster(model_str=model.decode()).predict(table, num_threads=1).astype(np.float32)
