from datetime import timedelta

from odoo import api, fields, models

LEVELS = ("product_min_qty", "product_max_qty", "replenishment_uom_id", "active", "trigger")


class StockWarehouseOrderpoint(models.Model):
    """Core's reordering rule: what people change by hand is noted and wins over the run."""

    _inherit = "stock.warehouse.orderpoint"

    gantry_rule_ids = fields.One2many("gantry.reorder.rule", "orderpoint_id", string="Replenishment", readonly=True)

    def write(self, vals):
        if not any(name in vals for name in LEVELS):
            return super().write(vals)
        old = {point.id: (point.product_min_qty, point.product_max_qty, point.active, point.trigger) for point in self}
        result = super().write(vals)
        self._note_hand(old)
        return result

    def _write_by_gantry(self, vals):
        """A write of the run or of an accepted proposal, which keeps its own history."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _note_hand(self, old):
        """Keep a change by hand in the history; the rule then waits for an accepted proposal."""
        # sudo: who may change a reordering rule need not see the replenishment list
        rows = self.env["gantry.reorder.rule"].sudo().with_context(active_test=False).search([
            ("product_id", "in", self.product_id.ids), ("location_id", "in", self.location_id.ids)])
        points = {(point.product_id, point.location_id): point for point in self}
        for row in rows:
            point = points.get((row.product_id, row.location_id))
            if not point:
                continue
            low, high, active, trigger = old[point.id]
            new = (point.product_min_qty, point.product_max_qty)
            if (low, high) == new and active == point.active and trigger == point.trigger:
                continue
            row._log_change("hand", {row.id: (low, high)}, {row.id: new}, point._get_hand_note(active))
            # a rule that comes back as it was, with its product, is again the run's
            row.write({
                "hand_edited": not (point.active and not active and (low, high) == new),
                "old_min": new[0], "old_max": new[1],
            })

    def unlink(self):
        self._note_deletion()
        return super().unlink()

    def _note_deletion(self):
        """Keep a deletion by hand in the history; the run does not make the rule again by itself."""
        if self.env.context.get("module_uninstall") or self.env.context.get("_force_unlink"):
            return
        # sudo: who may delete a reordering rule need not see the replenishment list; Odoo deletes its own passing
        # proposals by itself
        points = self.sudo().filtered(lambda point: point.trigger == "auto" or point.create_uid.id != api.SUPERUSER_ID)
        for row in points.gantry_rule_ids:
            row._log_change(
                "hand", {row.id: (row.old_min, row.old_max)}, {row.id: (0.0, 0.0)}, self.env._("Deleted by hand."))
            row.write({"hand_edited": True, "orderpoint_id": False, "old_min": 0.0, "old_max": 0.0})

    def _get_hand_note(self, was_active):
        if was_active and not self.active:
            return self.env._("Archived by hand, or with its product.")
        if self.active and not was_active:
            return self.env._("Restored by hand, or with its product.")
        return None

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
        result = super(StockWarehouseOrderpoint, self - own)._compute_lead_days()
        if own:
            super(StockWarehouseOrderpoint, own.with_context(bypass_global_horizon_days=True))._compute_lead_days()
        return result

    def _get_orderpoint_procurement_date(self):
        date = super()._get_orderpoint_procurement_date()
        # core takes the horizon off again, which was never added here
        return date + timedelta(days=self.get_horizon_days()) if self._is_set_by_gantry() else date
