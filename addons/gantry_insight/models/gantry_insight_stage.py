import datetime

import pytz

from odoo import api, models
from odoo.addons.gantry_forecast.models.gantry_demand_build import QUANTITY
from odoo.addons.gantry_forecast.tools.copy import refresh_statistics
from odoo.tools import SQL

OPEN_STATES = ("waiting", "confirmed", "assigned", "partially_available")
STAGES = ("stock", "flow", "layer", "demand", "open", "rule", "expiring", "row", "cover")
YEAR = 365
PERIODS, PERIOD_DAYS = 13, 28

# a move seen from each warehouse that it leaves or enters
BORDERS = SQL(
    """
    JOIN stock_location src ON src.id = move.location_id
    JOIN stock_location dst ON dst.id = move.location_dest_id
    JOIN product_product product ON product.id = move.product_id
    JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_storable
    CROSS JOIN LATERAL (
          VALUES (src.warehouse_id, -1, src.usage), (dst.warehouse_id, 1, dst.usage)
         ) place(warehouse_id, sign, usage)
    JOIN stock_warehouse warehouse ON warehouse.id = place.warehouse_id
    """
)
BORDER_CONDITION = SQL(
    "src.warehouse_id IS DISTINCT FROM dst.warehouse_id AND place.usage IN ('internal', 'transit')"
)


