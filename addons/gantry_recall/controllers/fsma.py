from odoo import http
from odoo.http import Response, content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON_LD = "application/ld+json"
CHUNK = 64 * 1024


class GantryRecallExports(http.Controller):
    """Files of a case, sent while they are read from disk."""

    @http.route("/gantry_recall/fsma/<int:recall_id>", type="http", auth="user", readonly=True)
    def sheet(self, recall_id, **_kwargs):
        recall = self._case(recall_id)
        return self._send(recall._fsma_workbook(), XLSX, f"FSMA {recall.name}.xlsx")

    @http.route("/gantry_recall/epcis/<int:recall_id>", type="http", auth="user", readonly=True)
    def epcis(self, recall_id, **_kwargs):
        recall = self._case(recall_id)
        return self._send(recall._epcis_file(), JSON_LD, f"EPCIS {recall.name}.jsonld")

    def _case(self, recall_id):
        """The case, if there is one and the user may read it; else nothing is said about it."""
        recall = request.env["gantry.recall"].browse(recall_id).exists()
        allowed = request.env.user.has_group("gantry_recall.group_recall_user")
        if not allowed or not recall or not recall.has_access("read"):
            raise request.not_found()
        return recall

    def _send(self, output, kind, name):
        headers = [("Content-Type", kind), ("Content-Disposition", content_disposition(name.replace("/", "-")))]
        return Response(iter(lambda: output.read(CHUNK), b""), headers=headers, direct_passthrough=True)
