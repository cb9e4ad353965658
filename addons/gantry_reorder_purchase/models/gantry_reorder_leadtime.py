from odoo import models
from odoo.tools import SQL


class GantryReorderLeadtime(models.Model):
    """With Purchase a receipt was ordered when its order was confirmed, and promised for the day on its line."""

    _inherit = "gantry.reorder.leadtime"

    def _get_purchase_query(self, company, since):
        return SQL(
            """
            SELECT move.product_id, partner.commercial_partner_id AS partner_id, place.warehouse_id,
                   NULL::int AS supplier_warehouse_id,
                   COALESCE(purchase.date_approve, purchase.date_order) AS ordered,
                   COALESCE(line.date_planned, move.date_deadline) AS promised, move.date AS received
              FROM stock_move move
              JOIN purchase_order_line line ON line.id = move.purchase_line_id
              JOIN purchase_order purchase ON purchase.id = line.order_id
              JOIN stock_location source ON source.id = move.location_id AND source.usage = 'supplier'
              JOIN stock_location place ON place.id = move.location_dest_id AND place.warehouse_id IS NOT NULL
              JOIN res_partner partner ON partner.id = purchase.partner_id
             WHERE move.company_id = %s AND move.state = 'done' AND move.date >= %s
             UNION ALL %s
            """,
            company.id, since, super()._get_purchase_query(company, since),
        )

    def _get_entered_condition(self):
        return SQL("move.purchase_line_id IS NULL")
