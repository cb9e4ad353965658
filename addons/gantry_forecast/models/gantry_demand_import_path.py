import hashlib
import os

from odoo import api, models
from odoo.exceptions import UserError


class GantryDemandImportPath(models.Model):
    """Import of a file on the disk of this machine, for the command line."""

    _inherit = "gantry.demand.import"

    @api.model
    def _import_orders_file(self, path, *, company=None, warehouse=None, create_products=True, progress=None):
        """Read an order file and write its demand, in the current transaction.

        Lines with errors are left out and reported. A file that was imported already is left alone; a newer version
        of it takes the place of the older one on the days that both cover.

        :param str path: CSV, packed CSV or Excel file
        :param company: by default the current one
        :param warehouse: where orders were shipped from when the file does not say it, by default the first
        :param bool create_products: create products with unknown codes
        :param progress: called with (per cent, sentence) now and then
        :return: dict with lines, errors, demand_rows, products, created_products, import_id, summary (sentences)
        """
        path = os.fspath(path)
        if not os.path.isfile(path):
            raise UserError(self.env._("There is no file %s.", path))
        company = company or self.env.company
        self = self.with_company(company)
        tell = progress or (lambda percent, sentence: None)
        tell(0, self.env._("Looking at %s", os.path.basename(path)))
        checksum = self._checksum(path)
        twin = self.search(
            [("checksum", "=", checksum), ("company_id", "=", company.id), ("state", "=", "imported")], limit=1
        )
        if twin:
            tell(100, self.env._("This very file was already imported; nothing to do."))
            return {**twin._import_counts(), "again": True}
        record = self.create(
            {
                "name": os.path.basename(path),
                "company_id": company.id,
                "warehouse_id": (warehouse or self._default_warehouse(company)).id,
                "unknown_products": "create" if create_products else "report",
                "bad_lines": "skip",
                "overlap": "replace",
            }
        )
        source = record._source(path=path)
        record._keep({"checksum": checksum, "file_size": min(source.size, 2**31 - 1)})
        record._fill_columns(source)
        steps = record._read_steps(source=source, share=50)
        while True:
            try:
                step = next(steps)
            except StopIteration as stop:
                lines = stop.value
                break
            tell(step.percent, step.message)
        tell(50, self.env._("Writing products and demand"))
        record._import_lines(lines)
        tell(100, self.env._("Order history imported"))
        return record._import_counts()

    @staticmethod
    def _checksum(path):
        digest = hashlib.sha256()
        with open(path, "rb") as handle:
            while block := handle.read(1 << 20):
                digest.update(block)
        return digest.hexdigest()

    def _import_counts(self):
        self.ensure_one()
        return {
            "import_id": self.id,
            "lines": self.line_count,
            "errors": self.error_count,
            "demand_rows": self.day_count,
            "products": self.product_count,
            "created_products": len(self.created_product_ids),
            "date_from": str(self.date_from),
            "date_to": str(self.date_to),
            "summary": [reason["text"] for reason in self.summary or []],
        }
