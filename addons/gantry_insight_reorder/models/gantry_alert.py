from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class GantryAlert(models.Model):
    _inherit = "gantry.alert"

    @api.model
    def _stage_owners(self, company):
        """The planner who owns the policy of a product owns its alerts."""
        result = super()._stage_owners(company)
        self.env.cr.execute(SQL(
            """
            INSERT INTO gantry_alert_owner (product_id, warehouse_id, user_id)
            SELECT rule.product_id, rule.warehouse_id, policy.user_id
              FROM gantry_reorder_rule rule
              JOIN gantry_reorder_policy policy ON policy.id = rule.policy_id
              JOIN res_users owner ON owner.id = policy.user_id AND owner.active
             WHERE owner.id = ANY(%s) AND rule.company_id = %s AND rule.active AND rule.kind = 'warehouse'
            """,
            self._get_planners(company), company.id,
        ))
        return result

    @api.model
    def _get_reorder_rule(self, product, warehouse):
        return self.env["gantry.reorder.rule"].search([
            ("product_id", "=", product.id), ("warehouse_id", "=", warehouse.id), ("kind", "=", "warehouse"),
        ], limit=1)

    @api.model
    def _open_reorder_rule(self, product, warehouse):
        rule = self._get_reorder_rule(product, warehouse)
        if not rule:
            raise UserError(self.env._(
                "%s is not in the worklist of this warehouse yet: run the reorder rules first.", product.display_name))
        return rule._get_records_action(name=self.env._("Replenish"))

    def action_act(self):
        """What runs out or is too much is answered in the worklist, with its proposal and the reasons."""
        self.ensure_one()
        wanted = self.kind in ("low", "stockout", "overstock")
        if wanted and self._get_reorder_rule(self.product_id, self.warehouse_id):
            return self._open_reorder_rule(self.product_id, self.warehouse_id)
        return super().action_act()
