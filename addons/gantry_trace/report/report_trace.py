import json

from odoo import api, models

SHOWN = 500  # rows of one table on paper; the spreadsheet has all


class ReportTrace(models.AbstractModel):
    _name = "report.gantry_trace.report_trace"
    _description = "Trace of a lot on paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        data = data or {}
        lot_id = int(data.get("lot_id") or (docids[0] if docids else 0))
        options = data.get("options") or {}
        if isinstance(options, str):
            options = json.loads(options)
        _name, sheets = self.env["gantry.trace"]._export_sheets(lot_id, options)
        lot = self.env["stock.lot"].browse(lot_id)
        return {
            "doc_ids": lot.ids,
            "doc_model": "stock.lot",
            "docs": lot,
            "about": sheets[0]["rows"],
            "sheets": [sheet for sheet in sheets[1:] if sheet["rows"]],
            "shown": SHOWN,
            "text": self._text,
        }

    def _text(self, value):
        """A cell as it is printed."""
        if value is None:
            return ""
        if isinstance(value, float):
            return f"{value:,.3f}".rstrip("0").rstrip(".")
        return str(value)
