from odoo import api, models
from odoo.tools import SQL


class ProductCategory(models.Model):
    _inherit = "product.category"

    @api.ondelete(at_uninstall=False)
    def _unlink_forget_accuracy(self):
        """The accuracy keeps no foreign key to categories; those below go with this one."""
        below = self.with_context(active_test=False).search([("id", "child_of", self.ids)])
        self.env.cr.execute(SQL(
            "UPDATE gantry_forecast_accuracy SET categ_id = NULL WHERE categ_id = ANY(%s)", below.ids,
        ))


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    @api.ondelete(at_uninstall=False)
    def _unlink_forget_accuracy(self):
        """A company cannot go before its warehouses, so this cleans up for both."""
        self.env.cr.execute(SQL(
            "DELETE FROM gantry_forecast_accuracy WHERE warehouse_id = ANY(%s)", self.ids,
        ))
