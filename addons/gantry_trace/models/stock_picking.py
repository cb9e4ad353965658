from odoo import api, models
from odoo.tools import SQL

from .trace_source import TraceSource, in_ids

DOC_MODEL = "stock.picking"


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _gantry_trace_between_sisters(self):
        """Pickings that send goods to a company of this database, or receive from one."""
        partners = self.partner_id.commercial_partner_id
        if not partners:
            return self.browse()
        sisters = self.env["res.company"].sudo().search([("partner_id", "in", partners.ids)]).partner_id
        return self.filtered(lambda picking: picking.partner_id.commercial_partner_id in sisters)

    def _gantry_trace_receipts(self):
        """These pickings, and receipts in other companies of lots with the names of theirs."""
        names = self.move_line_ids.lot_id.mapped("name")
        lots = self.env["stock.lot"].sudo().search([("name", "in", names), ("company_id", "!=", False)])
        lines = self.env["stock.move.line"].sudo().search(
            [("lot_id", "in", lots.ids), ("state", "=", "done"), ("picking_id.picking_type_code", "=", "incoming")]
        )
        return self | lines.picking_id.sudo(self.env.su)

    @api.model
    def _gantry_trace_source(self):
        return TraceSource(doc_model=DOC_MODEL, edges=self._gantry_trace_intercompany)

    @api.model
    def _gantry_trace_intercompany(self, ids):
        """Goods of one company that another one received under a lot of its own with the same name,
        of the same product or of its own product with the same reference.

        A lot shared by both companies needs no edge, it is one node. The document is the receipt.
        """
        return SQL(
            """
            SELECT sold.id, got.id, sold.product_id, got.product_id, 'intercompany', 'derived', %(doc_model)s,
                   receipt.id, sum(l.quantity_product_uom), sum(l.quantity_product_uom), max(l.date),
                   NULL::timestamp, NULL::timestamp, receipt.company_id
              FROM stock_picking receipt
              JOIN res_partner vendor ON vendor.id = receipt.partner_id
              JOIN res_company seller ON seller.partner_id = vendor.commercial_partner_id
                                     AND seller.id <> receipt.company_id
              JOIN res_company buyer ON buyer.id = receipt.company_id
              JOIN stock_move_line l ON l.picking_id = receipt.id AND l.state = 'done' AND l.quantity_product_uom > 0
              JOIN stock_location s ON s.id = l.location_id
              JOIN stock_lot got ON got.id = l.lot_id
              JOIN product_product bought ON bought.id = got.product_id
              JOIN stock_lot sold ON sold.name = got.name AND sold.id <> got.id AND sold.company_id = seller.id
              JOIN product_product offered ON offered.id = sold.product_id
               AND (offered.id = bought.id OR offered.default_code = bought.default_code)
             WHERE %(scope)s AND s.usage IN ('supplier', 'transit', 'customer') AND EXISTS (
                    SELECT FROM stock_move_line o
                      JOIN stock_picking delivery ON delivery.id = o.picking_id
                      JOIN res_partner client ON client.id = delivery.partner_id
                     WHERE o.lot_id = sold.id AND o.state = 'done' AND delivery.company_id = seller.id
                       AND client.commercial_partner_id = buyer.partner_id
                   )
             GROUP BY sold.id, got.id, receipt.id
            """,
            doc_model=DOC_MODEL, scope=in_ids(SQL("receipt.id"), ids),
        )  # fmt: skip
