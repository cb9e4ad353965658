from odoo import api, fields, models

GEOMETRY = frozenset(f"gantry_{name}" for name in (
    "layout_id", "zone_id", "aisle_id", "edge_id", "bay", "level", "side", "position", "x", "y", "z", "width", "depth",
    "height", "max_weight", "access_x", "access_y", "sequence"))
PLACE = frozenset({"gantry_x", "gantry_y"})
ACCESS = frozenset({"gantry_access_x", "gantry_access_y"})


class StockLocation(models.Model):
    _inherit = "stock.location"

    gantry_layout_id = fields.Many2one(
        "gantry.layout", "Layout", index="btree_not_null", ondelete="set null", copy=False,
        help="Set for bins whose position is known.")
    gantry_zone_id = fields.Many2one(
        "gantry.layout.zone", "Zone", index="btree_not_null", ondelete="set null", copy=False,
        domain="[('layout_id', '=', gantry_layout_id)]")
    gantry_aisle_id = fields.Many2one(
        "gantry.layout.aisle", "Aisle", index="btree_not_null", ondelete="set null", copy=False,
        domain="[('layout_id', '=', gantry_layout_id)]")
    gantry_edge_id = fields.Many2one(
        "gantry.layout.edge", "Walkway", index="btree_not_null", ondelete="set null", copy=False,
        domain="[('layout_id', '=', gantry_layout_id)]")
    gantry_bay = fields.Integer("Bay", copy=False)
    gantry_level = fields.Integer("Level", copy=False)
    gantry_side = fields.Selection([("left", "Left"), ("right", "Right")], "Side", copy=False)
    gantry_position = fields.Integer("Position in the bay", copy=False)
    gantry_x = fields.Float("x (m)", copy=False)
    gantry_y = fields.Float("y (m)", copy=False)
    gantry_z = fields.Float("Height above floor (m)", copy=False)
    gantry_width = fields.Float("Usable width (m)")
    gantry_depth = fields.Float("Usable depth (m)")
    gantry_height = fields.Float("Usable height (m)")
    gantry_volume = fields.Float(
        "Usable volume (m³)", compute="_compute_gantry_volume", store=True, precompute=True)
    gantry_max_weight = fields.Float("Weight limit (kg)")
    gantry_access_x = fields.Float("Reached from x (m)", copy=False)
    gantry_access_y = fields.Float("Reached from y (m)", copy=False)
    gantry_sequence = fields.Integer(
        "Walking sequence", index="btree_not_null", copy=False, help="Up one aisle and down the next.")

    @api.depends("gantry_width", "gantry_depth", "gantry_height")
    def _compute_gantry_volume(self):
        for location in self:
            location.gantry_volume = location.gantry_width * location.gantry_depth * location.gantry_height

    @api.model_create_multi
    def create(self, vals_list):
        locations = super().create(vals_list)
        placed = locations.browse(
            [location.id for location, vals in zip(locations, vals_list, strict=True) if PLACE & vals.keys()])
        if any(GEOMETRY & vals.keys() for vals in vals_list):
            placed._gantry_complete()
            locations.gantry_layout_id._bump()
        return locations

    def write(self, vals):
        watched = vals.keys() & (GEOMETRY | {"active"})
        before = self.gantry_layout_id if watched else None
        answer = super().write(vals)
        if watched:
            if PLACE & vals.keys() and not ACCESS & vals.keys():
                self._gantry_complete(anew=True)
            (before | self.gantry_layout_id)._bump()
        return answer

    def unlink(self):
        layouts = self.sudo().search([("id", "child_of", self.ids)]).gantry_layout_id if self else None
        answer = super().unlink()
        if layouts:
            layouts.exists()._bump()
        return answer

    def _gantry_complete(self, anew=False):
        """A bin with a position belongs to the layout of its warehouse and is reached from the nearest walkway."""
        for warehouse, bins in self.grouped("warehouse_id").items():
            layout = warehouse.gantry_layout_id
            if layout:
                bins.filtered(lambda one: not one.gantry_layout_id).gantry_layout_id = layout
        for layout, bins in self.grouped("gantry_layout_id").items():
            if layout:
                layout._reach_bins(bins if anew else bins.filtered(
                    lambda one: not one.gantry_access_x and not one.gantry_access_y))
