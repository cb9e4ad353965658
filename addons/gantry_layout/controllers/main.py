from odoo import http
from odoo.http import content_disposition, request

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class GantryLayoutController(http.Controller):
    @http.route("/gantry_layout/<int:layout_id>/bins.<string:kind>", type="http", auth="user", readonly=True)
    def export(self, layout_id, kind):
        """The bins of a layout as a file that can be imported again; a workbook also has nodes and walkways."""
        layout = request.env["gantry.layout"].browse(layout_id).exists()
        if not layout or kind not in TYPES or not request.env.user.has_group("stock.group_stock_user"):
            return request.not_found()
        layout.check_access("read")
        name = f"{layout.name}.{kind}"
        return request.make_response(
            layout._export_file(kind),
            [("Content-Type", TYPES[kind]), ("Content-Disposition", content_disposition(name))])
