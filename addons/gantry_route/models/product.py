from odoo import fields, models

HANDLING = [("heavy", "Heavy: goes to the bottom"), ("normal", "Normal"), ("fragile", "Fragile: goes on top")]


class ProductCategory(models.Model):
    _inherit = "product.category"

    gantry_handling = fields.Selection(
        HANDLING, "Handling", help="For products that say nothing themselves; categories below take it over.")


class ProductTemplate(models.Model):
    _inherit = "product.template"

    gantry_handling = fields.Selection(
        HANDLING, "Handling", help="Operation types can have heavy products picked first and fragile ones last. "
                                   "Empty: as the category says.")
