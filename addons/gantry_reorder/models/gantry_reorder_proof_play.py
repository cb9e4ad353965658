import numpy as np

from odoo import models
from odoo.addons.gantry_forecast.tools import buckets

from ..core import Policy, Target, Track, aimed, checks, draw_leads, solve
from .gantry_reorder_backtest_data import LEAST_BUCKETS, STEP

PROOF_DAYS = 182  # before the first levels of a replay, from which its first aims are proved
PROOF_SAMPLE = 800  # rules that are played; of more every so-manieth
SEED = 23
ERRATIC = ("erratic", "intermittent", "lumpy")  # classes whose forecasts may be too quick


class GantryReorderProofPlay(models.Model):
    """Levels over time as they would have been set, each from what had been proved up to then."""

    _inherit = "gantry.reorder.backtest"

    def _get_proof_columns(self, series, columns):
        """Columns of the history before those at which levels are set, from which their aims are proved."""
        bucket = series.problem.bucket.value
        known = ~np.isnan(series.problem.demand).all(0)
        begin = int(np.argmax(known)) + LEAST_BUCKETS[bucket]
        steps = PROOF_DAYS // {"day": 28, "week": 28, "month": 30}[bucket]
        earlier = int(columns[0]) - STEP[bucket] * np.arange(steps, 0, -1)
        return earlier[earlier >= begin]

    def _prove(self, past, recipe, columns, reached=None):
        """Set levels with every aim at each column and play what came until the next one.

        Yields per column what each class is to aim at from then on (see `Track.settle`), and in the end what all of it
        says.

        :param reached: instead of what the policies want: all together so much, with orders as large as those of the
            rules in force
        """
        limits = buckets.edges(past.series.problem.start, past.series.problem.length, past.series.problem.bucket.value)
        firsts = np.append(limits[columns], past.days[-1] + 1)
        track = None
        for number, column in enumerate(columns):
            problem = self._get_problem(past, recipe, column)
            if reached is not None:
                problem = self._make_equal(past, problem, reached)
            if track is None:
                groups = self._get_groups(past, problem, reached is not None)
                track = self._open_track(problem, groups, int((firsts[-1] - firsts[0]).astype(int)))
            yield track.settle(problem, *self._get_year(past, int(column)))
            track.play(past.sold(firsts[number], firsts[number + 1]))
        yield track.result(problem) if track.pending else ({}, set())

    def _get_levels(self, past, recipe, column, proved=({}, set()), reached=None):
        """Levels that Gantry would have set at the start of a bucket, for the rules that are replayed.

        :return: Plan of the replenishment core
        """
        problem = self._get_problem(past, recipe, column)
        if reached is not None:
            problem = self._make_equal(past, problem, reached)
        groups = self._get_groups(past, problem, reached is not None)
        return solve(aimed(problem, groups, proved, *self._get_year(past, int(column))))

    @staticmethod
    def _make_equal(past, problem, reached):
        """The problem of serving as much as the rules in force do, with orders as large as theirs: only then can two
        stocks be compared."""
        rows = past.batch.rows[past.rows]
        gap = np.nan_to_num(np.fmax(rows["old_max"] - rows["old_min"], 0))
        return problem.but(
            target_kind=int(Target.FILL), target=reached, service_group=0, shadow_price=np.nan, budget_group=-1,
            policy=int(Policy.MIN_MAX), price_breaks=None, order_cost=0.0,
            minimum_qty=np.maximum(problem.minimum_qty, gap + problem.rounding))

    def _open_track(self, problem, groups, days):
        lead = draw_leads(problem.lead_days, problem.lead_prob, days, seed=SEED)
        return Track(lead, groups, problem.target, problem.unit_cost, lost_sales=self.unserved == "lost")

    def _get_groups(self, past, problem, together=False):
        """Class of each rule that is steered, -1 for those that are not: products that reach a target together are
        one class, others one per class of demand and policy."""
        classes = past.batch.demand_class[past.rows]
        if self.own_settings or together:
            code = np.where(problem.service_group >= 0, 0, classes)
            mine = np.ones(len(code), bool)
        else:
            policy = past.batch.rows["policy_id"][past.rows]
            code, mine = get_code(policy, np.where(problem.service_group >= 0, 0, classes)), policy > 0
        steered = mine & (problem.target_kind == Target.FILL) & ~checks.find(problem)[1]
        return np.where(steered, code, -1)

    def _get_year(self, past, column):
        """Demand of the last year and its days, for products whose forecast may be too quick; NaN for the others."""
        series, bucket = past.series, past.series.problem.bucket.value
        sold = np.nan_to_num(series.sold[past.series_rows, :column])
        length = {"day": 1.0, "week": 7.0, "month": 30.4375}[bucket]
        first = np.where((sold > 0).any(1), np.argmax(sold > 0, axis=1), column)
        names = self.env["gantry.reorder.policy"]._get_class_names()
        erratic = np.isin(past.batch.demand_class[past.rows], [names.index(name) + 1 for name in ERRATIC])
        year = buckets.YEAR[bucket]
        return (np.where(erratic, sold[:, max(column - year, 0):].sum(1), np.nan),
                np.minimum(column - first, year) * length)


def get_code(policy_id, classes):
    """One number for a policy and a class of demand (0: all classes)."""
    return policy_id * 16 + classes
