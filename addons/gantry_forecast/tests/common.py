from contextlib import contextmanager
from unittest.mock import patch

import numpy as np

from odoo.addons.gantry_base.tests.common import GantryCase

from ..core import Params, learn
from ..core.child import ChildError
from ..core.scale import InProcessExecutor
from ..models import gantry_forecast_learn, gantry_forecast_shards
from ..tools.copy import copy_from

TODAY = "2026-03-04"  # a Wednesday; the running week began on Monday, March 2nd
MONDAY = np.datetime64("2026-03-02")


class PlayedChild:
    """A child process that gives its answers one after the other; an exception is raised, None means not yet."""

    def __init__(self, answers):
        self.answers, self.closed = list(answers), False

    def receive(self, progress=None, wait_s=0.1):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer is not None, answer

    def close(self):
        self.closed = True


class PlayedExecutor(InProcessExecutor):
    """An executor whose n-th call fails with a sentence."""

    def __init__(self, failures):
        super().__init__()
        self.failures, self.calls = failures, 0

    def map(self, function, tasks, *, stop=None):
        number, self.calls = self.calls, self.calls + 1
        if number in self.failures:
            raise ChildError(self.failures[number])
        yield from super().map(function, tasks, stop=stop)


class ForecastCase(GantryCase):
    """Company A forecasts weeks with the fast models only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).write({
            "gantry_forecast_bucket": "week", "gantry_forecast_horizon": 6, "gantry_forecast_statistical": False,
            "gantry_forecast_panel": False,
        })
        cls.Demand = cls.env["gantry.demand"]
        cls.Forecast = cls.env["gantry.forecast"]
        cls.Override = cls.env["gantry.forecast.override"]

    @classmethod
    def _sales(cls, product, quantities, warehouse=None, last=None):
        """Imported weekly sales; the last one in the week before `last`, the running week by default."""
        warehouse = warehouse or cls.wh_a1
        rows = np.zeros(len(quantities), np.dtype([
            ("product_id", "i4"), ("warehouse_id", "i4"), ("company_id", "i4"), ("date", "M8[D]"),
            ("quantity", "f8"), ("quantity_out", "f8"),
        ]))
        rows["product_id"], rows["warehouse_id"] = product.id, warehouse.id
        rows["company_id"] = warehouse.company_id.id
        end = MONDAY if last is None else np.datetime64(last)
        rows["date"] = end - 7 * np.arange(len(quantities), 0, -1) + 6  # Sundays
        rows["quantity"] = rows["quantity_out"] = quantities
        rows = rows[rows["quantity"] != 0]
        cls.env.cr.execute(
            "ALTER TABLE gantry_demand ALTER COLUMN source SET DEFAULT 'import', ALTER COLUMN flag SET DEFAULT 'none'"
        )
        copy_from(cls.env.cr, "gantry_demand", rows.dtype.names, rows)
        cls.env["gantry.demand"].invalidate_model()
        return rows

    @classmethod
    def _refresh(cls, company=None, mode="all", user=None):
        company = company or cls.company_a
        forecast = cls.Forecast.with_user(user) if user else cls.Forecast
        job = forecast._enqueue_refresh(company, mode)
        job._run_inline()
        return job

    @classmethod
    def _forecast(cls, product, warehouse=None):
        return cls.Forecast.with_context(active_test=False).search([
            ("product_id", "=", product.id), ("warehouse_id", "=", (warehouse or cls.wh_a1).id),
        ])

    def _final(self, forecast):
        return self.Forecast._read_arrays(forecast.ids)[forecast.id]["final"]

    @contextmanager
    def _tiers_in_process(self, series_per_shard=2, pauses=0):
        """Better tiers on, with the fast models playing their part, shard by shard in this process."""
        def play(_model, problem, _params):
            return PlayedChild([None] * pauses + [learn(problem, Params(tiers=("numpy",)))])

        self.company_a.gantry_forecast_statistical = True
        with patch.object(type(self.Forecast), "_start_learning", play), \
                patch.object(gantry_forecast_learn, "REPORT_S", 0.0), \
                patch.object(gantry_forecast_shards, "SHARD", (series_per_shard, series_per_shard)), \
                patch.object(type(self.Forecast), "_get_workers", lambda model: 1), \
                patch.object(type(self.Forecast), "_get_executor", lambda model, company: InProcessExecutor()):
            yield


class SteadyCase(ForecastCase):
    """A product that sells about twenty a week, for more than a year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rng = np.random.default_rng(5)
        cls.steady = cls._product("Steady", standard_price=2)
        cls._sales(cls.steady, cls.rng.poisson(20, 60))

    def _more(self, count):
        """So many further products that sell."""
        for i in range(count):
            self._sales(self._product(f"More {i}"), self.rng.poisson(5, 60))
