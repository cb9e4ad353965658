from odoo import models
from odoo.addons.gantry_base.jobs import Progress
from odoo.fields import Command

from .. import core

BATCH = 30


class GantryDemo(models.AbstractModel):
    _inherit = "gantry.demo"

    def _chapter_open_orders(self, tale, start):
        """Create what is still to be done today, through the ORM: it reserves, waits and can be validated.

        Goods on their way come first, then the deliveries in the order in which customers want them.
        """
        orders = sorted(tale.story.open_orders, key=lambda order: (order.kind == core.DELIVERY, not order.urgent,
                                                                   order.day))
        for first in range(start, len(orders), BATCH):
            chosen = orders[first:first + BATCH]
            pickings = self.env["stock.picking"].create([self._prepare_open_vals(tale, order) for order in chosen])
            for picking, order in zip(pickings, chosen, strict=True):
                if order.kind == core.TRANSFER_IN:
                    self._continue_transfer(tale, picking, order)
            pickings.action_confirm()
            yield Progress(min(first + BATCH, len(orders)), len(orders))

    def _prepare_open_vals(self, tale, order):
        warehouse = tale.warehouses[order.house]
        stock = warehouse.lot_stock_id
        outgoing = order.kind == core.DELIVERY
        if outgoing:
            source, destination = stock, self.env.ref("stock.stock_location_customers")
            partner, origin = tale.addresses[order.partner][order.address], f"S{order.order:05d}"
        elif order.kind == core.RECEIPT:
            source, destination = self.env.ref("stock.stock_location_suppliers"), stock
            partner, origin = tale.suppliers[order.partner].id, f"P{order.order:05d}"
        else:
            source, destination = tale.company.internal_transit_location_id, stock
            partner, origin = False, self.env._("Resupply of %s", warehouse.name)
        when = tale.moment(order.day, 15 if outgoing else 8)
        picking_type = warehouse.out_type_id if outgoing else warehouse.in_type_id
        return {
            "picking_type_id": picking_type.id, "location_id": source.id, "location_dest_id": destination.id,
            "partner_id": partner, "origin": origin, "company_id": tale.company.id, "scheduled_date": when,
            "priority": "1" if order.urgent else "0",
            "user_id": tale.users["picker"].id if outgoing and order.house == 0 and order.day <= 0 else False,
            "backorder_id": self._first_receipt(tale, order, origin) if order.kind == core.RECEIPT else False,
            "move_ids": [
                Command.create({
                    "product_id": tale.products[product].id, "product_uom": tale.products[product].uom_id.id,
                    "product_uom_qty": quantity, "location_id": source.id, "location_dest_id": destination.id,
                    "picking_type_id": picking_type.id, "partner_id": partner, "origin": origin, "date": when,
                    "date_deadline": when, "company_id": tale.company.id,
                })
                for product, quantity in order.lines
            ],
        }

    def _first_receipt(self, tale, order, origin):
        """The receipt that this one is the back order of, if part of the order has landed."""
        if order.source < 0:
            return False
        return self.env["stock.picking"].search(
            [("origin", "=", origin), ("company_id", "=", tale.company.id), ("state", "=", "done")], limit=1, order="id"
        ).id

    def _continue_transfer(self, tale, picking, order):
        """Chain what is on its way to the moves that sent it."""
        documents = tale.story.documents
        sent = self.env["stock.picking"].search([
            ("company_id", "=", tale.company.id), ("state", "=", "done"),
            ("location_dest_id", "=", tale.company.internal_transit_location_id.id),
            ("date_done", "=", tale.minute(int(documents.minute[order.source]))),
        ], limit=1)
        moves = sent.move_ids.grouped("product_id")
        for move in picking.move_ids:
            move.write({"procure_method": "make_to_order",
                        "move_orig_ids": [Command.set(moves[move.product_id].ids)]})
