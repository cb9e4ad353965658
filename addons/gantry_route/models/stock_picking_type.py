from odoo import api, fields, models

POLICIES = [
    ("shortest", "Shortest way"),
    ("s_shape", "S-shape"),
    ("return", "Return"),
    ("midpoint", "Midpoint"),
    ("largest_gap", "Largest gap"),
    ("combined", "Combined"),
    ("serpentine", "Serpentine"),
    ("given", "By bin name, as Odoo prints"),
]


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    gantry_auto_route = fields.Boolean(
        "Plan routes by itself", help="A transfer gets its route as soon as something is reserved for it.")
    gantry_policy = fields.Selection(
        POLICIES, "Way of walking", default="shortest", required=True,
        help="The shortest way, or a rule that a picker can keep in mind. Rules other than serpentine need a "
             "rectangle of aisles in which nothing is blocked.")
    gantry_start_point_id = fields.Many2one(
        "gantry.layout.point", "Walks start at", check_company=True, ondelete="set null",
        domain="[('layout_id.warehouse_id', '=', warehouse_id)]", help="Empty: where walks of the layout start.")
    gantry_end_point_id = fields.Many2one(
        "gantry.layout.point", "Walks end at", check_company=True, ondelete="set null",
        domain="[('layout_id.warehouse_id', '=', warehouse_id)]",
        help="Empty: where walks of the layout end, or else where they start.")
    gantry_equipment = fields.Selection(
        [("foot", "On foot"), ("cart", "Cart"), ("reach", "Reach truck"), ("forklift", "Forklift")], "Equipment",
        help="Ways that are too narrow for it are left out.")
    gantry_speed = fields.Float("Walking speed (m/s)", help="Zero: as the layout says.")
    gantry_stop_seconds = fields.Float("Seconds per stop", default=10.0)
    gantry_precedence = fields.Selection(
        [("none", "None"), ("handling", "Heavy before fragile"), ("weight", "Heavy first, by weight")], "Precedence",
        default="none", required=True,
        help="Heavy before fragile goes by the handling of products and categories, and takes products from the given "
             "weight on for heavy. By weight goes by the weight only.")
    gantry_heavy_kg = fields.Float("Heavy from (kg)", default=10.0)
    gantry_metres_per_line = fields.Float(
        "Metres per line", compute="_compute_gantry_metres_per_line", help="Over the last four weeks.")

    _gantry_not_negative = models.Constraint(
        "CHECK(gantry_speed >= 0 AND gantry_stop_seconds >= 0 AND gantry_heavy_kg >= 0)",
        "Walking speed, seconds per stop and the weight of heavy products must not be negative.")

    @api.depends_context("uid")
    def _compute_gantry_metres_per_line(self):
        found = self.env["gantry.route.report"]._metres_per_line("picking_type_id", self)
        for picking_type in self:
            picking_type.gantry_metres_per_line = found.get(picking_type.id, 0.0)

    def action_gantry_walking(self):
        """Metres per line of this operation type, by week."""
        self.ensure_one()
        return self.env["gantry.route.report"]._action(
            self.env._("Walking: %s", self.display_name), search_default_picking_type_id=self.id)
