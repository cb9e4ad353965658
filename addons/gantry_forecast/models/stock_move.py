from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    # what the incremental refresh of the demand history asks for
    _gantry_done_index = models.Index("(company_id, write_date) INCLUDE (product_id) WHERE state = 'done'")
    _gantry_product_done_index = models.Index("(product_id) WHERE state = 'done'")
