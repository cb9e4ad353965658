from odoo import fields, models


class GantryAlert(models.Model):
    _inherit = "gantry.alert"

    purchase_ids = fields.Many2many("purchase.order", string="Purchase Orders", compute="_compute_purchase_ids")
    purchase_count = fields.Integer("Purchase Order Count", compute="_compute_purchase_ids")

    def _compute_purchase_ids(self):
        """Orders whose goods are late, for alerts about late suppliers."""
        for alert in self:
            moves = self.env["stock.move"].search(alert._get_late_domain()) if alert.kind == "late" else \
                self.env["stock.move"]
            # sudo: people of the warehouse may know which order is late without being buyers
            orders = moves.sudo().purchase_line_id.order_id
            alert.purchase_ids = orders
            alert.purchase_count = len(orders)

    def _get_shared_numbers(self):
        numbers = super()._get_shared_numbers()
        if self.kind == "late":
            numbers |= {
                "orders": ", ".join(self.purchase_ids.mapped("name")),
                "on_time": self.partner_id.on_time_rate / 100 if self.partner_id.on_time_rate >= 0 else None,
            }
        return numbers

    def _get_further_codes(self):
        codes = super()._get_further_codes()
        if self.kind == "late":
            if self.purchase_ids:
                codes.append("alert_late_orders")
            if self.partner_id.on_time_rate >= 0:  # -1 without a delivery to judge
                codes.append("alert_late_rate")
        return codes

    def action_act(self):
        """Late goods of an order are asked for on the order."""
        self.ensure_one()
        orders = self.env["purchase.order"].browse(self.purchase_ids.ids)
        if orders and orders.has_access("read"):
            return orders._get_records_action(name=self.env._("Late Orders"))
        return super().action_act()

    def action_purchases(self):
        self.ensure_one()
        return self.env["purchase.order"].browse(self.purchase_ids.ids)._get_records_action(
            name=self.env._("Late Orders"))
