from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import Shape, ShapeError


class GantryLayoutBlock(models.Model):
    """Parallel aisles between cross-aisles."""

    _name = "gantry.layout.block"
    _inherit = "gantry.layout.part"
    _description = "Block of aisles"
    _order = "layout_id, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    zone_id = fields.Many2one("gantry.layout.zone", domain="[('layout_id', '=', layout_id)]", ondelete="set null")
    parent_location_id = fields.Many2one(
        "stock.location", "Bins below", check_company=True, ondelete="set null",
        help="The location that contains the bins of this block.")
    name_pattern = fields.Char("Naming pattern", default="A-01-03-2")
    origin_x = fields.Float("Left edge (m)")
    origin_y = fields.Float("Front edge (m)")
    first_aisle = fields.Integer("Number of the first aisle", default=1, required=True)
    aisle_count = fields.Integer("Aisles", default=1, required=True)
    aisle_pitch = fields.Float("Distance of aisles (m)", default=4.0, required=True)
    cross_aisle_count = fields.Integer(
        "Cross-aisles", default=2, required=True, help="Front and back included: three make two sections.")
    cross_aisle_width = fields.Float("Width of cross-aisles (m)", default=3.0, required=True)
    bay_count = fields.Integer(
        "Bays", default=20, required=True,
        help="Bays of one aisle between two cross-aisles, both sides together.")
    bay_width = fields.Float("Width of a bay (m)", default=1.2, required=True)
    side_count = fields.Selection([("1", "One side"), ("2", "Both sides")], "Racks", default="2", required=True)
    depth = fields.Float("Depth of racks (m)", default=1.0, required=True)
    level_count = fields.Integer("Levels", default=1, required=True)
    level_height = fields.Float("Height of a level (m)", default=1.5, required=True)
    position_count = fields.Integer("Positions per bay", default=1, required=True)
    aisle_ids = fields.One2many("gantry.layout.aisle", "block_id", "Aisles of the block")
    section_count = fields.Integer("Sections", compute="_compute_section_count")

    @api.depends("cross_aisle_count")
    def _compute_section_count(self):
        for block in self:
            block.section_count = block.cross_aisle_count - 1

    @api.constrains(
        "aisle_count", "aisle_pitch", "cross_aisle_count", "cross_aisle_width", "bay_count", "bay_width", "side_count",
        "depth", "level_count", "level_height", "position_count")
    def _check_shape(self):
        for block in self:
            block._shape()

    def _shape(self) -> Shape:
        """The measures, for the core."""
        self.ensure_one()
        try:
            return Shape(
                aisle_count=self.aisle_count, section_count=self.cross_aisle_count - 1, bay_count=self.bay_count,
                level_count=self.level_count, position_count=self.position_count, side_count=int(self.side_count),
                origin_x_m=self.origin_x, origin_y_m=self.origin_y, aisle_pitch_m=self.aisle_pitch,
                bay_width_m=self.bay_width, level_height_m=self.level_height, depth_m=self.depth,
                cross_aisle_width_m=self.cross_aisle_width)
        except ShapeError as error:
            raise ValidationError(str(error)) from error

    def action_extend(self):
        """The bin generator, with the measures of this area."""
        self.ensure_one()
        return self.layout_id._open_generator(self)
