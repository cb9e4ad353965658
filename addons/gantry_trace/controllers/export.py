import csv
import io
import json

import xlsxwriter

from odoo import http
from odoo.exceptions import UserError
from odoo.http import Response, content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON_LD = "application/ld+json"
CHUNK = 64 * 1024


class GantryTraceExport(http.Controller):
    @http.route("/gantry_trace/export/<string:form>", type="http", auth="user", readonly=True)
    def export(self, form, lot_id, options="{}", sheet="customers", **_kwargs):
        """All rows of a trace as a workbook, or one table of it as CSV."""
        if form not in ("xlsx", "csv") or not lot_id.isdigit():
            raise request.not_found()
        try:
            options = json.loads(options)
        except ValueError:
            raise UserError(request.env._("The filters of the export are damaged; open the trace again.")) from None
        name, sheets = request.env["gantry.trace"]._export_sheets(int(lot_id), options)
        if form == "xlsx":
            return self._answer(self._workbook(sheets), XLSX, f"{name}.xlsx")
        columns, rows = next((s["columns"], s["rows"]) for s in sheets if s["key"] in (sheet, "customers"))
        return self._answer(self._csv(columns, rows), "text/csv;charset=utf-8", f"{name} {sheet}.csv")

    @http.route("/gantry_trace/epcis/<int:lot_id>", type="http", auth="user", readonly=True)
    def epcis(self, lot_id, options="{}", **_kwargs):
        """The trace of a lot as an EPCIS 2.0 document, sent while it is read from disk."""
        try:
            options = json.loads(options)
        except ValueError:
            raise UserError(request.env._("The filters of the export are damaged; open the trace again.")) from None
        name, output = request.env["gantry.trace"]._epcis_export(lot_id, options)
        headers = [("Content-Type", JSON_LD), ("Content-Disposition", content_disposition(f"{name}.jsonld"))]
        return Response(iter(lambda: output.read(CHUNK), b""), headers=headers, direct_passthrough=True)

    def _answer(self, content, kind, filename):
        headers = [("Content-Type", kind), ("Content-Disposition", content_disposition(filename))]
        return request.make_response(content, headers)

    def _csv(self, columns, rows):
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(columns)
        for row in rows:
            # a leading sign must not make a formula of a name in a spreadsheet
            writer.writerow([f"'{v}" if isinstance(v, str) and v[:1] in "=+-@" else v for v in row])
        return text.getvalue().encode("utf-8-sig")

    def _workbook(self, sheets):
        output = io.BytesIO()
        book = xlsxwriter.Workbook(
            output, {"constant_memory": True, "strings_to_formulas": False, "default_date_format": "yyyy-mm-dd hh:mm"}
        )
        bold = book.add_format({"bold": True})
        for sheet in sheets:
            page = book.add_worksheet(sheet["title"])
            page.freeze_panes(1, 0)
            page.set_column(0, len(sheet["columns"]) - 1, 18)
            page.write_row(0, 0, sheet["columns"], bold)
            for number, row in enumerate(sheet["rows"], 1):
                page.write_row(number, 0, ["" if value is None else value for value in row])
            page.autofilter(0, 0, max(1, len(sheet["rows"])), len(sheet["columns"]) - 1)
        book.close()
        return output.getvalue()
