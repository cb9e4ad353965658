from odoo import fields, models
from odoo.tools import SQL

RATIOS = {"metres_per_line": "length_m", "name_metres_per_line": "name_order_m"}


class GantryRouteReport(models.Model):
    """What was walked per line, beside what the order of bin names would have cost."""

    _name = "gantry.route.report"
    _description = "Walking"
    _auto = False
    _order = "date desc, id desc"

    route_id = fields.Many2one("gantry.route", readonly=True)
    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    picking_type_id = fields.Many2one("stock.picking.type", "Operation type", readonly=True)
    user_id = fields.Many2one("res.users", "Picker", readonly=True)
    policy = fields.Selection(
        lambda self: self.env["gantry.route"]._fields["policy"]._description_selection(self.env), "Way of walking",
        readonly=True)
    state = fields.Selection([("planned", "Planned"), ("done", "Done")], "Status", readonly=True)
    line_count = fields.Integer("Lines", readonly=True)
    stop_count = fields.Integer("Stops", readonly=True)
    length_m = fields.Float("Metres", readonly=True, digits=(12, 1))
    name_order_m = fields.Float("Metres in name order", readonly=True, digits=(12, 1))
    saved_m = fields.Float("Metres saved", readonly=True, digits=(12, 1))
    duration_min = fields.Float("Minutes", readonly=True, digits=(12, 1))
    metres_per_line = fields.Float("Metres per line", readonly=True, digits=(12, 1), aggregator="avg")
    name_metres_per_line = fields.Float(
        "Metres per line in name order", readonly=True, digits=(12, 1), aggregator="avg")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT route.id, route.id AS route_id, COALESCE(route.date_done, route.date_planned)::date AS date,
                   route.company_id, route.warehouse_id, route.picking_type_id, route.user_id, route.policy,
                   route.state, route.line_count, route.stop_count, route.length_m, route.name_order_m,
                   route.name_order_m - route.length_m AS saved_m, route.duration_min,
                   route.length_m / NULLIF(route.line_count, 0) AS metres_per_line,
                   route.name_order_m / NULLIF(route.line_count, 0) AS name_metres_per_line
              FROM gantry_route route
             WHERE route.state != 'cancel' AND route.length_m > 0
            """
        )

    def _read_group_select(self, aggregate_spec, query):
        """Metres per line of a group are its metres through its lines, not the mean over routes."""
        name, _colon, aggregate = aggregate_spec.partition(":")
        if name not in RATIOS or aggregate != "avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%s) / NULLIF(SUM(%s), 0)", self._field_to_sql(self._table, RATIOS[name], query),
            self._field_to_sql(self._table, "line_count", query))

    def _metres_per_line(self, field, records):
        """Over the last four weeks, by id of the record."""
        groups = self._read_group(
            [(field, "in", records.ids), ("date", ">=", "today -28d")], [field], ["metres_per_line:avg"])
        return {record.id: metres for record, metres in groups}

    def _action(self, title, **context):
        action = self.env["ir.actions.act_window"]._for_xml_id("gantry_route.gantry_route_report_action")
        return {**action, "name": title, "display_name": title, "context": context}
