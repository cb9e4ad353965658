from odoo import api, fields, models


class GantryHoldWizard(models.TransientModel):
    _inherit = "gantry.hold.wizard"

    scope = fields.Selection(
        selection_add=[("production", "Manufacturing order")], ondelete={"production": "set default"}
    )
    production_id = fields.Many2one("mrp.production", "Manufacturing order", check_company=True)
    production_part = fields.Selection(
        [("made", "What it made"), ("used", "What it used"), ("both", "Both")], "Which lots", default="made"
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "mrp.production":
            values |= {"scope": "production", "production_id": self.env.context.get("active_id")}
        return values

    @api.depends("production_id", "production_part")
    def _compute_found(self):
        return super()._compute_found()

    def _find_lots_production(self):
        order = self.production_id._origin
        made = order.lot_producing_ids | order.move_finished_ids.move_line_ids.lot_id
        used = order.move_raw_ids.move_line_ids.lot_id
        return {"made": made, "used": used}.get(self.production_part, made | used)

    def _prepare_hold_vals(self):
        order = self.production_id.id if self.scope == "production" else False
        return super()._prepare_hold_vals() | {"production_id": order}
