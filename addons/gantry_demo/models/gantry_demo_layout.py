from math import ceil

from odoo import models
from odoo.addons.gantry_base.jobs import Progress
from odoo.fields import Command

RACKS = {"aisle_count": 8, "cross_aisle_count": 3, "bay_count": 20, "level_count": 4, "level_height": 1.6}
PICKED_LEVELS = 2  # from the floor; above is reserve
BULK = 60  # units on hand above which the rest lies in reserve
ROUTED = 20
POINTS = (  # name, kind, metres from the left, start, end
    ("Trolleys", "depot", 0.0, True, False), ("Pack bench", "pack", 12.0, False, True),
    ("Dock 1", "dock", 20.0, False, False), ("Dock 2", "dock", 26.0, False, False))


class GantryDemo(models.AbstractModel):
    """Racks in Dublin: the stock put away in bins, and the open deliveries of the day routed through them."""

    _inherit = "gantry.demo"

    def _chapters(self):
        return [
            *super()._chapters(), ("layout", self.env._("Racks, bins and walks in Dublin"), "_chapter_layout", 12)]

    def _chapter_layout(self, tale, start):
        """All or nothing: stock that is half put away would leave deliveries without their goods."""
        warehouse = tale.warehouses[0]
        layout = self.env["gantry.layout"].create({"warehouse_id": warehouse.id})
        area = self._lay_racks(layout, warehouse)
        self._put_away(tale, warehouse, area)
        if "gantry.route" in self.env:
            self.env["gantry.route"]._route(self._open_deliveries(warehouse).filtered("move_line_ids")[:ROUTED])
        yield Progress(1, 1)

    def _lay_racks(self, layout, warehouse):
        pick, reserve, *_others = self.env["gantry.layout.zone"].create([
            {"layout_id": layout.id, "name": name, "code": code, "kind": kind, "color": color}
            for name, code, kind, color in (
                (self.env._("Pick face"), "PICK", "pick", 10), (self.env._("Reserve"), "RES", "reserve", 4),
                (self.env._("Packing"), "PACK", "packing", 3), (self.env._("Docks"), "DOCK", "dock", 8))])
        area = layout._generate(self.env._("Racks"), warehouse.lot_stock_id, zone_id=pick.id, **RACKS)
        layout.bin_ids.filtered(lambda one: one.gantry_level > PICKED_LEVELS).gantry_zone_id = reserve
        shape = area._shape()
        self.env["gantry.layout.point"].create([
            {"layout_id": layout.id, "name": name, "kind": kind, "x": float(shape.xs[0]) + metres,
             "y": float(shape.crossings[0]), "is_start": begin, "is_end": end}
            for name, kind, metres, begin, end in POINTS])
        return area

    def _open_deliveries(self, warehouse):
        return self.env["stock.picking"].search([
            ("picking_type_id", "=", warehouse.out_type_id.id),
            ("state", "in", ("confirmed", "assigned")),
        ], order="scheduled_date, id")

    def _put_away(self, tale, warehouse, area):
        """One transfer from the stock into the racks; reservations are taken anew from the bins."""
        open_moves = self.env["stock.move"].search([
            ("location_id", "=", warehouse.lot_stock_id.id),
            ("state", "in", ("assigned", "partially_available")),
        ])
        open_moves._do_unreserve()
        vals = self._prepare_putaway_vals(tale, warehouse, area)
        picking = self.env["stock.picking"].create(vals)
        picking.move_ids.move_line_ids.picking_id = picking
        picking.action_confirm()
        picking.move_ids.picked = True
        picking._action_done()
        when = tale.moment(0, 5)
        picking.date_done = when
        picking.move_ids.date = when
        picking.move_line_ids.date = when
        open_moves._action_assign()

    def _prepare_putaway_vals(self, tale, warehouse, area):
        stock, bins_at = warehouse.lot_stock_id, self._bins_at(area)
        quants = self.env["stock.quant"].search([
            ("location_id", "=", stock.id), ("quantity", ">", 0), ("lot_id", "=", False), ("package_id", "=", False),
            ("owner_id", "=", False), ("product_id", "in", tale.products.ids)], order="product_id, id")
        faces = [place for place in bins_at if place[-1] <= PICKED_LEVELS]
        chosen = tale.rng("layout").permutation(len(faces))[: len(quants)]
        moves = []
        for quant, face in zip(quants, chosen.tolist(), strict=True):
            section, bay, level = faces[face]
            kept = quant.quantity if quant.quantity <= BULK else ceil(quant.quantity * 0.4)
            parts = [(bins_at[section, bay, level], kept), (
                bins_at[section, bay, level + PICKED_LEVELS], quant.quantity - kept)]
            moves += [
                Command.create(self._prepare_putaway_move(quant, warehouse, bin_, quantity))
                for bin_, quantity in parts if quantity > 0]
        return {
            "picking_type_id": warehouse.int_type_id.id, "location_id": stock.id, "location_dest_id": stock.id,
            "company_id": tale.company.id, "origin": self.env._("Racks put into use"), "move_ids": moves,
            "scheduled_date": tale.moment(0, 5)}

    def _prepare_putaway_move(self, quant, warehouse, bin_, quantity):
        product, stock = quant.product_id, warehouse.lot_stock_id
        return {
            "product_id": product.id, "product_uom": product.uom_id.id, "product_uom_qty": quantity,
            "location_id": stock.id, "location_dest_id": bin_.id, "company_id": warehouse.company_id.id,
            "picking_type_id": warehouse.int_type_id.id,
            "move_line_ids": [Command.create({
                "product_id": product.id, "product_uom_id": product.uom_id.id, "quantity": quantity,
                "location_id": stock.id, "location_dest_id": bin_.id, "company_id": warehouse.company_id.id})],
        }

    def _bins_at(self, area):
        """(aisle and block, bay, level) -> bin, in the order of the walk."""
        bins = self.env["stock.location"].search(
            [("gantry_aisle_id", "in", area.aisle_ids.ids)], order="gantry_sequence, id")
        return {(bin_.name.rsplit("-", 2)[0], bin_.gantry_bay, bin_.gantry_level): bin_ for bin_ in bins}
