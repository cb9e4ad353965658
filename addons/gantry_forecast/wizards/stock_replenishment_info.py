from json import dumps, loads

from odoo import api, fields, models
from odoo.tools import float_round

DAYS = 30


class StockReplenishmentInfo(models.TransientModel):
    _inherit = "stock.replenishment.info"

    based_on = fields.Selection(
        selection_add=[("gantry", "Forecast (Gantry)")], ondelete={"gantry": "set default"},
    )

    @api.depends("orderpoint_id", "based_on", "percent_factor", "product_min_qty", "product_max_qty")
    def _compute_json_replenishment_graph(self):
        """The forecast of the rule's own warehouse in place of a window average of the whole company."""
        result = super()._compute_json_replenishment_graph()
        for info in self.filtered(lambda info: info.based_on == "gantry" and info.json_replenishment_graph):
            daily_demand = info._get_gantry_daily_demand() * info.percent_factor / 100
            ordering_period, graph = info._prepare_graph_data(daily_demand=daily_demand)
            rounding = info.product_id.uom_id.rounding
            info.json_replenishment_graph = dumps(loads(info.json_replenishment_graph) | graph | {
                "daily_demand": float_round(daily_demand, precision_rounding=rounding),
                "ordering_period": float_round(ordering_period, precision_rounding=1),
            })
        return result

    def _get_gantry_daily_demand(self):
        """Mean of the next 30 days, overrides included; nothing when there is no forecast."""
        self.ensure_one()
        forecast = self.env["gantry.forecast"].search([
            ("product_id", "=", self.product_id.id), ("warehouse_id", "=", self.orderpoint_id.warehouse_id.id),
        ], limit=1)
        return forecast.next_30_qty / DAYS
