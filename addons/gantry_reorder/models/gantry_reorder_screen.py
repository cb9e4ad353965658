"""Windows that the buttons of the replenishment screens open."""

from odoo import api, fields, models
from odoo.tools.misc import formatLang


class GantryReorderPolicy(models.Model):
    _inherit = "gantry.reorder.policy"

    def action_whatif(self):
        """Open the sliders for the products under this policy."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_reorder.gantry_reorder_whatif_action")
        return action | {"params": {"policy_id": self.id}}


    def action_backtest(self):
        """Begin a replay of the products under this policy."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "gantry.reorder.backtest", "views": [[False, "form"]],
            "name": self.env._("Replay"), "context": {"default_policy_id": self.id},
        }


class GantryReorderIssue(models.Model):
    _inherit = "gantry.reorder.issue"

    def action_open_cause(self):
        """Open the record on which the problem can be mended."""
        self.ensure_one()
        if self.kind in ("multiple_cap", "infeasible", "no_policy") and self.rule_id.policy_id:
            record = self.rule_id.policy_id
        elif self.kind in ("min_above_max", "hand", "no_lead", "order_failed") and self.rule_id:
            record = self.rule_id
        elif self.kind == "no_forecast" and self._get_forecast():
            record = self._get_forecast()
        else:
            record = self.product_id
        record.check_access("read")
        return {
            "type": "ir.actions.act_window", "res_model": record._name, "res_id": record.id,
            "views": [[False, "form"]], "name": self.message,
        }

    def _get_forecast(self):
        return self.env["gantry.forecast"].search(
            [("product_id", "=", self.product_id.id), ("warehouse_id", "=", self.warehouse_id.id)], limit=1)


class GantryReorderRule(models.Model):
    _inherit = "gantry.reorder.rule"

    old_levels = fields.Char("In Force", compute="_compute_levels", help="Minimum and maximum of the rule in force.")
    new_levels = fields.Char("New Rule", compute="_compute_levels", help="Computed minimum and maximum.")

    @api.depends("orderpoint_id", "old_min", "old_max", "new_min", "new_max", "last_run", "state")
    @api.depends_context("lang")
    def _compute_levels(self):
        for rule in self:
            rule.old_levels = rule._say_levels(rule.old_min, rule.old_max) if rule.orderpoint_id else "–"
            known = rule.last_run and rule.state != "blocked"
            rule.new_levels = rule._say_levels(rule.new_min, rule.new_max) if known else "–"

    def _say_levels(self, low, high):
        return " – ".join(
            formatLang(self.env, level, digits=0 if float(level).is_integer() else 2) for level in (low, high))

    # buttons above the list, which hand over the selection even when nothing is selected

    def action_run_list(self):
        """Run all rules of the company in the background."""
        return self.env[self._name].action_run()

    def action_accept_list(self):
        """Accept the selected proposals, or all open ones."""
        return self.action_accept() if self else self.env[self._name].action_accept_all()

    def action_order_list(self):
        """Order the selected rows, or all that are due."""
        return self.action_order() if self else self.env[self._name].action_order_all()

    def action_snooze_week(self):
        """Put these rows off for a week."""
        return self.action_snooze(days=7)

    def action_forecast(self):
        """Open the forecast behind the rule, or the planning list when there is none."""
        self.ensure_one()
        forecast = self.env["gantry.forecast"].search(
            [("product_id", "=", self.product_id.id), ("warehouse_id", "=", self.warehouse_id.id)], limit=1)
        if not forecast:
            return self.env["ir.actions.actions"]._for_xml_id("gantry_forecast.gantry_forecast_action")
        return {"type": "ir.actions.act_window", "res_model": forecast._name, "res_id": forecast.id,
                "views": [[False, "form"]], "name": self.env._("Forecast")}

    def action_product(self):
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "product.product", "res_id": self.product_id.id,
                "views": [[False, "form"]], "name": self.product_id.display_name}

    def action_orderpoint(self):
        """Open Odoo's own list of reordering rules on this one."""
        action = self.env["ir.actions.actions"]._for_xml_id("stock.action_orderpoint")
        return action | {"domain": [("id", "in", self.orderpoint_id.ids)], "context": {}}

    def action_policy(self):
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "gantry.reorder.policy", "res_id": self.policy_id.id,
                "views": [[False, "form"]], "name": self.policy_id.name}

    def action_backtest(self):
        """Begin a replay of these products."""
        return {
            "type": "ir.actions.act_window", "res_model": "gantry.reorder.backtest", "views": [[False, "form"]],
            "name": self.env._("Replay"), "context": {"default_product_ids": self.product_id.ids},
        }

    def action_whatif(self):
        """Open the sliders for these products."""
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_reorder.gantry_reorder_whatif_action")
        return action | {"params": {"rule_ids": self.ids}}
