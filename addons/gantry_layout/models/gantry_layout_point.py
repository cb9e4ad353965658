from odoo import fields, models


class GantryLayoutPoint(models.Model):
    """Where walks start and end."""

    _name = "gantry.layout.point"
    _inherit = "gantry.layout.part"
    _description = "Start or end of walks"
    _order = "layout_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=False)
    kind = fields.Selection(
        [("depot", "Depot"), ("pack", "Pack bench"), ("dock", "Dock"), ("staging", "Staging")], required=True,
        default="depot")
    x = fields.Float("x (m)")
    y = fields.Float("y (m)")
    location_id = fields.Many2one(
        "stock.location", check_company=True, ondelete="set null", help="Goods put down here lie there.")
    is_start = fields.Boolean("Walks start here", help="Unless an operation type names another point.")
    is_end = fields.Boolean("Walks end here", help="Unless an operation type names another point.")
