from odoo import models
from odoo.tools import SQL


class GantryReorderLeadtime(models.Model):
    """Production: ordered when the order was made, received when it was done."""

    _inherit = "gantry.reorder.leadtime"

    def _get_receipt_queries(self, company, since):
        return super()._get_receipt_queries(company, since) | {"manufacture": SQL(
            """
            SELECT production.product_id, NULL::int AS partner_id, place.warehouse_id,
                   NULL::int AS supplier_warehouse_id, production.create_date AS ordered,
                   production.date_deadline AS promised, production.date_finished AS received
              FROM mrp_production production
              JOIN stock_location place ON place.id = COALESCE(production.location_final_id,
                                                               production.location_dest_id)
             WHERE production.company_id = %s AND production.state = 'done' AND production.date_finished >= %s
            """,
            company.id, since,
        )}
