from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    gantry_next_30_qty = fields.Float(
        string="Forecast Next 30 Days", compute="_compute_gantry_next_30_qty", digits="Product Unit",
        groups="stock.group_stock_user",
    )

    def _compute_gantry_next_30_qty(self):
        for template in self:
            template.gantry_next_30_qty = sum(template.product_variant_ids.mapped("gantry_next_30_qty"))

    def action_gantry_forecast(self):
        return self.product_variant_ids.action_gantry_forecast()


class ProductProduct(models.Model):
    _inherit = "product.product"

    gantry_next_30_qty = fields.Float(
        string="Forecast Next 30 Days", compute="_compute_gantry_next_30_qty", digits="Product Unit",
        groups="stock.group_stock_user",
    )

    def _compute_gantry_next_30_qty(self):
        Forecast = self.env["gantry.forecast"]
        groups = Forecast._read_group(
            [("product_id", "in", self.ids)], ["product_id"], [f"{Forecast._get_next_30_field()}:sum"],
        )
        quantities = {product.id: quantity for product, quantity in groups}
        for product in self:
            product.gantry_next_30_qty = quantities.get(product.id, 0.0)

    def action_gantry_forecast(self):
        """The forecast of the product: its page, or the list when it is held by several warehouses."""
        forecasts = self.env["gantry.forecast"].search([("product_id", "in", self.ids)])
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_forecast.gantry_forecast_action")
        action["domain"] = [("product_id", "in", self.ids)]
        action["context"] = {"default_product_id": self.ids[0] if len(self) == 1 else False}
        if len(forecasts) == 1:
            action.update(res_id=forecasts.id, view_mode="form", views=[(False, "form")])
        return action
