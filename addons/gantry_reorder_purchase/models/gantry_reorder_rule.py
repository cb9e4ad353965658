from odoo import fields, models
from odoo.tools import SQL, formatLang


class GantryReorderRule(models.Model):
    """Requests for quotation count as on their way; vendors have least orders."""

    _inherit = "gantry.reorder.rule"

    def _get_supply_queries(self, company):
        """Draft purchase orders are not moves yet, but nothing on them must be ordered twice.

        As on confirmation a line without a place of its own is for the stock, however many steps its receipt takes.
        """
        return super()._get_supply_queries(company) + [SQL(
            """
            SELECT shard.id, COALESCE(line.date_planned, purchase.date_planned, purchase.date_order) AS moment,
                   line.product_qty * unit.factor / own.factor AS qty
              FROM gantry_reorder_shard shard
              JOIN purchase_order_line line ON line.product_id = shard.product_id
              JOIN purchase_order purchase ON purchase.id = line.order_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom own ON own.id = template.uom_id
              JOIN uom_uom unit ON unit.id = line.product_uom_id
              JOIN stock_picking_type kind ON kind.id = purchase.picking_type_id
         LEFT JOIN stock_warehouse house ON house.id = kind.warehouse_id AND kind.code <> 'dropship'
         LEFT JOIN stock_warehouse_orderpoint point ON point.id = line.orderpoint_id
              JOIN gantry_reorder_place place ON place.location_id = shard.location_id
               AND place.child_id = COALESCE(point.location_id, line.location_final_id, house.lot_stock_id,
                                           kind.default_location_dest_id)
             WHERE purchase.state IN ('draft', 'sent', 'to approve') AND purchase.company_id = %s
               AND line.product_qty > 0
            """,
            company.id,
        )]

    def _get_point_seller(self):
        return SQL("point.supplier_id")

    def _get_days_to_order(self, company):
        return int(company.days_to_purchase or 0)

    def _get_minimum_warnings(self, done):
        """Draft orders of these vendors that are below what the vendor wants at least."""
        partners = done.vendor_id.filtered("gantry_order_minimum")
        words = super()._get_minimum_warnings(done)
        for partner in partners:
            # sudo: planners see what they have just ordered, also without access to Purchase
            orders = self.env["purchase.order"].sudo().search([
                ("partner_id", "=", partner.id), ("state", "in", ("draft", "sent")),
                ("company_id", "in", done.company_id.ids)])
            for order in orders:
                total = order.currency_id._convert(
                    order.amount_untaxed, order.company_id.currency_id, order.company_id, fields.Date.today())
                if total < partner.gantry_order_minimum:
                    words.append(self.env._(
                        "%(order)s is worth %(total)s: %(vendor)s wants at least %(least)s.", order=order.name,
                        total=formatLang(self.env, total, currency_obj=order.company_id.currency_id),
                        vendor=partner.display_name,
                        least=formatLang(self.env, partner.gantry_order_minimum,
                                         currency_obj=order.company_id.currency_id)))
        return words

    def _get_documents_action(self, since):
        """The draft purchase orders that were made or grew."""
        # sudo: which orders, not what is in them; the window applies the user's own rights
        lines = self.env["purchase.order.line"].sudo().search([
            ("product_id", "in", self.product_id.ids), ("write_date", ">=", since),
            ("order_id.state", "in", ("draft", "sent", "to approve")),
            ("company_id", "in", self.company_id.ids)])
        if not lines or not self.env["purchase.order"].has_access("read"):
            return super()._get_documents_action(since)
        action = self.env["ir.actions.actions"]._for_xml_id("purchase.purchase_rfq")
        return action | {"domain": [("id", "in", lines.order_id.ids)], "context": {}}
