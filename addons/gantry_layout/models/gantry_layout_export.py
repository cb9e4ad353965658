import csv
import io

from odoo import models

from ..core import binfile

BATCH = 5000


class GantryLayout(models.Model):
    _inherit = "gantry.layout"

    def action_import(self):
        """Ask for the file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "gantry.layout.import.wizard", "view_mode": "form",
            "target": "new", "name": self.env._("Import of a layout"),
            "context": {"default_layout_id": self.id, "dialog_size": "extra-large"}}

    def action_export(self):
        """Bins, nodes and walkways as a workbook."""
        return self._download("xlsx")

    def action_export_csv(self):
        """Bins as CSV."""
        return self._download("csv")

    def _download(self, kind):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/gantry_layout/{self.id}/bins.{kind}", "target": "download"}

    def _export_file(self, kind):
        """The bytes of the file."""
        self.ensure_one()
        header = [column.name for column in binfile.BINS]
        if kind == "csv":
            text = io.StringIO()
            csv.writer(text).writerows([header, *self._export_bins()])
            return text.getvalue().encode("utf-8-sig")
        import xlsxwriter  # slow to import: only for workbooks

        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        for name, columns, rows in (
                ("Bins", binfile.BINS, self._export_bins()), ("Nodes", binfile.NODES, self._export_nodes()),
                ("Walkways", binfile.WALKWAYS, self._export_walkways())):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, [column.name for column in columns], book.add_format({"bold": True}))
            for number, row in enumerate(rows, 1):
                sheet.write_row(number, 0, row)
        book.close()
        return stream.getvalue()

    def _export_bins(self):
        """A row per bin in walking order, columns as in the import."""
        fields = {
            "location": "complete_name", "barcode": "barcode",
            **{column.name: f"gantry_{column.name}" for column in binfile.BINS[5:]}}
        bins = self.env["stock.location"].search([("gantry_layout_id", "=", self.id)], order="gantry_sequence, id")
        edges = {edge.id: f"{edge.start_id.name} > {edge.end_id.name}" for edge in self.edge_ids}
        zones = {zone.id: zone.code for zone in self.zone_ids}
        aisles = {aisle.id: aisle.name for aisle in self.aisle_ids}
        for begin in range(0, len(bins), BATCH):
            part = bins[begin : begin + BATCH]
            for one in part:
                link = {
                    "zone": zones.get(one.gantry_zone_id.id, ""), "aisle": aisles.get(one.gantry_aisle_id.id, ""),
                    "walkway": edges.get(one.gantry_edge_id.id, "")}
                yield [link[column.name] if column.name in link else _cell(one[fields[column.name]], column)
                       for column in binfile.BINS]
            part.invalidate_recordset()

    def _export_nodes(self):
        return [[node.name, node.x, node.y] for node in self.node_ids]

    def _export_walkways(self):
        return [
            [edge.start_id.name, edge.end_id.name, round(edge.length_m, 3), "yes" if edge.one_way else "no",
             edge.equipment] for edge in self.edge_ids]


def _cell(value, column):
    if column.kind in ("text", "word"):
        return value or ""
    return round(value, 4)
