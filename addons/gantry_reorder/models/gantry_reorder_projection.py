from datetime import timedelta

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..core import project

HISTORY_DAYS = 180


class GantryReorderProjection(models.Model):
    """The chart of a row: stock as it was, as it is expected, with what comes and goes."""

    _inherit = "gantry.reorder.rule"

    def get_projection(self):
        """Projected stock day by day, calculated from this moment's stock and orders.

        :return: dict of ``dates``, ``history`` (pairs of day and stock), ``mean``, ``low``, ``high``, ``planned``,
            ``min``, ``max``, ``incoming`` and ``committed`` (pairs of day and quantity), ``stockout_date``,
            ``order_by_date``, ``order_qty``; without dates when nothing can be projected
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: reads forecasts, stock and orders of this one row, which the user may see
        rule = self.sudo().with_company(self.company_id)
        rows = rule | rule._get_planned_together()
        batch = rule._prepare_reorder_problem(rule.company_id, ids=rows.ids)
        answer = {"dates": [], "history": [], "min": rule.old_min if rule.orderpoint_id else rule.new_min,
                  "max": rule.old_max if rule.orderpoint_id else rule.new_max}
        place = int(np.searchsorted(batch.rows["id"], rule.id)) if batch else 0
        if batch is None or rule.id not in batch.rows["id"]:  # a bin or an archived row is not calculated
            return answer
        problem, plan = rule._solve_problem(rule.company_id, batch.problem)
        if not batch.has_forecast[place]:
            return answer
        projection = project(problem, plan)
        days = projection.mean.shape[1]
        dates = (batch.today + np.arange(days)).astype(str).tolist()

        def dated(values):
            return [[dates[day], float(values[day])] for day in np.flatnonzero(values > 0)]

        def day(number):
            return dates[number] if 0 <= number < days else False

        plain = self.env["gantry.api"]._json
        return answer | {
            "dates": dates, "history": rule._get_stock_history(batch.today),
            "mean": plain(projection.mean[place].astype(float)), "low": plain(projection.low[place].astype(float)),
            "high": plain(projection.high[place].astype(float)),
            "planned": plain(projection.planned[place].astype(float)),
            "incoming": dated(projection.incoming[place]), "committed": dated(projection.committed[place]),
            "stockout_date": day(int(projection.stockout_day[place])),
            "order_by_date": day(int(projection.order_by_day[place])),
            "order_qty": plain(float(np.nan_to_num(projection.propose_qty[place]))),
            "proposed_min": plain(float(plan.min_qty[place])), "proposed_max": plain(float(plan.max_qty[place])),
        }

    def _get_stock_history(self, today):
        """Stock at the end of past days, from the moves back from what is on hand."""
        company = self.company_id
        real = self._get_real_today(company)
        self.env.cr.execute(SQL(
            """
            WITH place AS (SELECT below.id FROM stock_location top
                             JOIN stock_location below ON below.parent_path LIKE top.parent_path || '%%'
                            WHERE top.id = %(location)s)
            SELECT %(day)s AS day, sum(CASE WHEN move.location_dest_id IN (SELECT id FROM place) THEN 1 ELSE 0 END
                       * move.quantity * unit.factor / own.factor
                     - CASE WHEN move.location_id IN (SELECT id FROM place) THEN 1 ELSE 0 END
                       * move.quantity * unit.factor / own.factor)::float8
              FROM stock_move move
              JOIN uom_uom unit ON unit.id = move.product_uom
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom own ON own.id = template.uom_id
             WHERE move.product_id = %(product)s AND move.state = 'done' AND move.date >= %(since)s
               AND (move.location_id IN (SELECT id FROM place) OR move.location_dest_id IN (SELECT id FROM place))
             GROUP BY 1 ORDER BY 1 DESC
            """,
            location=self.location_id.id, day=self.env["gantry.demand"]._get_day(company, SQL("move.date")),
            product=self.product_id.id, since=real - timedelta(days=HISTORY_DAYS),
        ))
        moved = dict(self.env.cr.fetchall())
        if not moved:
            return []
        first = min(moved)
        level, found, shift = self._get_on_hand_now(), [], today.astype(object) - real
        for back in range(min((real - first).days, HISTORY_DAYS) + 1):
            day = real - timedelta(days=back)
            found.append([(day + shift).isoformat(), round(level, 6)])
            level -= moved.get(day, 0.0)
        return found[::-1]

    def _get_on_hand_now(self):
        return sum(self.env["stock.quant"]._read_group(
            [("product_id", "=", self.product_id.id), ("location_id", "child_of", self.location_id.id)], [],
            ["quantity:sum"])[0]) or 0.0
