from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_gantry_insight(self):
        return self.product_variant_ids.action_gantry_insight()


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_gantry_insight(self):
        """Value, cover, age and service of the product: its page, or the list when several warehouses hold it."""
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_insight.gantry_insight_action")
        action["domain"] = [("product_id", "in", self.ids)]
        action["context"] = {}
        rows = self.env["gantry.insight"].search(action["domain"])
        if len(rows) == 1:
            action.update(res_id=rows.id, view_mode="form", views=[(False, "form")])
        return action
