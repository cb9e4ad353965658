from odoo import api, fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    gantry_closest_by_metres = fields.Boolean(
        "Closest means nearest in metres",
        help="The removal strategy Closest Location takes the bin with the shortest way from where the operation "
             "starts, instead of the first by name. Bins without position come last.")
    gantry_metres_per_line = fields.Float(
        "Metres per line", compute="_compute_gantry_metres_per_line", help="Over the last four weeks.")

    @api.depends_context("uid")
    def _compute_gantry_metres_per_line(self):
        found = self.env["gantry.route.report"]._metres_per_line("warehouse_id", self)
        for warehouse in self:
            warehouse.gantry_metres_per_line = found.get(warehouse.id, 0.0)

    def action_gantry_walking(self):
        """Metres per line in this warehouse, by week."""
        self.ensure_one()
        return self.env["gantry.route.report"]._action(
            self.env._("Walking: %s", self.display_name), search_default_warehouse_id=self.id)
