from odoo import api, models
from odoo.tools import SQL


class GantryInsight(models.Model):
    _inherit = "gantry.insight"

    @api.model
    def _stage_expiring(self, company, values):
        """Stock of lots by the day on which it leaves the shelf: the removal date, else the expiration date."""
        result = super()._stage_expiring(company, values)
        self.env.cr.execute(SQL(
            """
            INSERT INTO gantry_insight_expiring (product_id, warehouse_id, date, quantity)
            SELECT quant.product_id, location.warehouse_id,
                   COALESCE(lot.removal_date, lot.expiration_date)::date, sum(quant.quantity)::float8
              FROM stock_quant quant
              JOIN stock_lot lot ON lot.id = quant.lot_id
              JOIN stock_location location ON location.id = quant.location_id
              JOIN stock_warehouse warehouse ON warehouse.id = location.warehouse_id
             WHERE warehouse.company_id = %s AND location.usage IN ('internal', 'transit') AND quant.quantity > 0
               AND COALESCE(lot.removal_date, lot.expiration_date) IS NOT NULL AND %s
             GROUP BY 1, 2, 3
            """,
            company.id, values["scope"]("quant"),
        ))
        return result
