from odoo import http
from odoo.exceptions import AccessError
from odoo.http import Response, content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 64 * 1024


class GantryRecallFsma(http.Controller):
    @http.route("/gantry_recall/fsma/<int:recall_id>", type="http", auth="user", readonly=True)
    def sheet(self, recall_id, **_kwargs):
        """The workbook of a case, sent while it is read from disk."""
        if not request.env.user.has_group("gantry_recall.group_recall_user"):
            raise request.not_found()
        recall = request.env["gantry.recall"].browse(recall_id).exists()
        try:
            recall.check_access("read")
        except AccessError:
            recall = recall.browse()
        if not recall:
            raise request.not_found()
        output = recall._fsma_workbook()
        headers = [
            ("Content-Type", XLSX),
            ("Content-Disposition", content_disposition(f"FSMA {recall.name.replace('/', '-')}.xlsx")),
        ]
        return Response(iter(lambda: output.read(CHUNK), b""), headers=headers, direct_passthrough=True)
