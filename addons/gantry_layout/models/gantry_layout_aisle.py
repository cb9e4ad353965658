from odoo import fields, models


class GantryLayoutAisle(models.Model):
    """A walkway between racks, along y."""

    _name = "gantry.layout.aisle"
    _inherit = "gantry.layout.way"
    _description = "Aisle"
    _order = "layout_id, block_id, number, id"

    block_id = fields.Many2one("gantry.layout.block", required=True, index=True, ondelete="cascade")
    number = fields.Integer(required=True)
    name = fields.Char(required=True)
    x = fields.Float("Middle, x (m)")
    y_from = fields.Float("From y (m)")
    y_to = fields.Float("To y (m)")
    one_way = fields.Selection(
        [("none", "Both directions"), ("up", "Front to back only"), ("down", "Back to front only")],
        "Direction", required=True, default="none")
    bin_count = fields.Integer("Bins", compute="_compute_bin_count")

    _number_uniq = models.Constraint("UNIQUE(block_id, number)", "A block has each aisle number only once.")

    def _compute_bin_count(self):
        groups = dict(self.env["stock.location"]._read_group(
            [("gantry_aisle_id", "in", self.ids)], ["gantry_aisle_id"], ["__count"]))
        for aisle in self:
            aisle.bin_count = groups.get(aisle, 0)
