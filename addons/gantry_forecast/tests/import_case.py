"""Builders for tests of order history imports."""

from base64 import b64encode

from odoo.addons.gantry_base.tests.common import GantryCase

TODAY = "2024-06-12"
HEAD = "sku,qty,date,customer,price,order,name\n"


class ImportCase(GantryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_manager.group_ids += cls.env.ref("product.group_product_manager")
        cls.bolt = cls._product("Bolt", default_code="BOLT")
        cls.nut = cls._product("Nut", default_code="NUT", barcode="4006381333931")

    def _import(self, text, user=None, name="orders.csv", **vals):
        """An import of a file with this text, by a planner."""
        data = text if isinstance(text, bytes) else text.encode()
        imports = self.env["gantry.demand.import"].with_user(user or self.user_planner).with_company(self.company_a)
        return imports.create({"file": b64encode(data), "filename": name, **vals})

    def _run(self, record):
        """Check and import, as the buttons do."""
        record.action_check()
        record.action_import()
        self._finish(record)
        return record

    def _finish(self, record):
        """Run the job a button has asked for."""
        record.job_id._run_inline()
        record.invalidate_recordset()

    def _demand(self, **domain):
        """Imported demand: [(code, warehouse code, date, quantity)]."""
        rows = self.env["gantry.demand"].search(
            [
                ("source", "=", "import"),
                ("company_id", "=", self.company_a.id),
                *((name, "=", value) for name, value in domain.items()),
            ],
            order="date, product_id, warehouse_id",
        )
        return [
            (row.product_id.default_code, row.warehouse_id.code, row.date.isoformat(), row.quantity) for row in rows
        ]

    def _days(self):
        """Days that imports of company A have written."""
        return self.env["gantry.demand.import.day"].search_count([("import_id.company_id", "=", self.company_a.id)])
