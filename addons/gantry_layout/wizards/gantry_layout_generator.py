import base64

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..core import Pattern, ShapeError, floor_plan
from ..models.gantry_layout_zone import ZONES

MEASURES = (
    "name_pattern", "origin_x", "origin_y", "first_aisle", "aisle_count", "aisle_pitch", "cross_aisle_width",
    "bay_count", "bay_width", "side_count", "depth", "level_count", "level_height", "position_count")
MOST = 50_000
SHOWN = 20
GAP_M = 3.0  # between a new area and what is there


class GantryLayoutGenerator(models.TransientModel):
    """Racks and bins from a few numbers: shows what it would do, does it, and can be run again to extend."""

    _name = "gantry.layout.generator"
    _description = "Bin generator"
    _check_company_auto = True

    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True,
        default=lambda self: self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1))
    company_id = fields.Many2one(related="warehouse_id.company_id")
    layout_id = fields.Many2one("gantry.layout", compute="_compute_layout_id")
    block_id = fields.Many2one(
        "gantry.layout.block", "Extend", domain="[('layout_id', '=', layout_id)]",
        help="Run the generator again on a rack area: more aisles, bays or levels. Empty: a new area.")
    area_name = fields.Char("Name of the area", required=True, default="Racks")
    parent_location_id = fields.Many2one(
        "stock.location", "Bins below", required=True, check_company=True,
        domain="[('warehouse_id', '=', warehouse_id), ('usage', 'in', ('internal', 'view'))]",
        compute="_compute_parent_location_id", store=True, readonly=False, precompute=True)
    zone_id = fields.Many2one("gantry.layout.zone", domain="[('layout_id', '=', layout_id)]")
    zone_kind = fields.Selection(ZONES, "Kind of the new zone", default="pick")
    name_pattern = fields.Char(
        "Naming pattern", required=True, default="A-01-03-2",
        help="An example: aisle, block, bay, level. Or the parts by name: {aisle:A}-{bay:02}-{level}-{side}.")
    aisle_count = fields.Integer("Aisles", required=True, default=20)
    section_count = fields.Integer("Blocks", required=True, default=2, help="Between cross-aisles, one behind another.")
    bay_count = fields.Integer(
        "Bays", required=True, default=40, help="Of one aisle in one block, both sides together.")
    level_count = fields.Integer("Levels", required=True, default=4)
    position_count = fields.Integer("Positions per bay", required=True, default=1)
    side_count = fields.Selection([("1", "One side"), ("2", "Both sides")], "Racks", required=True, default="2")
    first_aisle = fields.Integer("Number of the first aisle", required=True, default=1)
    origin_x = fields.Float("Left edge (m)")
    origin_y = fields.Float("Front edge (m)")
    aisle_pitch = fields.Float("Distance of aisles (m)", required=True, default=4.0)
    cross_aisle_width = fields.Float("Width of cross-aisles (m)", required=True, default=3.0)
    bay_width = fields.Float("Width of a bay (m)", required=True, default=1.2)
    depth = fields.Float("Depth of racks (m)", required=True, default=1.0)
    level_height = fields.Float("Height of a level (m)", required=True, default=1.5)
    max_weight = fields.Float("Weight limit of a bin (kg)")
    barcodes = fields.Boolean(default=True)
    barcode_prefix = fields.Char(
        "Before the name", compute="_compute_barcode_prefix", store=True, readonly=False, precompute=True)
    touch_stocked = fields.Boolean("Also change bins that hold stock")

    refusal = fields.Text(compute="_compute_plan")
    picture = fields.Binary(compute="_compute_plan")
    bin_count = fields.Integer("Bins", compute="_compute_plan")
    first_name = fields.Char("First", compute="_compute_plan")
    last_name = fields.Char("Last", compute="_compute_plan")
    new_count = fields.Integer("New bins", compute="_compute_plan")
    changed_count = fields.Integer("Bins that get another position", compute="_compute_plan")
    same_count = fields.Integer("Unchanged bins", compute="_compute_plan")
    stocked_count = fields.Integer("Of these hold stock", compute="_compute_plan")
    left_over_count = fields.Integer("No longer in the plan", compute="_compute_plan")
    stocked_names = fields.Text("Bins that hold stock", compute="_compute_plan")
    extent = fields.Char("Floor", compute="_compute_plan")
    is_new_layout = fields.Boolean(compute="_compute_layout_id")

    @api.depends("warehouse_id")
    def _compute_layout_id(self):
        for wizard in self:
            wizard.layout_id = wizard.warehouse_id.gantry_layout_id
            wizard.is_new_layout = not wizard.layout_id

    @api.depends("warehouse_id", "block_id")
    def _compute_parent_location_id(self):
        for wizard in self:
            wizard.parent_location_id = wizard.block_id.parent_location_id or wizard.warehouse_id.lot_stock_id

    @api.depends("warehouse_id")
    def _compute_barcode_prefix(self):
        for wizard in self:
            wizard.barcode_prefix = f"{wizard.warehouse_id.code}-" if wizard.warehouse_id else False

    @api.onchange("block_id", "warehouse_id")
    def _onchange_block_id(self):
        block = self.block_id
        if block:
            self.update({name: block[name] for name in MEASURES})
            self.section_count = block.section_count
            self.area_name, self.zone_id = block.name, block.zone_id
        elif self.layout_id.block_ids:
            self.update(self._free_place())

    def _free_place(self):
        """Measures of the last area, to the right of what is there, with the next aisle number."""
        areas = self.layout_id.block_ids
        last = areas[-1]
        shapes = [area._shape() for area in areas]
        vals = {name: last[name] for name in MEASURES if name not in ("origin_x", "first_aisle")}
        return vals | {
            "section_count": last.section_count, "area_name": self.env._("Racks %s", len(areas) + 1),
            "origin_x": max(shape.origin_x_m + shape.width_m for shape in shapes),
            "first_aisle": max(area.first_aisle + area.aisle_count for area in areas)}

    # -- the plan

    def _measures(self):
        return {
            **{name: self[name] for name in MEASURES}, "name": self.area_name,
            "cross_aisle_count": self.section_count + 1, "parent_location_id": self.parent_location_id.id}

    def _draft(self):
        """The area as it would be, not stored."""
        return self.env["gantry.layout.block"].new(self._measures(), origin=self.block_id._origin)

    @api.depends(*MEASURES, "section_count", "block_id", "parent_location_id", "touch_stocked", "barcodes",
                 "barcode_prefix", "area_name")
    def _compute_plan(self):
        for wizard in self:
            try:
                wizard.update(wizard._show_plan())
            except (UserError, ValidationError, ShapeError) as error:
                wizard.update(dict.fromkeys((
                    "picture", "bin_count", "first_name", "last_name", "new_count", "changed_count", "same_count",
                    "stocked_count", "left_over_count", "stocked_names", "extent"), False))
                wizard.refusal = str(error.args[0])

    def _show_plan(self):
        draft = self._draft()
        plan = draft._plan_bins(touch_stocked=self.touch_stocked)
        shape = draft._shape()
        if len(plan.names) > MOST:
            raise UserError(self.env._(
                "%(count)s bins at once are too many: make at most %(most)s and run the generator again.",
                count=f"{len(plan.names):,}", most=f"{MOST:,}"))
        clash = self._find_barcode_clash(plan)
        stocked = [plan.names[row] for row in plan.stocked_change[:SHOWN].tolist()]
        more = len(plan.stocked_change) - len(stocked)
        names = ", ".join(stocked) + (self.env._(" and %s more", more) if more > 0 else "")
        return {
            "refusal": clash, "bin_count": len(plan.names), "first_name": plan.names[0], "last_name": plan.names[-1],
            "new_count": len(plan.create), "changed_count": len(plan.change) + len(plan.spared),
            "same_count": len(plan.names) - len(plan.create) - len(plan.change) - len(plan.spared),
            "stocked_count": len(plan.stocked_change), "left_over_count": len(plan.left_over), "stocked_names": names,
            "extent": self.env._(
                "%(width).1f m × %(length).1f m, aisles %(aisle).1f m wide", width=shape.width_m,
                length=shape.length_m, aisle=shape.aisle_width_m),
            "picture": base64.b64encode(self._draw(shape).encode()),
        }

    def _draw(self, shape):
        pattern = Pattern.read(self.name_pattern)
        names = [pattern.aisle_name(self.first_aisle + number) for number in range(shape.aisle_count)]
        others = self.layout_id.block_ids - self.block_id._origin
        points = [(point.name, point.x, point.y) for point in self.layout_id.point_ids]
        return floor_plan(shape, names, [(other._shape(), other.name) for other in others], points)

    def _find_barcode_clash(self, plan):
        """A sentence when a new bin would get the barcode of something else."""
        if not self.barcodes or not len(plan.create):
            return False
        codes = [f"{self.barcode_prefix or ''}{plan.names[row]}" for row in plan.create.tolist()]
        self.env["stock.location"].flush_model(["barcode", "company_id"])
        found = self.env.execute_query(SQL(
            "SELECT barcode, complete_name FROM stock_location WHERE barcode = ANY(%s) AND company_id = %s ORDER BY id",
            codes, self.parent_location_id.company_id.id or None))
        if not found:
            return False
        return self.env._(
            "%(count)s barcodes are in use already, such as %(barcode)s at %(location)s. Write something else before "
            "the name.", count=len(found), barcode=found[0][0], location=found[0][1])

    def action_generate(self):
        """Make the bins."""
        self.ensure_one()
        self._require_warehouse()
        draft_plan = self._show_plan()
        if draft_plan["refusal"]:
            raise UserError(draft_plan["refusal"])
        layout = self.layout_id or self.env["gantry.layout"].create({"warehouse_id": self.warehouse_id.id})
        zone = self.zone_id or self._new_zone(layout)
        plan = self._draft()._plan_bins(touch_stocked=self.touch_stocked)
        vals = self._measures() | {"layout_id": layout.id, "zone_id": zone.id}
        if self.block_id:
            self.block_id.write(vals)
        block = self.block_id or self.env["gantry.layout.block"].create(vals)
        fresh = block._apply_generation_plan(
            plan, barcode_prefix=self.barcode_prefix or "", barcodes=self.barcodes)
        if self.max_weight and fresh:
            layout._write_bins(fresh.ids, {"gantry_max_weight": [self.max_weight] * len(fresh)})
        self._default_point(layout, block)
        return self._answer(layout, plan)

    def _require_warehouse(self):
        parent, view = self.parent_location_id, self.warehouse_id.view_location_id
        if not (parent.parent_path or "").startswith(view.parent_path):
            raise UserError(self.env._(
                "%(location)s does not belong to the warehouse %(warehouse)s.", location=parent.display_name,
                warehouse=self.warehouse_id.name))
        if self.block_id and self.block_id.layout_id != self.layout_id:
            raise UserError(self.env._("The rack area to extend belongs to another warehouse."))

    def _new_zone(self, layout):
        kind = self.zone_kind or "pick"
        zone = layout.zone_ids.filtered(lambda zone: zone.kind == kind)[:1]
        name = dict(self._fields["zone_kind"]._description_selection(self.env))[kind]
        return zone or zone.create({
            "layout_id": layout.id, "name": name, "code": kind.upper(), "kind": kind,
            "color": [key for key, _label in ZONES].index(kind) + 1})

    def _default_point(self, layout, block):
        """Walks start and end at the front left corner until somebody says otherwise."""
        if not layout.point_ids:
            shape = block._shape()
            layout.point_ids.create({
                "layout_id": layout.id, "name": self.env._("Depot"), "kind": "depot", "x": float(shape.xs[0]),
                "y": float(shape.crossings[0]), "is_start": True, "is_end": True})

    def _answer(self, layout, plan):
        message = self.env._(
            "%(new)s bins made, %(changed)s moved.", new=f"{len(plan.create):,}", changed=f"{len(plan.change):,}")
        if len(plan.spared):
            message += " " + self.env._(
                "%s bins that hold stock were left as they are.", f"{len(plan.spared):,}")
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {
                "type": "success", "message": message, "sticky": bool(len(plan.spared)),
                "next": {
                    "type": "ir.actions.act_window", "res_model": "gantry.layout", "res_id": layout.id,
                    "views": [(False, "form")], "name": layout.name}},
        }
