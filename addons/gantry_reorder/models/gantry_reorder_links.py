"""Ways from a product, a warehouse and a reordering rule into the worklist."""

from odoo import models


class GantryReorderRule(models.Model):
    _inherit = "gantry.reorder.rule"

    def _open_rows(self, domain):
        """The worklist on some rows: the form when it is only one."""
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_reorder.gantry_reorder_rule_action")
        rows = self.search(domain, limit=2)
        action |= {"domain": domain, "context": {}}
        if len(rows) == 1:
            action |= {"res_id": rows.id, "view_mode": "form", "views": [[False, "form"]]}
        return action


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_gantry_replenish(self):
        return self.product_variant_ids.action_gantry_replenish()


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_gantry_replenish(self):
        """The worklist on these products."""
        return self.env["gantry.reorder.rule"]._open_rows([("product_id", "in", self.ids)])


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    def action_gantry_replenish(self):
        """The worklist on what is to be done in these warehouses."""
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_reorder.gantry_reorder_rule_action")
        return action | {"domain": [("warehouse_id", "in", self.ids)], "context": {"search_default_todo": 1}}


class StockWarehouseOrderpoint(models.Model):
    _inherit = "stock.warehouse.orderpoint"

    def action_gantry_replenish(self):
        """Why the rule is what it is: its row of the worklist."""
        return self.env["gantry.reorder.rule"].with_context(active_test=False)._open_rows(
            [("orderpoint_id", "in", self.ids)])
