import numpy as np
import psycopg2

from odoo import api, fields, models
from odoo.addons.gantry_forecast.core import QUANTILES
from odoo.addons.gantry_forecast.models.gantry_forecast_arrays import pack_floats
from odoo.addons.gantry_forecast.models.gantry_forecast_plan import BANDS
from odoo.addons.gantry_forecast.tools import buckets
from odoo.addons.gantry_forecast.tools.copy import copy_from, copy_query
from odoo.tools import SQL

from ..core import explode, reachable

SHOWN_PARENTS = 3


class GantryForecast(models.Model):
    """Demand for components that comes from the forecasts of what they go into."""

    _inherit = "gantry.forecast"

    dependent_30_qty = fields.Float(
        "Dependent, Next 30 Days", readonly=True, help="Demand by the products it goes into, from their forecasts."
    )
    dependent_horizon_qty = fields.Float("Dependent, Horizon", readonly=True)
    total_30_qty = fields.Float(
        "Own and Dependent, Next 30 Days", compute="_compute_total_30_qty", store=True, readonly=True
    )
    dependent_count = fields.Integer("Goes Into", readonly=True, aggregator=None)

    @api.depends("next_30_qty", "dependent_30_qty")
    def _compute_total_30_qty(self):
        for forecast in self:
            forecast.total_30_qty = forecast.next_30_qty + forecast.dependent_30_qty

    @api.model
    def _get_next_30_field(self):
        return "total_30_qty"

    def init(self):
        result = super().init()
        for column, kind in (("dependent", "real[]"), ("dependent_from", "int[]"), ("dependent_from_qty", "real[]")):
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE gantry_forecast ADD COLUMN IF NOT EXISTS %s %s", SQL.identifier(column), SQL(kind)
                )
            )
        return result

    # -- when it is done

    def _step_fast(self, company, job, state):
        result = super()._step_fast(company, job, state)
        if result["step"] != "nothing":
            self._explode_forecasts(company, job)
        return result

    def _step_finish(self, company, state, seconds):
        self._explode_forecasts(company)
        return super()._step_finish(company, state, seconds)

    def action_refresh_now(self):
        result = super().action_refresh_now()
        for company in self.company_id:
            self._explode_forecasts(company)
        return result

    # -- no double counting

    def _read_demand(self, company, series, limits, whole):
        """Consumption by production is left out where the forecasts of finished goods explain it."""
        sold, unknown, begin = super()._read_demand(company, series, limits, whole)
        explained = self._get_explained(company, series)
        if explained.any():
            rows = np.flatnonzero(explained)
            ids = series["id"][rows]
            days = copy_query(
                self.env.cr,
                SQL(
                    """
                    SELECT forecast.id, demand.date, demand.quantity::float8
                      FROM gantry_forecast forecast
                      JOIN gantry_demand demand ON demand.product_id = forecast.product_id
                                               AND demand.warehouse_id = forecast.warehouse_id
                     WHERE forecast.id = ANY(%(ids)s) AND demand.source != 'production'
                       AND demand.excluded IS NOT TRUE AND %(counted)s
                       AND demand.date >= %(start)s AND demand.date < %(end)s
                    """,
                    ids=ids.tolist(),
                    counted=self.env["gantry.demand"]._get_counted(company),
                    start=limits[0].astype(object),
                    end=limits[-1].astype(object),
                ),
                [("id", "i4"), ("date", "M8[D]"), ("quantity", "f8")],
            )
            order = np.argsort(ids)
            place = rows[order[np.searchsorted(ids, days["id"], sorter=order)]]
            sold[rows] = 0.0
            columns = buckets.column(days["date"], limits)
            np.add.at(sold, (place, columns), days["quantity"])
            begin[rows] = sold.shape[1]
            np.minimum.at(begin, place, columns)
            sold[rows] = np.maximum(sold[rows], 0.0)
        return sold, unknown, begin

    @api.model
    def _get_explained(self, company, series):
        """Series whose consumption by production comes from products that are forecast, bool (n,)."""
        bills = self._get_bills(company) if company.gantry_forecast_components == "explode" else None
        if bills is None:
            return np.zeros(len(series), bool)
        asked = copy_query(
            self.env.cr,
            SQL(
                """
                SELECT DISTINCT product_id, warehouse_id FROM gantry_demand
                 WHERE company_id = %s AND source != 'production' AND quantity > 0
                """,
                company.id,
            ),
            [("product_id", "i4"), ("warehouse_id", "i4")],
        )
        start = np.zeros(len(bills.nodes), bool)
        places = bills.find(asked["product_id"], asked["warehouse_id"])
        start[places[places >= 0]] = True
        below = reachable(bills.structure, start)
        places = bills.find(series["product_id"], series["warehouse_id"])
        return np.where(places >= 0, below[places], False)

    # -- prepare, explode, apply

    @api.model
    def _explode_forecasts(self, company, job=None):
        """Bring the dependent demand of a company up to date.

        :return: number of forecasts with dependent demand
        """
        self.env.flush_all()
        bills = self._get_bills(company) if company.gantry_forecast_components == "explode" else None
        horizon = bills and self._get_horizon(company)
        if not horizon:
            self._clear_dependent(company)
            return 0
        own = self._prepare_own_demand(company, bills, horizon)
        explosion = explode(own, bills.structure)
        if job and explosion.circular.any():
            job._log(self._get_circle_sentence(bills, explosion.circular), "warning")
        return self._apply_explosion(company, bills, explosion, horizon)

    def _get_horizon(self, company):
        """First day, bucket and number of buckets that most forecasts of the company have."""
        self.env.cr.execute(
            SQL(
                """
                SELECT date_start, bucket, cardinality(final) FROM gantry_forecast
                 WHERE company_id = %s AND final IS NOT NULL AND active
                 GROUP BY 1, 2, 3 ORDER BY count(*) DESC, 1 DESC LIMIT 1
                """,
                company.id,
            )
        )
        return self.env.cr.fetchone()

    def _prepare_own_demand(self, company, bills, horizon):
        """Forecasts after overrides, a row per node."""
        start, bucket, width = horizon
        rows = copy_query(
            self.env.cr,
            SQL(
                """
                SELECT product_id, warehouse_id, final FROM gantry_forecast
                 WHERE company_id = %s AND active AND date_start = %s AND bucket = %s AND cardinality(final) = %s
                """,
                company.id,
                start,
                bucket,
                width,
            ),
            [("product_id", "i4"), ("warehouse_id", "i4"), ("final", "f4", (width,))],
        )
        own = np.zeros((len(bills.nodes), width))
        places = bills.find(rows["product_id"], rows["warehouse_id"])
        own[places[places >= 0]] = rows["final"][places >= 0]
        return own

    def _apply_explosion(self, company, bills, explosion, horizon):
        start, bucket, width = horizon
        wanted = np.flatnonzero(explosion.dependent.sum(1) > 0)
        rows = np.zeros(
            len(wanted),
            [
                ("product_id", "i4"), ("warehouse_id", "i4"), ("qty_30", "f8"), ("qty", "f8"), ("parents", "i4"),
                ("dependent", "f4", (width,)), ("from_id", "i4", (SHOWN_PARENTS,)),
                ("from_qty", "f4", (SHOWN_PARENTS,)),
            ],
        )  # fmt: skip
        rows["product_id"] = bills.nodes["product_id"][wanted]
        rows["warehouse_id"] = bills.nodes["warehouse_id"][wanted]
        rows["dependent"] = explosion.dependent[wanted]
        rows["qty"] = explosion.dependent[wanted].sum(1)
        limits = buckets.edges(start, width, bucket)
        today = np.datetime64(self.env["gantry.demand"]._get_today(company))
        share = buckets.overlap_days(today, today + 29, limits) / np.diff(limits).astype(int)
        rows["qty_30"] = explosion.dependent[wanted] @ share
        self._fill_parents(rows, bills, explosion, wanted)
        self._write_dependent(company, rows, horizon)
        return len(rows)

    @staticmethod
    def _fill_parents(rows, bills, explosion, wanted):
        """The products that ask most for each component, and how many ask at all."""
        structure, n = bills.structure, len(bills.nodes)
        edges = np.flatnonzero(explosion.edge_qty > 0)
        # a component may stand on two lines of a bill, and in bills of several warehouses
        products, number = np.unique(bills.nodes["product_id"], return_inverse=True)
        keys, group = np.unique(
            structure.child[edges].astype(np.int64) * len(products) + number[structure.parent[edges]],
            return_inverse=True,
        )
        quantity = np.bincount(group, explosion.edge_qty[edges], minlength=len(keys))
        child, parent = np.divmod(keys, max(len(products), 1))
        order = np.lexsort((parent, -quantity, child))
        child, parent, quantity = child[order], parent[order], quantity[order]
        count = np.bincount(child, minlength=n)
        first = np.concatenate([[0], np.cumsum(count)[:-1]])
        rows["parents"] = count[wanted]
        for rank in range(SHOWN_PARENTS):
            has = count[wanted] > rank
            place = first[wanted[has]] + rank
            rows["from_id"][has, rank] = products[parent[place]]
            rows["from_qty"][has, rank] = quantity[place]

    def _write_dependent(self, company, rows, horizon):
        start, bucket, width = horizon
        self._open_plan_table(rows.dtype)
        cr = self.env.cr
        copy_from(cr, "gantry_plan", rows.dtype.names, rows)
        cr.execute("ANALYZE gantry_plan")
        cleared = self._clear_dependent(company, keep=SQL("(SELECT product_id, warehouse_id FROM gantry_plan)"))
        zeros = SQL("array_fill(0::real, ARRAY[%s])", width)
        cr.execute(
            SQL(
                """
                INSERT INTO gantry_forecast AS forecast (
                    product_id, warehouse_id, company_id, categ_id, active, demand_changed, override_count, value,
                    bucket, date_start, mean, final, naive, bands, quantiles, next_qty, next_30_qty, horizon_qty,
                    last_year_qty, demand_12m_qty,
                    create_uid, write_uid, create_date, write_date)
                SELECT plan.product_id, plan.warehouse_id, %(company)s, template.categ_id, TRUE, TRUE, 0, 0,
                       %(bucket)s, %(start)s, %(zeros)s, %(zeros)s, %(zeros)s,
                       array_fill(0::real, ARRAY[%(bands)s]), %(quantiles)s, 0, 0, 0, 0, 0,
                       %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM gantry_plan plan
                  JOIN product_product product ON product.id = plan.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                ON CONFLICT (product_id, warehouse_id) DO NOTHING
                """,
                company=company.id,
                bucket=bucket,
                start=start,
                zeros=zeros,
                bands=width * len(BANDS),
                quantiles=psycopg2.Binary(pack_floats(np.zeros((1, width * len(QUANTILES)))).tobytes()),
                uid=self.env.uid,
            )
        )
        cr.execute(
            """
            UPDATE gantry_forecast forecast
               SET dependent = plan.dependent, dependent_30_qty = plan.qty_30, dependent_horizon_qty = plan.qty,
                   dependent_count = plan.parents, dependent_from = plan.from_id,
                   dependent_from_qty = plan.from_qty,
                   total_30_qty = COALESCE(forecast.next_30_qty, 0) + plan.qty_30
              FROM gantry_plan plan
             WHERE forecast.product_id = plan.product_id AND forecast.warehouse_id = plan.warehouse_id
            """
        )
        cr.execute("DROP TABLE gantry_plan")
        self._settle_totals(company, cleared)

    def _clear_dependent(self, company, keep=None):
        """Forget dependent demand, but for some keys; returns the forecasts that had some."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE gantry_forecast
                   SET dependent = NULL, dependent_30_qty = 0, dependent_horizon_qty = 0, dependent_count = 0,
                       dependent_from = NULL, dependent_from_qty = NULL
                 WHERE company_id = %s AND dependent IS NOT NULL AND %s
             RETURNING id
                """,
                company.id,
                SQL("(product_id, warehouse_id) NOT IN %s", keep) if keep else SQL("TRUE"),
            )
        )
        cleared = [row[0] for row in self.env.cr.fetchall()]
        if not keep:
            self._settle_totals(company, cleared)
        return cleared

    def _settle_totals(self, company, cleared):
        """Own demand is written by COPY, past the ORM: bring the stored sums and the value up to date."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE gantry_forecast
                   SET total_30_qty = COALESCE(next_30_qty, 0) + COALESCE(dependent_30_qty, 0)
                 WHERE company_id = %s
                   AND total_30_qty IS DISTINCT FROM COALESCE(next_30_qty, 0) + COALESCE(dependent_30_qty, 0)
                """,
                company.id,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE gantry_forecast forecast
                   SET value = (COALESCE(horizon_qty, 0) + COALESCE(dependent_horizon_qty, 0))
                             * COALESCE(NULLIF((product.standard_price ->> %(key)s)::float8, 0), template.list_price, 0)
                  FROM product_product product
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE product.id = forecast.product_id AND forecast.company_id = %(company)s
                   AND (forecast.dependent IS NOT NULL OR forecast.id = ANY(%(cleared)s))
                """,
                key=str(company.id),
                company=company.id,
                cleared=cleared,
            )
        )
        self.invalidate_model()
        self.env["gantry.forecast.line"].invalidate_model()

    def _get_circle_sentence(self, bills, circular):
        """Which products contain themselves."""
        nodes = np.unique(bills.structure.parent[circular])
        products = self.env["product.product"].sudo().browse(
            np.unique(bills.nodes["product_id"][nodes]).tolist()
        )
        return self.env._(
            "Bills of materials that contain themselves are left out where the circle closes: %s.",
            ", ".join(products[:5].mapped("display_name")),
        )