class GantryInsightStage(models.Model):
    """What the refresh collects first: temporary tables per product and warehouse, one statement each.

    Another addon fills `gantry_insight_rule` (what a reorder rule knows better) and `gantry_insight_expiring` by
    extending :meth:`_stage_rules` and :meth:`_stage_expiring`.
    """

    _inherit = "gantry.insight"

    @api.model
    def _get_real_today(self, company):
        """The day it is. Documents carry real dates, also under a planning day in the past."""
        return datetime.datetime.now(pytz.timezone(self.env["gantry.demand"]._get_timezone(company))).date()

    def _open_stages(self, company, scope, today):
        cr = self.env.cr
        refresh_statistics(cr, "stock_move", "stock_quant", "gantry_demand", "gantry_forecast", "gantry_insight")
        for name in STAGES:
            cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(f"gantry_insight_{name}")))
        values = {
            "company": company.id, "today": SQL("%s::date", today), "begin": SQL("(%s::date - %s)", today, YEAR),
            "real": SQL("%s::date", self._get_real_today(company)),
            "day": self.env["gantry.demand"]._get_day(company, SQL("move.date")), "borders": BORDERS,
            "border": BORDER_CONDITION, "quantity": QUANTITY, "states": OPEN_STATES,
            "counted": self.env["gantry.demand"]._get_counted(company),
            "scope": lambda alias: SQL(
                "%s.product_id = ANY(%s)", SQL.identifier(alias), scope) if scope is not None else SQL("TRUE"),
        }
        self._stage_stock(**values)
        self._stage_flow(**values)
        self._stage_layers(**values)
        self._stage_demand(**values)
        self._stage_open(**values)
        for name, columns in (
            ("rule", "min_qty float8, max_qty float8, service_target float8, holding_pct float8, stockout_date date,"
                     " order_by_date date"),
            ("expiring", "date date, quantity float8"),
        ):
            cr.execute(SQL(
                "CREATE TEMPORARY TABLE %s (product_id int, warehouse_id int, %s) ON COMMIT DROP",
                SQL.identifier(f"gantry_insight_{name}"), SQL(columns),
            ))
        self._stage_rules(company, values)
        self._stage_expiring(company, values)
        for name in STAGES[:-2]:
            cr.execute(SQL("ANALYZE %s", SQL.identifier(f"gantry_insight_{name}")))

    def _close_stages(self):
        for name in STAGES:
            self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(f"gantry_insight_{name}")))

    def _stage_stock(self, company, scope, **values):
        """Own goods in the warehouse; those of a consignor are none of ours."""
        partner = self.env["res.company"].browse(company).partner_id
        self.env.cr.execute(SQL(
            """
            CREATE TEMPORARY TABLE gantry_insight_stock ON COMMIT DROP AS
            SELECT quant.product_id, location.warehouse_id, sum(quant.quantity)::float8 AS quantity,
                   sum(quant.reserved_quantity)::float8 AS reserved, min(quant.in_date)::date AS in_date
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
              JOIN stock_warehouse warehouse ON warehouse.id = location.warehouse_id
             WHERE warehouse.company_id = %(company)s AND location.usage IN ('internal', 'transit')
               AND (quant.owner_id IS NULL OR quant.owner_id = %(partner)s) AND %(scope)s
             GROUP BY 1, 2
            """,
            company=company, partner=partner.id, scope=scope("quant"),
        ))

    def _stage_flow(self, scope, **values):
        """What came into the warehouse and left it, by day."""
        self.env.cr.execute(SQL(
            """
            CREATE TEMPORARY TABLE gantry_insight_flow ON COMMIT DROP AS
            SELECT move.product_id, place.warehouse_id, %(day)s AS date,
                   COALESCE(sum(%(quantity)s) FILTER (WHERE place.sign > 0), 0) AS quantity_in,
                   COALESCE(sum(%(quantity)s) FILTER (WHERE place.sign < 0), 0) AS quantity_out
              FROM stock_move move %(borders)s
              JOIN uom_uom uom ON uom.id = move.product_uom
              JOIN uom_uom template_uom ON template_uom.id = template.uom_id
             WHERE move.state = 'done' AND %(border)s AND warehouse.company_id = %(company)s AND %(scope)s
             GROUP BY 1, 2, 3
            """,
            scope=scope("move"), **values,
        ))

    def _stage_layers(self, **values):
        """The stock of today by age, the oldest sold first: the newest receipts are what is left.

        Stock that no receipt explains is as old as its oldest quant.
        """
        self.env.cr.execute(SQL(
            """
            CREATE TEMPORARY TABLE gantry_insight_layer ON COMMIT DROP AS
            WITH layer AS (
                SELECT flow.product_id, flow.warehouse_id, flow.date,
                       GREATEST(0, LEAST(flow.quantity_in, stock.quantity - sum(flow.quantity_in) OVER newest
                                                           + flow.quantity_in)) AS quantity
                  FROM gantry_insight_flow flow
                  JOIN gantry_insight_stock stock USING (product_id, warehouse_id)
                 WHERE flow.quantity_in > 0 AND stock.quantity > 0
                WINDOW newest AS (PARTITION BY flow.product_id, flow.warehouse_id ORDER BY flow.date DESC
                                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
            ),
            part AS (
                SELECT * FROM layer WHERE quantity > 1e-9
                 UNION ALL
                SELECT stock.product_id, stock.warehouse_id, LEAST(stock.in_date, %(today)s),
                       stock.quantity - COALESCE(sum(layer.quantity), 0)
                  FROM gantry_insight_stock stock LEFT JOIN layer USING (product_id, warehouse_id)
                 WHERE stock.quantity > 0
                 GROUP BY stock.product_id, stock.warehouse_id, stock.in_date, stock.quantity
                HAVING stock.quantity - COALESCE(sum(layer.quantity), 0) > 1e-6
            )
            SELECT product_id, warehouse_id, sum(quantity * (%(today)s - date)) AS quantity_days,
                   COALESCE(sum(quantity) FILTER (WHERE %(today)s - date <= 30), 0) AS age_0,
                   COALESCE(sum(quantity) FILTER (WHERE %(today)s - date BETWEEN 31 AND 60), 0) AS age_31,
                   COALESCE(sum(quantity) FILTER (WHERE %(today)s - date BETWEEN 61 AND 90), 0) AS age_61,
                   COALESCE(sum(quantity) FILTER (WHERE %(today)s - date BETWEEN 91 AND 180), 0) AS age_91,
                   COALESCE(sum(quantity) FILTER (WHERE %(today)s - date BETWEEN 181 AND 365), 0) AS age_181,
                   COALESCE(sum(quantity) FILTER (WHERE %(today)s - date > 365), 0) AS age_366
              FROM part GROUP BY 1, 2
            """,
            **values,
        ))

    def _stage_demand(self, scope, **values):
        """Demand of the last year, its spread over 13 periods of four weeks, and the days out of stock.

        `season` is what was sold from a year ago on, period by period.
        """
        season = SQL("ARRAY[%s]::float4[]", SQL(", ").join(
            SQL("GREATEST(COALESCE(sum(quantity) FILTER (WHERE number = %s), 0), 0)", PERIODS - 1 - number)
            for number in range(PERIODS)
        ))
        self.env.cr.execute(SQL(
            """
            CREATE TEMPORARY TABLE gantry_insight_demand ON COMMIT DROP AS
            WITH moved AS (
                SELECT product_id, warehouse_id, min(date) AS first_date, max(date) FILTER (WHERE quantity_in > 0)
                                                                              AS last_in_date,
                       sum((quantity_in - quantity_out) * (date - %(begin)s))
                           FILTER (WHERE date >= %(begin)s) / %(length)s AS drift
                  FROM gantry_insight_flow GROUP BY 1, 2
            ),
            day AS (
                SELECT demand.product_id, demand.warehouse_id, demand.date, demand.quantity, demand.quantity_out
                  FROM gantry_demand demand
                 WHERE demand.company_id = %(company)s AND demand.date < %(today)s AND demand.date >= %(begin)s
                   AND %(counted)s AND %(scope)s
            ),
            period AS (
                SELECT product_id, warehouse_id, (%(today)s - 1 - date) / %(period)s AS number,
                       sum(quantity) AS quantity
                  FROM day WHERE %(today)s - date <= %(period)s * %(periods)s GROUP BY 1, 2, 3
            ),
            spread AS (
                SELECT product_id, warehouse_id, max(number) + 1 AS count, sum(quantity) AS total,
                       sum(quantity * quantity) AS square, %(season)s AS season
                  FROM period GROUP BY 1, 2
            ),
            total AS (
                SELECT day.product_id, day.warehouse_id, GREATEST(sum(day.quantity), 0) AS quantity,
                       max(day.date) FILTER (WHERE day.quantity_out > 0) AS last_date,
                       GREATEST(sum(day.quantity) FILTER (WHERE day.date >= moved.first_date), 0) AS seen
                  FROM day LEFT JOIN moved USING (product_id, warehouse_id) GROUP BY 1, 2
            ),
            missing AS (
                SELECT out.product_id, out.warehouse_id, count(*)::int AS count,
                       sum(LEAST(out.date_to, %(today)s - 1) - GREATEST(out.date_from, %(begin)s) + 1)::int AS days
                  FROM gantry_demand_stockout AS out
                 WHERE out.company_id = %(company)s AND out.date_to >= %(begin)s AND out.date_from < %(today)s
                   AND %(out_scope)s
                 GROUP BY 1, 2
            )
            SELECT product_id, warehouse_id, COALESCE(total.quantity, 0) AS quantity, total.last_date,
                   COALESCE(total.seen, 0) AS seen, moved.first_date, moved.last_in_date,
                   COALESCE(moved.drift, 0) AS drift,
                   LEAST(%(length)s, COALESCE(%(today)s - moved.first_date, 0)) AS known_days,
                   COALESCE(missing.days, 0) AS out_days, COALESCE(missing.count, 0) AS out_count, spread.season,
                   CASE WHEN spread.total > 0 AND spread.count >= 3 THEN
                        sqrt(GREATEST(spread.square / spread.count - power(spread.total / spread.count, 2), 0))
                        / (spread.total / spread.count) END AS variability
              FROM moved FULL JOIN total USING (product_id, warehouse_id)
              LEFT JOIN spread USING (product_id, warehouse_id)
              LEFT JOIN missing USING (product_id, warehouse_id)
            """,
            length=YEAR, season=season, period=PERIOD_DAYS, periods=PERIODS, scope=scope("demand"),
            out_scope=scope("out"), **values,
        ))

    def _stage_open(self, scope, **values):
        """What is still to come and to go, by days from now; what is late is expected today."""
        self.env.cr.execute(SQL(
            """
            CREATE TEMPORARY TABLE gantry_insight_open ON COMMIT DROP AS
            SELECT move.product_id, place.warehouse_id, GREATEST(%(day)s - %(real)s, 0) AS day,
                   COALESCE(sum(move.product_qty) FILTER (WHERE place.sign > 0), 0)::float8 AS incoming,
                   COALESCE(sum(move.product_qty) FILTER (WHERE place.sign < 0), 0)::float8 AS committed
              FROM stock_move move %(borders)s
             WHERE move.state IN %(states)s AND %(border)s AND warehouse.company_id = %(company)s AND %(scope)s
             GROUP BY 1, 2, 3
            """,
            scope=scope("move"), **values,
        ))

    @api.model
    def _stage_rules(self, company, values):
        """Minimum and maximum of the warehouse's own orderpoints."""
        self.env.cr.execute(SQL(
            """
            INSERT INTO gantry_insight_rule (product_id, warehouse_id, min_qty, max_qty)
            SELECT point.product_id, warehouse.id, NULLIF(point.product_min_qty, 0)::float8,
                   NULLIF(point.product_max_qty, 0)::float8
              FROM stock_warehouse_orderpoint point
              JOIN stock_warehouse warehouse ON warehouse.lot_stock_id = point.location_id
             WHERE point.active AND warehouse.company_id = %s AND %s
            """,
            company.id, values["scope"]("point"),
        ))

    @api.model
    def _stage_expiring(self, company, values):
        """Hook: stock by the last day on which it can be sold."""
