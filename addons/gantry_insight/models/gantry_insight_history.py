from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .gantry_insight import ABC
from .gantry_insight_refresh import MIN_SOLD_DAYS

MONTHS_BACK = 12  # that many months before the running one are worked out from moves
KEEP_MONTHS = 37
# what changes in the running month only
RUNNING = ("abc", "quantity", "value", "excess_value", "short_value", "holding_cost")
_RATIOS = {"turns": ("demand_value", "value", 12), "service": ("served_value", "wanted_value", 100)}


class GantryInsightHistory(models.Model):
    """Stock, demand and service of a product in a warehouse, month by month.

    Months before the first refresh are worked out from moves, at the cost of that day, without excess and shortage:
    those depend on what was expected then.
    """

    _name = "gantry.insight.history"
    _description = "Inventory Insight by Month"
    _order = "date desc, value desc, id"
    _rec_name = "product_id"
    _log_access = False  # a million rows, all written by the refresh

    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    categ_id = fields.Many2one("product.category", string="Category", readonly=True, ondelete="set null")
    warehouse_id = fields.Many2one("stock.warehouse", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Month", required=True, readonly=True)
    abc = fields.Selection(ABC, string="ABC", readonly=True)
    quantity = fields.Float("On Hand at its End", digits="Product Unit", readonly=True)
    value = fields.Monetary("Stock Value", readonly=True)
    demand_value = fields.Monetary("Demand at Cost", readonly=True)
    served_value = fields.Monetary("Demand Served", readonly=True)
    wanted_value = fields.Monetary("Demand Wanted", readonly=True)
    stockout_days = fields.Integer("Days out of Stock", readonly=True)
    excess_value = fields.Monetary("Excess", readonly=True)
    short_value = fields.Monetary("Shortage", readonly=True)
    holding_cost = fields.Monetary("Holding Cost of the Month", readonly=True)
    turns = fields.Float("Turns a Year", compute="_compute_ratios", aggregator="avg", digits=(16, 1))
    service = fields.Float("Service (%)", compute="_compute_ratios", aggregator="avg", digits=(16, 1))

    _key = models.UniqueIndex("(product_id, warehouse_id, date)")
    _company_date_index = models.Index("(company_id, date)")

    @api.depends("demand_value", "value", "served_value", "wanted_value")
    def _compute_ratios(self):
        for line in self:
            for name, (above, below, factor) in _RATIOS.items():
                line[name] = factor * line[above] / line[below] if line[below] else 0.0

    def _read_group_select(self, aggregate_spec, query):
        """Ratios of a group are sums over sums."""
        name, _colon, function = aggregate_spec.partition(":")
        if function != "avg" or name not in _RATIOS:
            return super()._read_group_select(aggregate_spec, query)
        above, below, factor = _RATIOS[name]
        return SQL(
            "%s * SUM(%s) / NULLIF(SUM(%s), 0)", factor,
            self._field_to_sql(self._table, above, query), self._field_to_sql(self._table, below, query),
        )

    @api.model
    def _write_months(self, company, today):
        """Write the running month, settle the last one, and work out those before the first refresh.

        Called by the refresh while its stages are there.
        """
        running = today.replace(day=1)
        known = {date for (date,) in self.env.execute_query(SQL(
            "SELECT DISTINCT date FROM gantry_insight_history WHERE company_id = %s", company.id))}
        months = [running - relativedelta(months=back) for back in range(MONTHS_BACK + 1)]
        missing = [month for month in months[2:] if month not in known] if not known else []
        todo = sorted({*months[:2], *missing})
        self.env.cr.execute(SQL(
            """
            DELETE FROM gantry_insight_history history
             WHERE company_id = %s AND date = %s AND NOT EXISTS (
                   SELECT FROM gantry_insight_row row
                    WHERE row.product_id = history.product_id AND row.warehouse_id = history.warehouse_id)
            """,
            company.id, running,
        ))
        self._write_lines(company, today, todo)
        self.invalidate_model()

    def _write_lines(self, company, today, months):
        """Quantity at the end of each month, demand and days out of stock in it, from moves and demand.

        The running month is as the insight is now. Of an older one that was there already, value, excess and shortage
        stay what they were.
        """
        running = today.replace(day=1)
        figures = SQL(", ").join(
            SQL("CASE WHEN history.date = %s THEN EXCLUDED.%s ELSE history.%s END", running, name, name)
            for name in map(SQL.identifier, RUNNING)
        )
        self.env.cr.execute(SQL(
            """
            WITH month AS (
                SELECT first::date AS first, (first + interval '1 month')::date AS next,
                       LEAST((first + interval '1 month')::date, %(today)s) AS stop
                  FROM unnest(%(months)s::timestamp[]) first
            ),
            later AS (
                SELECT flow.product_id, flow.warehouse_id, month.first,
                       sum(flow.quantity_in - flow.quantity_out) AS quantity
                  FROM gantry_insight_flow flow JOIN month ON flow.date >= month.next GROUP BY 1, 2, 3
            ),
            sold AS (
                SELECT demand.product_id, demand.warehouse_id, month.first,
                       GREATEST(sum(demand.quantity), 0) AS quantity
                  FROM gantry_demand demand JOIN month ON demand.date >= month.first AND demand.date < month.stop
                 WHERE demand.company_id = %(company)s AND demand.date >= %(oldest)s AND %(counted)s
                 GROUP BY 1, 2, 3
            ),
            missing AS (
                SELECT span.product_id, span.warehouse_id, month.first,
                       sum(LEAST(span.date_to, month.stop - 1) - GREATEST(span.date_from, month.first) + 1)::int AS days
                  FROM gantry_demand_stockout span
                  JOIN month ON span.date_from < month.stop AND span.date_to >= month.first
                 WHERE span.company_id = %(company)s GROUP BY 1, 2, 3
            ),
            born AS (SELECT product_id, warehouse_id, min(date) AS date FROM gantry_insight_flow GROUP BY 1, 2),
            line AS (
                SELECT row.product_id, row.warehouse_id, row.categ_id, row.cost, month.first, month.stop,
                       COALESCE(stock.quantity, 0) - COALESCE(later.quantity, 0) AS quantity,
                       COALESCE(sold.quantity, 0) AS sold, COALESCE(missing.days, 0) AS out_days,
                       CASE WHEN born.date IS NULL THEN 0
                            ELSE GREATEST(month.stop - GREATEST(born.date, month.first), 0) END AS known_days
                  FROM gantry_insight_row row CROSS JOIN month
             LEFT JOIN gantry_insight_stock stock USING (product_id, warehouse_id)
             LEFT JOIN born USING (product_id, warehouse_id)
             LEFT JOIN later USING (product_id, warehouse_id, first)
             LEFT JOIN sold USING (product_id, warehouse_id, first)
             LEFT JOIN missing USING (product_id, warehouse_id, first)
            ),
            figured AS (
                SELECT *, CASE WHEN known_days - out_days >= %(sold_days)s
                               THEN sold * out_days / (known_days - out_days) ELSE 0 END AS lost
                  FROM line WHERE quantity > 1e-9 OR sold > 0 OR first = %(running)s
            )
            INSERT INTO gantry_insight_history AS history
                   (product_id, warehouse_id, company_id, categ_id, date, abc, quantity, value, demand_value,
                    served_value, wanted_value, stockout_days, excess_value, short_value, holding_cost)
            SELECT line.product_id, line.warehouse_id, %(company)s, line.categ_id, line.first, now.abc, line.quantity,
                   COALESCE(now.value, (GREATEST(line.quantity, 0) * line.cost)::numeric), line.sold * line.cost,
                   CASE WHEN line.known_days > 0 THEN line.sold * line.cost ELSE 0 END,
                   CASE WHEN line.known_days > 0 THEN (line.sold + line.lost) * line.cost ELSE 0 END, line.out_days,
                   COALESCE(now.excess_value, 0), COALESCE(now.short_value, 0),
                   COALESCE(now.holding_cost::float8, GREATEST(line.quantity, 0) * line.cost * %(holding)s / 100) / 12
              FROM figured line
         LEFT JOIN gantry_insight AS now ON now.product_id = line.product_id AND now.warehouse_id = line.warehouse_id
                                        AND line.first = %(running)s
                ON CONFLICT (product_id, warehouse_id, date) DO UPDATE
               SET (demand_value, served_value, wanted_value, stockout_days, abc, quantity, value, excess_value,
                    short_value, holding_cost) = ROW(
                    EXCLUDED.demand_value, EXCLUDED.served_value, EXCLUDED.wanted_value, EXCLUDED.stockout_days,
                    %(figures)s)
             WHERE (history.demand_value, history.wanted_value, history.stockout_days) IS DISTINCT FROM
                   (EXCLUDED.demand_value, EXCLUDED.wanted_value, EXCLUDED.stockout_days)
                OR history.date = %(running)s
                   AND (history.abc, history.quantity, history.value, history.excess_value, history.short_value)
                       IS DISTINCT FROM
                       (EXCLUDED.abc, EXCLUDED.quantity, EXCLUDED.value, EXCLUDED.excess_value, EXCLUDED.short_value)
            """,
            today=today, months=[str(month) for month in months], company=company.id, oldest=months[0],
            counted=self.env["gantry.demand"]._get_counted(company), sold_days=MIN_SOLD_DAYS,
            holding=company.gantry_insight_holding_pct, running=running, figures=figures,
        ))

    @api.autovacuum
    def _gc_history(self):
        """Three years back are enough for a trend."""
        self.env.cr.execute(SQL(
            "DELETE FROM gantry_insight_history WHERE date < %s",
            fields.Date.today() - relativedelta(months=KEEP_MONTHS),
        ))
        self.invalidate_model()
