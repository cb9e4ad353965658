from datetime import timedelta

from odoo import fields, models

LEVELS = ("product_min_qty", "product_max_qty", "replenishment_uom_id", "active")


class StockWarehouseOrderpoint(models.Model):
    """Core's reordering rule: what people change by hand is noted and wins over the run."""

    _inherit = "stock.warehouse.orderpoint"

    gantry_rule_ids = fields.One2many("gantry.reorder.rule", "orderpoint_id", string="Replenishment", readonly=True)

    def write(self, vals):
        if not any(name in vals for name in LEVELS):
            return super().write(vals)
        old = {point.id: (point.product_min_qty, point.product_max_qty, point.active) for point in self}
        result = super().write(vals)
        self._note_hand(old)
        return result

    def _write_by_gantry(self, vals):
        """A write of the run or of an accepted proposal, which keeps its own history."""
        return super().write(vals)

    def _note_hand(self, old):
        """Keep a change by hand in the history; the rule then waits for an accepted proposal."""
        # sudo: who may change a reordering rule need not see the replenishment list
        rules = self.env["gantry.reorder.rule"].sudo().with_context(active_test=False).search([
            ("orderpoint_id", "in", self.ids)])
        changed = rules.filtered(lambda rule: old[rule.orderpoint_id.id] != (
            rule.orderpoint_id.product_min_qty, rule.orderpoint_id.product_max_qty, rule.orderpoint_id.active))
        if not changed:
            return
        new = {rule.id: (rule.orderpoint_id.product_min_qty, rule.orderpoint_id.product_max_qty) for rule in changed}
        changed._log_change("hand", {rule.id: old[rule.orderpoint_id.id][:2] for rule in changed}, new)
        for rule in changed:
            rule.write({"hand_edited": True, "old_min": new[rule.id][0], "old_max": new[rule.id][1]})

    # -- no order today for a demand that can wait

    def _is_set_by_gantry(self):
        """Whether an automatic policy set the levels: they cover demand until the next order arrives, so the horizon
        of the company, by default a year, must not be added to the lead time."""
        self.ensure_one()
        # sudo: the scheduler and warehouse workers look at orderpoints without seeing the replenishment list
        rules = self.sudo().gantry_rule_ids
        return any(rule.mode == "auto" and not rule.hand_edited for rule in rules)

    def _compute_lead_days(self):
        own = self.filtered(lambda point: point._is_set_by_gantry())
        super(StockWarehouseOrderpoint, self - own)._compute_lead_days()
        if own:
            super(StockWarehouseOrderpoint, own.with_context(bypass_global_horizon_days=True))._compute_lead_days()

    def _get_orderpoint_procurement_date(self):
        date = super()._get_orderpoint_procurement_date()
        # core takes the horizon off again, which was never added here
        return date + timedelta(days=self.get_horizon_days()) if self._is_set_by_gantry() else date
