from odoo import api, fields, models
from odoo.exceptions import ValidationError


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    gantry_unit_ids = fields.Many2many(related="move_id.gantry_unit_ids")
    gantry_ask_unit = fields.Boolean(related="move_id.gantry_ask_unit")

    @api.constrains("gantry_for_lot_id")
    def _check_unit_of_order(self):
        for line in self.filtered("gantry_for_lot_id"):
            order = line.move_id.raw_material_production_id
            units = order.lot_producing_ids | order.move_finished_ids.move_line_ids.lot_id
            if order and line.gantry_for_lot_id not in units:
                raise ValidationError(
                    self.env._("%(unit)s is not made by %(order)s.", unit=line.gantry_for_lot_id.name, order=order.name)
                )
