from odoo import fields, models
from odoo.exceptions import UserError

from .gantry_layout_map import SHOWN_MOVES


class StockLocation(models.Model):
    _inherit = "stock.location"

    def action_gantry_map(self):
        """This bin on the map."""
        self.ensure_one()
        if not self.gantry_layout_id:
            raise UserError(self.env._("%s has no position yet.", self.display_name))
        return self.env["gantry.layout"]._map_action(layout_id=self.gantry_layout_id.id, location_id=self.id)

    def _gantry_map_bin(self):
        self.ensure_one()
        return {
            "id": self.id, "name": self.name, "full_name": self.display_name, "barcode": self.barcode or "",
            "level": self.gantry_level, "zone": self.gantry_zone_id.name or "",
            "aisle": self.gantry_aisle_id.name or "",
            "bay": self.gantry_bay, "side": self.gantry_side or "", "z": self.gantry_z,
            "size": [self.gantry_width, self.gantry_depth, self.gantry_height],
            "volume": self.gantry_volume, "max_weight": self.gantry_max_weight,
        }

    def _gantry_map_content(self):
        """Stock by bin: {location id: rows}."""
        quants = self.env["stock.quant"].search(
            [("location_id", "in", self.ids), ("quantity", "!=", 0)], order="location_id, in_date, id")
        content = {}
        for quant in quants:
            content.setdefault(quant.location_id.id, []).append({
                "id": quant.id, "product_id": quant.product_id.id, "product": quant.product_id.display_name,
                "lot_id": quant.lot_id.id, "lot": quant.lot_id.name or "", "package": quant.package_id.name or "",
                "quantity": quant.quantity, "reserved": quant.reserved_quantity, "unit": quant.product_uom_id.name,
                "since": fields.Datetime.to_string(quant.in_date) if quant.in_date else False,
            })
        return content

    def _gantry_map_moves(self):
        """The last lines in and out of these bins, the newest first."""
        lines = self.env["stock.move.line"]
        for field in ("location_id", "location_dest_id"):
            lines |= lines.search(
                [(field, "in", self.ids), ("state", "=", "done")], order="date desc, id desc", limit=SHOWN_MOVES)
        lines = lines.sorted(lambda line: (line.date, line.id), reverse=True)[:SHOWN_MOVES]
        rows = []
        for line in lines:
            is_out = line.location_id in self
            here, there = line.location_id, line.location_dest_id
            if not is_out:
                here, there = there, here
            rows.append({
                "id": line.id, "date": fields.Datetime.to_string(line.date), "way": "out" if is_out else "in",
                "bin": here.name, "there": there.display_name, "product": line.product_id.display_name,
                "lot": line.lot_id.name or "", "quantity": line.quantity, "unit": line.product_uom_id.name,
                "picking_id": line.picking_id.id, "reference": line.reference or line.picking_id.name or "",
            })
        return rows


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    def action_gantry_map(self):
        """The map of this warehouse."""
        self.ensure_one()
        return self.env["gantry.layout"]._map_action(layout_id=self.gantry_layout_id.id)


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # picks of the last weeks by bin, without reading years of moves
    _gantry_pick_index = models.Index("(location_id, date) WHERE state = 'done'")
