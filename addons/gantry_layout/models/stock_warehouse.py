from odoo import api, fields, models


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    gantry_layout_ids = fields.One2many("gantry.layout", "warehouse_id", "Layouts")
    gantry_layout_id = fields.Many2one("gantry.layout", "Layout", compute="_compute_gantry_layout_id")

    @api.depends("gantry_layout_ids")
    def _compute_gantry_layout_id(self):
        for warehouse in self:
            warehouse.gantry_layout_id = warehouse.gantry_layout_ids[:1]

    def action_gantry_layout(self):
        """The layout of this warehouse, or a new one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Layout"), "res_model": "gantry.layout",
            "view_mode": "form", "res_id": self.gantry_layout_id.id, "context": {"default_warehouse_id": self.id},
        }
