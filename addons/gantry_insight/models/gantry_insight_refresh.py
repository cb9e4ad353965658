import numpy as np

from odoo import api, fields, models
from odoo.addons.gantry_forecast.tools import buckets
from odoo.addons.gantry_forecast.tools.copy import copy_from, copy_query
from odoo.tools import SQL

from ..core import NEVER, Params, Problem, extend, solve
from .gantry_insight_stage import PERIOD_DAYS, PERIODS

NEW_DAYS = 90  # a product that came in later has not had its chance to sell
SEASON_DAYS = 330  # of history are needed to know the seasons
MIN_KNOWN_DAYS = 28  # of a shorter time one cannot say how well it was served
MIN_SOLD_DAYS = 7  # nor what a day out of stock would have sold
COVER = np.dtype([
    ("row", "i4"), ("basis", "i4"), ("cover_days", "f8"), ("stockout_day", "i4"), ("short_qty", "f8"),
    ("excess_qty", "f8"), ("demand_30_qty", "f8"), ("waste_qty", "f8"),
])
FORECAST, HISTORY, NOTHING = range(3)


class GantryInsightRefresh(models.Model):
    """The refresh: collect (see `gantry_insight_stage`), look ahead with the core, write by one statement."""

    _inherit = "gantry.insight"

    def init(self):
        """Every night writes every row: room in the pages keeps the indexes out of it."""
        self.env.cr.execute("ALTER TABLE gantry_insight SET (fillfactor = 60)")

    @api.model
    def _refresh(self, company, product_ids=None):
        """Bring the rows of a company up to date.

        :param product_ids: only these products; ranks and history are left to the full refresh
        :return: number of rows
        """
        self.env.flush_all()
        today = self.env["gantry.demand"]._get_today(company)
        self._open_stages(company, product_ids, today)
        count = self._collect_rows(company, product_ids)
        for problem, rows, basis in self._prepare_cover_problems(company, today):
            self._apply_cover_plan(solve(problem, self._get_cover_params(company)), rows, basis)
        self.env.cr.execute("ANALYZE gantry_insight_cover")
        self._write_rows(company, product_ids, today)
        if product_ids is None:
            self.env["gantry.insight.history"]._write_months(company, today)
        self._close_stages()
        self.invalidate_model()
        return count

    def _collect_rows(self, company, product_ids):
        """Number every product and warehouse about which there is anything to tell."""
        scope = SQL("product.id = ANY(%s)", product_ids) if product_ids is not None else SQL("TRUE")
        self.env.cr.execute(SQL(
            """
            CREATE TEMPORARY TABLE gantry_insight_row ON COMMIT DROP AS
            SELECT (row_number() OVER () - 1)::int AS row, key.product_id, key.warehouse_id, template.categ_id,
                   COALESCE(NULLIF((product.standard_price ->> %(key)s)::float8, 0), template.list_price, 0)::float8
                       AS cost,
                   forecast.id AS forecast_id, forecast.date_start, forecast.bucket,
                   cardinality(forecast.final) AS width
              FROM (SELECT product_id, warehouse_id FROM gantry_insight_stock WHERE abs(quantity) > 1e-9
                     UNION SELECT product_id, warehouse_id FROM gantry_insight_demand WHERE quantity > 0
                     UNION SELECT product_id, warehouse_id FROM gantry_insight_open
                     UNION SELECT product_id, warehouse_id FROM gantry_forecast
                            WHERE company_id = %(company)s AND active AND next_30_qty > 0) key
              JOIN product_product product ON product.id = key.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_storable
         LEFT JOIN gantry_forecast forecast ON forecast.product_id = key.product_id
                                           AND forecast.warehouse_id = key.warehouse_id AND forecast.final IS NOT NULL
             WHERE %(scope)s
             ORDER BY key.product_id, key.warehouse_id
            """,
            key=str(company.id), company=company.id, scope=scope,
        ))
        count = self.env.cr.rowcount
        columns = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL("int" if COVER[name].kind == "i" else "float8"))
            for name in COVER.names
        )
        self.env.cr.execute(SQL("CREATE TEMPORARY TABLE gantry_insight_cover (%s) ON COMMIT DROP", columns))
        self.env.cr.execute("ANALYZE gantry_insight_row")
        return count

    # -- the look ahead

    def _get_cover_params(self, company):
        return Params(short_days=company.gantry_insight_short_days, excess_days=company.gantry_insight_excess_days)

    def _prepare_cover_problems(self, company, today):
        """(problem, rows, basis) for each length of forecast, and for the rows without one."""
        cr = self.env.cr
        cr.execute(
            "SELECT date_start, bucket, width FROM gantry_insight_row WHERE width > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )
        stale = []
        for start, bucket, width in cr.fetchall():
            edges = (buckets.edges(start, width, bucket) - np.datetime64(today)).astype(np.int64)
            if edges[-1] <= 0:
                stale.append((start, bucket, width))
                continue
            where = SQL("row.date_start = %s AND row.bucket = %s AND row.width = %s", start, bucket, width)
            found = self._read_rows(where, SQL("forecast.final::float4[]"), ("f4", (width,)))
            yield self._build_problem(where, edges, found, today), found["row"], FORECAST
        where = SQL("(row.width IS NULL OR row.width = 0")
        for horizon in stale:
            where = SQL("%s OR (row.date_start, row.bucket, row.width) = %s", where, horizon)
        where = SQL("%s)", where)
        past = SQL("ARRAY[COALESCE(demand.quantity, 0)]::float4[]")
        found = self._read_rows(where, past, ("f4", (1,)))
        if len(found):
            basis = np.where(found["demand"][:, 0] > 0, HISTORY, NOTHING)
            yield self._build_problem(where, np.array([0, 365]), found, today), found["row"], basis

    def _read_rows(self, where, demand, kind):
        return copy_query(self.env.cr, SQL(
            """
            SELECT row.row, COALESCE(stock.quantity, 0)::float8,
                   COALESCE(demand.season, array_fill(0::float4, ARRAY[%s])),
                   COALESCE(demand.known_days, 0)::int >= %s, %s
              FROM gantry_insight_row row
         LEFT JOIN gantry_insight_stock stock USING (product_id, warehouse_id)
         LEFT JOIN gantry_insight_demand demand USING (product_id, warehouse_id)
         LEFT JOIN gantry_forecast forecast ON forecast.id = row.forecast_id
             WHERE %s ORDER BY row.row
            """,
            PERIODS, SEASON_DAYS, demand, where,
        ), [("row", "i4"), ("on_hand", "f8"), ("season", "f4", (PERIODS,)), ("has_season", "?"), ("demand", *kind)])

    def _build_problem(self, where, edges, found, today):
        events = copy_query(self.env.cr, SQL(
            """
            SELECT row.row, open.day::int, open.incoming, open.committed
              FROM gantry_insight_row row JOIN gantry_insight_open AS open USING (product_id, warehouse_id)
             WHERE %s
            """,
            where,
        ), [("row", "i4"), ("day", "i4"), ("incoming", "f8"), ("committed", "f8")])
        expiring = copy_query(self.env.cr, SQL(
            """
            SELECT row.row, (expiring.date - %s)::int, expiring.quantity
              FROM gantry_insight_row row JOIN gantry_insight_expiring expiring USING (product_id, warehouse_id)
             WHERE %s
            """,
            today, where,
        ), [("row", "i4"), ("day", "i4"), ("quantity", "f8")])
        place = np.searchsorted(found["row"], events["row"])
        demand = np.nan_to_num(found["demand"].astype(float), nan=0.0).clip(0)
        edges, demand = extend(
            edges, demand, PERIOD_DAYS * np.arange(PERIODS + 1), found["season"].astype(float), found["has_season"])
        return Problem(
            edges=edges, demand=demand, on_hand=found["on_hand"],
            incoming=(place, events["day"], events["incoming"]),
            committed=(place, events["day"], events["committed"]),
            expiring=(np.searchsorted(found["row"], expiring["row"]), expiring["day"], expiring["quantity"]),
        )

    def _apply_cover_plan(self, plan, rows, basis):
        found = np.zeros(len(rows), COVER)
        found["row"], found["basis"] = rows, basis
        for name in COVER.names[2:]:
            found[name] = getattr(plan, name)
        copy_from(self.env.cr, "gantry_insight_cover", COVER.names, found)

    # -- writing

    def _get_row_query(self, company, today):
        """Every column of a row, from what was collected."""
        return SQL(
            """
            WITH known AS (
                SELECT row.product_id, row.warehouse_id, row.categ_id, row.cost, cover.*,
                       COALESCE(stock.quantity, 0) AS on_hand, COALESCE(stock.reserved, 0) AS reserved,
                       COALESCE(demand.quantity, 0) AS demand, COALESCE(demand.seen, 0) AS seen,
                       COALESCE(demand.drift, 0) AS drift, demand.variability,
                       COALESCE(demand.known_days, 0) AS known_days, COALESCE(demand.out_days, 0) AS out_days,
                       COALESCE(demand.out_count, 0) AS out_count, demand.last_date,
                       COALESCE(demand.first_date, stock.in_date) AS first_date,
                       COALESCE(demand.last_in_date, stock.in_date) AS last_in_date,
                       layer.*, incoming.incoming, incoming.committed, rule.min_qty, rule.max_qty,
                       COALESCE(rule.service_target, %(service)s) AS service_target,
                       COALESCE(rule.holding_pct, %(holding)s) AS holding_pct,
                       rule.stockout_date, rule.order_by_date
                  FROM gantry_insight_row row
                  JOIN gantry_insight_cover cover USING (row)
             LEFT JOIN gantry_insight_stock stock USING (product_id, warehouse_id)
             LEFT JOIN gantry_insight_demand demand USING (product_id, warehouse_id)
             LEFT JOIN LATERAL (
                       SELECT quantity_days, age_0, age_31, age_61, age_91, age_181, age_366
                         FROM gantry_insight_layer found
                        WHERE found.product_id = row.product_id AND found.warehouse_id = row.warehouse_id) layer ON TRUE
             LEFT JOIN (SELECT product_id, warehouse_id, sum(incoming) AS incoming, sum(committed) AS committed
                          FROM gantry_insight_open GROUP BY 1, 2) incoming USING (product_id, warehouse_id)
             LEFT JOIN (SELECT product_id, warehouse_id, max(min_qty) AS min_qty, max(max_qty) AS max_qty,
                               max(service_target) AS service_target, max(holding_pct) AS holding_pct,
                               min(stockout_date) AS stockout_date, min(order_by_date) AS order_by_date
                          FROM gantry_insight_rule GROUP BY 1, 2) rule USING (product_id, warehouse_id)
            ),
            figured AS (
                SELECT *, GREATEST(on_hand, 0) * cost AS worth,
                       first_date > %(today)s - %(new)s AS is_new,
                       GREATEST(on_hand - drift, 0) AS average,
                       CASE WHEN known_days - out_days >= %(sold)s THEN seen * out_days / (known_days - out_days)
                            ELSE 0 END AS lost,
                       known_days >= %(known)s AS is_known,
                       CASE WHEN max_qty > 0 THEN GREATEST(on_hand - max_qty, 0)
                            WHEN first_date > %(today)s - %(new)s THEN 0 ELSE excess_qty END AS excess,
                       sum(demand * cost) OVER house AS house_demand,
                       sum(demand * cost) OVER (house ORDER BY demand * cost DESC, product_id) - demand * cost AS above
                  FROM known WINDOW house AS (PARTITION BY warehouse_id)
            )
            SELECT product_id, warehouse_id, %(company)s, categ_id, %(now)s,
                   CASE WHEN on_hand <= 0 AND demand_30_qty > 0 THEN 'out'
                        WHEN on_hand > 0 AND GREATEST(last_date, last_in_date) < %(today)s - %(dead)s THEN 'dead'
                        WHEN short_qty > 0 THEN 'short'
                        WHEN on_hand > 0 AND NOT is_new AND cover_days > %(slow)s THEN 'slow'
                        WHEN excess > 0 THEN 'excess' ELSE 'ok' END,
                   CASE WHEN demand * cost <= 0 THEN 'C' WHEN above < %(a)s / 100 * house_demand THEN 'A'
                        WHEN above < %(b)s / 100 * house_demand THEN 'B' ELSE 'C' END,
                   CASE WHEN variability IS NULL THEN NULL WHEN variability < %(x)s THEN 'X'
                        WHEN variability < %(y)s THEN 'Y' ELSE 'Z' END,
                   variability, cost, on_hand, reserved, COALESCE(incoming, 0), COALESCE(committed, 0),
                   worth, average * cost, demand, demand * cost, demand_30_qty / 30 * cost, demand_30_qty,
                   (ARRAY['forecast', 'history', 'none'])[basis + 1],
                   CASE WHEN average > 0 THEN demand / average ELSE 0 END, cover_days,
                   COALESCE(stockout_date, CASE WHEN stockout_day > %(never)s THEN %(today)s + stockout_day END),
                   order_by_date,
                   age_0 * cost, age_31 * cost, age_61 * cost, age_91 * cost, age_181 * cost, age_366 * cost,
                   COALESCE(quantity_days, 0) * cost,
                   CASE WHEN on_hand > 0 THEN COALESCE(quantity_days, 0) / on_hand ELSE 0 END,
                   first_date, last_in_date, last_date, out_days, out_count, known_days,
                   CASE WHEN is_known THEN lost * cost ELSE 0 END, CASE WHEN is_known THEN seen * cost ELSE 0 END,
                   CASE WHEN is_known THEN (seen + lost) * cost ELSE 0 END,
                   CASE WHEN is_known AND seen > 0 THEN 100 * seen / (seen + lost) ELSE 0 END, service_target,
                   is_known AND seen > 0 AND 100 * seen / NULLIF(seen + lost, 0) < service_target,
                   worth * holding_pct / 100, COALESCE(min_qty, 0), COALESCE(max_qty, 0),
                   excess, excess * cost, short_qty, short_qty * cost,
                   waste_qty, waste_qty * cost
              FROM figured
            """,
            service=company.gantry_insight_service_pct, holding=company.gantry_insight_holding_pct, today=today,
            new=NEW_DAYS, sold=MIN_SOLD_DAYS, known=MIN_KNOWN_DAYS, company=company.id, now=fields.Datetime.now(),
            dead=company.gantry_insight_dead_days, slow=company.gantry_insight_slow_days, never=NEVER,
            a=company.gantry_insight_abc_a_pct, b=company.gantry_insight_abc_b_pct,
            x=company.gantry_insight_xyz_x, y=company.gantry_insight_xyz_y,
        )

    def _write_rows(self, company, product_ids, today):
        names = (
            "categ_id", "date_refresh", "status", "abc", "xyz", "variability", "unit_cost", "on_hand_qty",
            "reserved_qty", "incoming_qty", "committed_qty", "value", "avg_value", "demand_qty", "demand_value",
            "daily_value",
            "forecast_30_qty", "basis", "turns", "cover_days", "stockout_date", "order_by_date", "age_0_value",
            "age_31_value", "age_61_value", "age_91_value", "age_181_value", "age_366_value", "age_value_days",
            "age_days", "first_in_date", "last_in_date", "last_demand_date", "stockout_days", "stockout_count",
            "known_days", "lost_value", "served_value", "wanted_value", "service", "service_target", "below_target",
            "holding_cost", "min_qty", "max_qty", "excess_qty", "excess_value", "short_qty", "short_value",
            "expiry_qty", "expiry_value",
        )
        cr = self.env.cr
        cr.execute(SQL(
            """
            DELETE FROM gantry_insight insight
             WHERE insight.company_id = %s AND %s AND NOT EXISTS (
                   SELECT FROM gantry_insight_row row
                    WHERE row.product_id = insight.product_id AND row.warehouse_id = insight.warehouse_id)
            """,
            company.id,
            SQL("insight.product_id = ANY(%s)", product_ids) if product_ids is not None else SQL("TRUE"),
        ))
        # the class depends on all products of the warehouse: a refresh of some leaves it as it is
        kept = [name for name in names if product_ids is None or name != "abc"]
        cr.execute(SQL(
            """
            INSERT INTO gantry_insight (product_id, warehouse_id, company_id, %(names)s)
            %(query)s
                ON CONFLICT (product_id, warehouse_id) DO UPDATE
               SET (company_id, %(kept)s) = ROW(EXCLUDED.company_id, %(excluded)s)
            """,
            kept=SQL(", ").join(map(SQL.identifier, kept)),
            names=SQL(", ").join(map(SQL.identifier, names)), query=self._get_row_query(company, today),
            excluded=SQL(", ").join(SQL("EXCLUDED.%s", SQL.identifier(name)) for name in kept),
        ))
