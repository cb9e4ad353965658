from math import hypot

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class GantryLayoutNode(models.Model):
    """A place where drawn walkways meet."""

    _name = "gantry.layout.node"
    _inherit = "gantry.layout.part"
    _description = "Walkway node"
    _order = "layout_id, name, id"

    name = fields.Char(required=True)
    x = fields.Float("x (m)")
    y = fields.Float("y (m)")

    _name_uniq = models.Constraint("UNIQUE(layout_id, name)", "A layout has each node name only once.")


class GantryLayoutEdge(models.Model):
    """A drawn walkway between two nodes."""

    _name = "gantry.layout.edge"
    _inherit = "gantry.layout.way"
    _description = "Walkway"
    _order = "layout_id, id"

    name = fields.Char(compute="_compute_name", store=True)
    start_id = fields.Many2one(
        "gantry.layout.node", "From", required=True, index=True, ondelete="cascade",
        domain="[('layout_id', '=', layout_id)]")
    end_id = fields.Many2one(
        "gantry.layout.node", "To", required=True, index=True, ondelete="cascade",
        domain="[('layout_id', '=', layout_id)]")
    length_m = fields.Float(
        "Length (m)", compute="_compute_length_m", store=True, readonly=False, precompute=True,
        help="The straight line unless you write down something else, such as for a ramp.")
    one_way = fields.Boolean("One way", help="Only from the first node to the second.")

    _ends_differ = models.Constraint("CHECK(start_id != end_id)", "A walkway needs two different nodes.")
    _length_positive = models.Constraint("CHECK(length_m >= 0)", "A walkway cannot be shorter than nothing.")

    @api.depends("start_id.name", "end_id.name")
    def _compute_name(self):
        for edge in self:
            edge.name = f"{edge.start_id.name} – {edge.end_id.name}"

    @api.depends("start_id.x", "start_id.y", "end_id.x", "end_id.y")
    def _compute_length_m(self):
        for edge in self:
            edge.length_m = hypot(edge.end_id.x - edge.start_id.x, edge.end_id.y - edge.start_id.y)

    @api.constrains("start_id", "end_id", "layout_id")
    def _check_layout(self):
        for edge in self:
            if (edge.start_id | edge.end_id).layout_id != edge.layout_id:
                raise ValidationError(self.env._("The walkway %s leads to a node of another layout.", edge.name))
