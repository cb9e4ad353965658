from odoo import fields, models

ROLES = [
    ("code", "Product code"),
    ("barcode", "Barcode"),
    ("quantity", "Quantity"),
    ("date", "Date"),
    ("warehouse", "Warehouse"),
    ("price", "Unit price"),
    ("customer", "Customer"),
    ("order", "Order number"),
    ("description", "Description"),
    ("category", "Product category"),
]


class GantryDemandImportColumn(models.Model):
    """A column of an order file and what it tells."""

    _name = "gantry.demand.import.column"
    _description = "Column of an Order File"
    _order = "import_id, position"
    _rec_name = "name"

    import_id = fields.Many2one("gantry.demand.import", required=True, index=True, ondelete="cascade")
    position = fields.Integer(required=True, aggregator=None)
    name = fields.Char("Column", required=True)
    sample = fields.Char("First values")
    role = fields.Selection(ROLES, "Holds", help="Leave empty for a column that is not needed.")


class GantryDemandImportWarehouse(models.Model):
    """A warehouse as the order file names it, and the warehouse it is here."""

    _name = "gantry.demand.import.warehouse"
    _description = "Warehouse of an Order File"
    _order = "import_id, name"
    _check_company_auto = True

    import_id = fields.Many2one("gantry.demand.import", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="import_id.company_id")
    name = fields.Char("In the file", required=True, readonly=True)
    line_count = fields.Integer("Lines", readonly=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse", domain="[('company_id', '=', company_id)]", check_company=True,
        ondelete="cascade",
    )


class GantryDemandImportError(models.Model):
    """What is wrong with a line. The first ones are kept for the screen, the file of errors has all."""

    _name = "gantry.demand.import.error"
    _description = "Bad Line of an Order File"
    _order = "import_id, severity, line, id"
    _rec_name = "reason"

    import_id = fields.Many2one("gantry.demand.import", required=True, index=True, ondelete="cascade")
    severity = fields.Selection([("1_error", "Error"), ("2_remark", "Remark")], required=True, readonly=True)
    line = fields.Integer(readonly=True, aggregator=None)
    column = fields.Char(readonly=True)
    value = fields.Char(readonly=True)
    reason = fields.Char(required=True, readonly=True)


class GantryDemandImportDay(models.Model):
    """What one import says about a product, warehouse and day.

    Demand of source "import" is the sum of these rows over the imports that count, so an import can be taken
    back exactly, also when others cover the same days. Written by COPY only.
    """

    _name = "gantry.demand.import.day"
    _description = "Imported Demand of a Day"
    _log_access = False
    _order = "date, id"
    _rec_name = "product_id"

    import_id = fields.Many2one("gantry.demand.import", required=True, readonly=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", required=True, readonly=True, ondelete="cascade")
    date = fields.Date(required=True, readonly=True)
    quantity_out = fields.Float(required=True, readonly=True)
    quantity_returned = fields.Float(required=True, readonly=True)
    line_count = fields.Integer(required=True, readonly=True)
    far_out = fields.Boolean("Beyond the limit", required=True, readonly=True)
    replaces = fields.Boolean("Replaces earlier imports", required=True, readonly=True)

    _key = models.UniqueIndex("(product_id, warehouse_id, date, import_id)")
    _import_idx = models.Index("(import_id)")
