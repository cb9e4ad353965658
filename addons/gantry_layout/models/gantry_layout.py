from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class GantryLayout(models.Model):
    """Where everything in a warehouse lies, in metres."""

    _name = "gantry.layout"
    _description = "Warehouse layout"
    _order = "company_id, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, compute="_compute_name", store=True, readonly=False, precompute=True)
    warehouse_id = fields.Many2one("stock.warehouse", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="warehouse_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [("blocks", "Aisles in rectangles"), ("graph", "Drawn walkways")], required=True, default="blocks",
        help="Parallel aisles between cross-aisles are described by their measures; any other building by nodes and "
             "the walkways between them.")
    revision = fields.Integer(readonly=True, copy=False, help="A higher number after every change of the geometry.")
    walking_speed = fields.Float(
        "Walking speed (m/s)", default=1.2, required=True, help="With a cart, stops not counted: about 1.2 m/s.")
    zone_ids = fields.One2many("gantry.layout.zone", "layout_id", "Zones")
    block_ids = fields.One2many("gantry.layout.block", "layout_id", "Blocks of aisles")
    aisle_ids = fields.One2many("gantry.layout.aisle", "layout_id", "Aisles")
    node_ids = fields.One2many("gantry.layout.node", "layout_id", "Nodes")
    edge_ids = fields.One2many("gantry.layout.edge", "layout_id", "Walkways")
    point_ids = fields.One2many("gantry.layout.point", "layout_id", "Points")
    bin_ids = fields.One2many("stock.location", "gantry_layout_id", "Bins")
    bin_count = fields.Integer("Bins with position", compute="_compute_counts")
    aisle_count = fields.Integer("Number of aisles", compute="_compute_counts")
    blocked_count = fields.Integer("Blocked ways", compute="_compute_counts")

    _warehouse_uniq = models.Constraint("UNIQUE(warehouse_id)", "This warehouse has a layout already.")
    _speed_positive = models.Constraint("CHECK(walking_speed > 0)", "The walking speed must be above zero.")

    def init(self):
        # from a sequence, so that a number of a transaction that was rolled back never comes again
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS gantry_layout_revision_seq")

    @api.depends("warehouse_id")
    def _compute_name(self):
        for layout in self:
            layout.name = layout.name or layout.warehouse_id.name

    def _compute_counts(self):
        def count(model, domain=()):
            groups = self.env[model]._read_group([("layout_id", "in", self.ids), *domain], ["layout_id"], ["__count"])
            return dict(groups)

        bins = dict(self.env["stock.location"]._read_group(
            [("gantry_layout_id", "in", self.ids)], ["gantry_layout_id"], ["__count"]))
        aisles = count("gantry.layout.aisle")
        closed = [count(model, [("is_blocked", "=", True)]) for model in ("gantry.layout.aisle", "gantry.layout.edge")]
        for layout in self:
            layout.bin_count = bins.get(layout, 0)
            layout.aisle_count = aisles.get(layout, 0)
            layout.blocked_count = sum(blocked.get(layout, 0) for blocked in closed)

    @api.model_create_multi
    def create(self, vals_list):
        layouts = super().create(vals_list)
        layouts._bump()
        return layouts

    def write(self, vals):
        if "warehouse_id" in vals and any(
                layout.bin_ids and layout.warehouse_id.id != vals["warehouse_id"] for layout in self):
            raise ValidationError(self.env._("A layout with bins stays with its warehouse."))
        answer = super().write(vals)
        if vals.keys() & {"kind", "walking_speed", "warehouse_id"}:
            self._bump()
        return answer

    def _bump(self):
        """Say that the geometry changed; whoever holds an older revision reads it anew."""
        if not self:
            return
        self.flush_recordset(["revision"])
        self.env.cr.execute(SQL(
            "UPDATE gantry_layout SET revision = nextval('gantry_layout_revision_seq') WHERE id IN %s",
            tuple(self.ids)))
        self.invalidate_recordset(["revision"])

    # -- buttons

    def _action(self, name, model, domain, view_mode="list,form", **context):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": name, "res_model": model, "view_mode": view_mode,
            "mobile_view_mode": "kanban" if "kanban" in view_mode else "list",
            "domain": domain, "context": {"default_layout_id": self.id, **context},
        }

    def action_aisles(self):
        return self._action(self.env._("Aisles"), "gantry.layout.aisle", [("layout_id", "=", self.id)], "list,kanban")

    def action_blocked(self):
        """What is blocked now: walkways if no aisle is."""
        domain = [("layout_id", "=", self.id), ("is_blocked", "=", True)]
        aisles = self.env["gantry.layout.aisle"].search_count(domain, limit=1)
        if aisles or not self.env["gantry.layout.edge"].search_count(domain, limit=1):
            return self._action(self.env._("Blocked aisles"), "gantry.layout.aisle", domain, "list,kanban")
        return self._action(self.env._("Blocked walkways"), "gantry.layout.edge", domain, "list")

    def action_bins(self):
        domain = [("gantry_layout_id", "=", self.id)]
        action = self._action(self.env._("Bins"), "stock.location", domain, "list,kanban,form")
        listed = self.env.ref("gantry_layout.stock_location_view_list_bins")
        return action | {"views": [(listed.id, "list"), (False, "kanban"), (False, "form")]}

    def action_generate(self):
        """The bin generator for this warehouse."""
        self.ensure_one()
        return self._open_generator()

    def _open_generator(self, area=None):
        action = self.env["ir.actions.act_window"]._for_xml_id("gantry_layout.gantry_layout_generator_action")
        context = {"dialog_size": "extra-large", "default_warehouse_id": self.warehouse_id.id}
        if area:
            context["default_block_id"] = area.id
        return action | {"context": context}

    def action_reach(self):
        """Bins that belong to no aisle or walkway find the nearest one; all are numbered in walking order."""
        self.ensure_one()
        self.check_access("write")
        loose = [("gantry_layout_id", "=", self.id), ("gantry_aisle_id", "=", False), ("gantry_edge_id", "=", False)]
        self._reach_bins(self.env["stock.location"].search(loose))
        self._renumber()
