from odoo import api, models
from odoo.tools import SQL


class GantryInsight(models.Model):
    _inherit = "gantry.insight"

    @api.model
    def _stage_rules(self, company, values):
        """What the reorder policies want of a product, and by when the run says it has to be ordered.

        Dates hold as long as stock and orders are what the run has seen: goods that came in since make them stale.
        """
        result = super()._stage_rules(company, values)
        self.env.cr.execute(SQL(
            """
            INSERT INTO gantry_insight_rule
                   (product_id, warehouse_id, service_target, holding_pct, stockout_date, order_by_date)
            SELECT rule.product_id, rule.warehouse_id, NULLIF(rule.target_pct, 0), policy.holding_pct,
                   CASE WHEN seen.same THEN rule.projected_stockout_date END,
                   CASE WHEN seen.same THEN rule.order_by_date END
              FROM gantry_reorder_rule rule
         LEFT JOIN gantry_reorder_policy policy ON policy.id = rule.policy_id
         LEFT JOIN gantry_insight_stock stock ON stock.product_id = rule.product_id
                                             AND stock.warehouse_id = rule.warehouse_id
         LEFT JOIN (SELECT product_id, warehouse_id, sum(incoming) AS incoming FROM gantry_insight_open GROUP BY 1, 2
                   ) open ON open.product_id = rule.product_id AND open.warehouse_id = rule.warehouse_id
        CROSS JOIN LATERAL (
                   SELECT abs(COALESCE(stock.quantity, 0) - COALESCE(rule.on_hand_qty, 0)::float8) < 1e-3
                          AND COALESCE(open.incoming, 0) <= COALESCE(rule.incoming_qty, 0)::float8 + 1e-3 AS same) seen
             WHERE rule.company_id = %s AND rule.active AND rule.kind = 'warehouse' AND %s
            """,
            company.id, values["scope"]("rule"),
        ))
        return result

    def action_reorder_rule(self):
        """The replenishment of the product in this warehouse."""
        self.ensure_one()
        return self.env["gantry.alert"]._open_reorder_rule(self.product_id, self.warehouse_id)
