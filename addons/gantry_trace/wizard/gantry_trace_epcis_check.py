import base64
import json

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html_escape

from ..core import epcis_hash, faults

MAX_SIZE = 50 * 1024 * 1024


class GantryTraceEpcisCheck(models.TransientModel):
    """A document of a partner is read and judged; nothing of it is kept."""

    _name = "gantry.trace.epcis.check"
    _description = "Check of an EPCIS document"

    data = fields.Binary("File", attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        [("draft", "Choose"), ("good", "Good"), ("bad", "Refused")], default="draft", readonly=True
    )
    fault_text = fields.Text("What is wrong", readonly=True)
    event_count = fields.Integer("Events", readonly=True)
    event_html = fields.Html("What it says", readonly=True)
    lot_ids = fields.Many2many("stock.lot", string="Lots known here", readonly=True)

    def action_check(self):
        self.ensure_one()
        found, document = self._read()
        vals = {"state": "bad", "fault_text": "\n".join(found), "event_count": 0, "event_html": False}
        if not found:
            known = self.env["gantry.trace"]._epcis_known(document)
            lot_ids = [row["lot_id"] for row in known["lots"]]
            vals = {
                "state": "good", "fault_text": False, "event_count": known["events"],
                "event_html": self._event_table(document), "lot_ids": [fields.Command.set(lot_ids)],
            }  # fmt: skip
        self.write(vals)
        return {
            "type": "ir.actions.act_window", "res_model": self._name, "res_id": self.id, "views": [[False, "form"]],
            "target": "new", "name": self.env._("Check an EPCIS document"),
        }  # fmt: skip

    def _read(self):
        """Faults, and the document."""
        if not self.data:
            raise UserError(self.env._("Choose a file first."))
        text = base64.b64decode(self.with_context(bin_size=False).data)
        if len(text) > MAX_SIZE:
            raise UserError(self.env._("The file has more than %s MB.", MAX_SIZE // 1024**2))
        try:
            document = json.loads(text.decode("utf-8-sig"))
        except ValueError as error:
            return [self.env._("This is no JSON file: %s", error)], None
        return faults(document), document

    def _event_table(self, document):
        context = document["@context"]
        rows = "".join(
            f"<tr><td>{html_escape(event['eventTime'])}</td><td>{html_escape(event['type'])}</td>"
            f"<td>{html_escape(event.get('bizStep') or '')}</td>"
            f"<td><code>{epcis_hash.event_hash(event, context)[14:30]}…</code></td></tr>"
            for event in document["epcisBody"]["eventList"][:200]
        )
        return f'<table class="table table-sm">{rows}</table>'
