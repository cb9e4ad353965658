from odoo import fields, models

ZONES = [
    ("pick", "Pick face"),
    ("reserve", "Reserve"),
    ("cold", "Cold"),
    ("hazardous", "Hazardous"),
    ("staging", "Staging"),
    ("packing", "Packing"),
    ("dock", "Dock"),
    ("free", "Other"),
]


class GantryLayoutZone(models.Model):
    """Part of a warehouse that serves one purpose."""

    _name = "gantry.layout.zone"
    _inherit = "gantry.layout.part"
    _description = "Warehouse zone"
    _order = "layout_id, code, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short name, used in files.")
    kind = fields.Selection(ZONES, required=True, default="pick")
    color = fields.Integer()
    bin_count = fields.Integer("Bins", compute="_compute_bin_count")

    _code_uniq = models.Constraint("UNIQUE(layout_id, code)", "A layout has each zone code only once.")

    def _compute_bin_count(self):
        groups = dict(self.env["stock.location"]._read_group(
            [("gantry_zone_id", "in", self.ids)], ["gantry_zone_id"], ["__count"]))
        for zone in self:
            zone.bin_count = groups.get(zone, 0)
