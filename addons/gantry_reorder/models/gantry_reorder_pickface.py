import math

from scipy.stats import poisson

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

SURE = 0.95  # with this probability the minimum covers the demand of its days


class GantryReorderPickface(models.Model):
    """A pick area that is refilled from a reserve: each product's bin gets a reordering rule of Odoo, its minimum and
    maximum from how fast the product sells."""

    _name = "gantry.reorder.pickface"
    _description = "Pick Area"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)
    warehouse_id = fields.Many2one("stock.warehouse", required=True, check_company=True, ondelete="cascade")
    company_id = fields.Many2one(related="warehouse_id.company_id", store=True)
    location_id = fields.Many2one(
        "stock.location", string="Pick Area", required=True, check_company=True, ondelete="cascade",
        domain="[('warehouse_id', '=', warehouse_id), ('usage', 'in', ('internal', 'view'))]",
    )
    reserve_location_id = fields.Many2one(
        "stock.location", string="Reserve", required=True, check_company=True, ondelete="cascade",
        domain="[('warehouse_id', '=', warehouse_id), ('usage', 'in', ('internal', 'view'))]",
    )
    categ_id = fields.Many2one("product.category", string="Only Category", ondelete="set null")
    min_days = fields.Float(
        "Refill below (Days)", required=True, default=1.0, aggregator=None, help="Days of demand in the bin.")
    max_days = fields.Float(
        "Fill up to (Days)", required=True, default=4.0, aggregator=None, help="Days of demand in the bin.")
    route_id = fields.Many2one("stock.route", readonly=True, ondelete="restrict", copy=False)
    mode = fields.Selection(
        [("suggest", "Suggest"), ("auto", "Automatic")], required=True, default="auto",
        help="Automatic: Odoo's scheduler makes the refill transfers. Suggest: they are made from the worklist.",
    )
    rule_ids = fields.One2many("gantry.reorder.rule", "pickface_id", string="Bins", readonly=True)
    rule_count = fields.Integer(compute="_compute_rule_count")

    _days_order = models.Constraint(
        "CHECK (min_days > 0 AND max_days >= min_days)", "Fill up to at least as many days as you refill below.")

    @api.depends("rule_ids")
    def _compute_rule_count(self):
        for area in self:
            area.rule_count = len(area.rule_ids)

    @api.constrains("location_id", "reserve_location_id", "warehouse_id")
    def _check_locations(self):
        for area in self:
            pick, reserve = area.location_id.parent_path, area.reserve_location_id.parent_path
            if reserve.startswith(pick) or pick.startswith(reserve):
                raise ValidationError(self.env._("The pick area and its reserve must not lie within each other."))
            for location in area.location_id + area.reserve_location_id:
                if location.warehouse_id != area.warehouse_id:
                    raise ValidationError(self.env._(
                        "%(location)s does not lie in %(warehouse)s.", location=location.display_name,
                        warehouse=area.warehouse_id.display_name))

    # -- leaving

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self.sudo().rule_ids._retire_bins()  # sudo: as in _generate
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_bins(self):
        self.sudo().rule_ids._retire_bins()  # sudo: as in _generate

    # -- generating

    def action_generate(self):
        """Set the rules of all bins of these pick areas from the velocity of now."""
        self.check_access("write")
        counts = [area._generate() for area in self]
        if not any(counts):
            raise UserError(self.env._(
                "No product with a forecast has a bin here: add putaway rules into the pick area, or put stock there."))
        return self.env["gantry.reorder.rule"]._notify(self.env._("%s bins are set.", sum(counts)))

    def action_rules(self):
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_reorder.gantry_reorder_rule_action")
        return action | {"domain": [("pickface_id", "in", self.ids)], "context": {}}

    @api.model
    def _generate_all(self, company):
        """The nightly step."""
        return sum(area._generate() for area in self.search([("company_id", "=", company.id)]))

    def _generate(self):
        """:return: number of bins that have a rule"""
        self.ensure_one()
        self.env.flush_all()
        # sudo: routes and reordering rules need the inventory manager, whom the caller was checked to be, or the
        # nightly run, which only keeps what a manager has set up
        area = self.sudo()
        area._ensure_route()
        bins = area._find_bins()
        Rule, Point = self.env["gantry.reorder.rule"].sudo(), self.env["stock.warehouse.orderpoint"].sudo()
        rows = {(row.product_id.id, row.location_id.id): row for row in Rule.with_context(active_test=False).search([
            ("company_id", "=", area.company_id.id), ("kind", "=", "bin")])}
        points = {(point.product_id.id, point.location_id.id): point
                  for point in Point.with_context(active_test=False).search([
                      ("location_id", "child_of", area.location_id.id), ("company_id", "=", area.company_id.id)])}
        kept = Rule
        for product_id, location_id, day_qty in bins:
            levels = area._get_levels(product_id, location_id, day_qty)
            kept += area._set_bin(product_id, location_id, day_qty, levels, rows, points)
        (area.rule_ids - kept)._retire_bins()
        kept._settle_bins()
        return len(kept)

    def _ensure_route(self):
        """The route from reserve to pick area, used by the bins' rules only."""
        if self.route_id:
            self.route_id.rule_ids.write({
                "location_src_id": self.reserve_location_id.id, "location_dest_id": self.location_id.id})
            return
        self.route_id = self.env["stock.route"].create({
            "name": self.env._("%s: refill from reserve", self.name), "company_id": self.company_id.id,
            "product_selectable": False, "warehouse_selectable": False, "product_categ_selectable": False,
            "rule_ids": [fields.Command.create({
                "name": self.env._("Refill %s", self.name), "action": "pull", "procure_method": "make_to_stock",
                "location_src_id": self.reserve_location_id.id, "location_dest_id": self.location_id.id,
                "picking_type_id": self.warehouse_id.int_type_id.id, "company_id": self.company_id.id,
                "warehouse_id": self.warehouse_id.id,
            })],
        })

    def _find_bins(self):
        """Products with demand and their bin: where a putaway rule leads, else where most of it lies in the area.

        :return: list of (product id, location id, demand a day)
        """
        categories = SQL("TRUE")
        if self.categ_id:
            categories = SQL("category.parent_path LIKE %s", f"{self.categ_id.parent_path}%")
        self.env.cr.execute(SQL(
            """
            WITH place AS (
                SELECT id FROM stock_location WHERE parent_path LIKE %(path)s AND usage = 'internal' AND active
            ), wanted AS (
                SELECT putaway.product_id, putaway.location_out_id AS location_id, 0 AS rank, 0 AS quantity
                  FROM stock_putaway_rule putaway JOIN place ON place.id = putaway.location_out_id
                 WHERE putaway.product_id IS NOT NULL AND putaway.active
                 UNION ALL
                SELECT quant.product_id, quant.location_id, 1, sum(quant.quantity)
                  FROM stock_quant quant JOIN place ON place.id = quant.location_id
                 WHERE quant.quantity > 0 GROUP BY quant.product_id, quant.location_id
            )
            SELECT DISTINCT ON (wanted.product_id) wanted.product_id, wanted.location_id,
                   (forecast.next_30_qty / 30)::float8
              FROM wanted
              JOIN gantry_forecast forecast ON forecast.product_id = wanted.product_id
                   AND forecast.warehouse_id = %(warehouse)s AND forecast.active AND forecast.next_30_qty > 0
              JOIN product_product product ON product.id = wanted.product_id AND product.active
              JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_storable
         LEFT JOIN product_category category ON category.id = template.categ_id
             WHERE %(categories)s
             ORDER BY wanted.product_id, wanted.rank, wanted.quantity DESC, wanted.location_id
            """,
            path=f"{self.location_id.parent_path}%", warehouse=self.warehouse_id.id, categories=categories,
        ))
        return self.env.cr.fetchall()

    def _get_levels(self, product_id, location_id, day_qty):
        """Minimum, maximum and the space of the bin (None without a limit), in whole units."""
        low = poisson.ppf(SURE, day_qty * self.min_days)
        high = max(math.ceil(day_qty * self.max_days), low + 1)
        space = self._get_space(product_id, location_id)
        if space is not None:
            high = min(high, space)
            low = min(low, max(high - 1, 0))
        return float(low), float(high), space

    def _get_space(self, product_id, location_id):
        """What the bin's storage category lets in of this product."""
        location = self.env["stock.location"].browse(location_id)
        category, product = location.storage_category_id, self.env["product.product"].browse(product_id)
        limits = [line.quantity for line in category.capacity_ids if line.product_id == product]
        if category.max_weight and product.weight:
            limits.append(category.max_weight // product.weight)
        return min(limits) if limits else None

    def _set_bin(self, product_id, location_id, day_qty, levels, rows, points):
        """The row and the reordering rule of a bin. A rule set by hand stays as it is."""
        low, high, _space = levels
        Rule = self.env["gantry.reorder.rule"]
        row = rows.get((product_id, location_id)) or Rule.create({
            "product_id": product_id, "location_id": location_id, "warehouse_id": self.warehouse_id.id,
            "company_id": self.company_id.id, "kind": "bin",
        })
        point = points.get((product_id, location_id))
        vals, trigger = {"product_min_qty": low, "product_max_qty": high}, "auto" if self.mode == "auto" else "manual"
        old = (point.product_min_qty, point.product_max_qty) if point else (0.0, 0.0)
        row.write({
            "pickface_id": self.id, "active": True, "mode": self.mode, "source": "transfer",
            "route_id": self.route_id.id,
            "new_min": low, "new_max": high, "forecast_day_qty": day_qty, "state": "applied",
            "categ_id": row.product_id.categ_id.id,
        })
        by_hand = row.hand_edited or row.orderpoint_id != point
        if point and point.active and by_hand:
            row.write({
                "orderpoint_id": point.id, "state": "waiting", "hand_edited": True, "old_min": old[0],
                "old_max": old[1],
            })
            return row
        if not point:
            # in the name of whoever set up the area: Odoo deletes manual rules of its own user that order nothing
            point = self.env["stock.warehouse.orderpoint"].with_user(self._get_author()).sudo().create({
                "product_id": product_id, "location_id": location_id, "warehouse_id": self.warehouse_id.id,
                "company_id": self.company_id.id, "route_id": self.route_id.id,
                "trigger": trigger, **vals,
            })
            kind = "create"
        elif not point.active or old != (low, high) or point.trigger != trigger:
            point._write_by_gantry({**vals, "active": True, "route_id": self.route_id.id, "trigger": trigger})
            kind = "auto"
        else:
            kind = None
        row.write({"orderpoint_id": point.id, "old_min": low, "old_max": high, "last_run": fields.Datetime.now()})
        if kind:
            row._log_change(kind, {row.id: old}, {row.id: (low, high)}, self.env._(
                "%(area)s: %(low)s to %(high)s days of demand, %(day)s a day.", area=self.name, low=self.min_days,
                high=self.max_days, day=self.env["gantry.explain"]._format(day_qty)))
        return row


    def _get_author(self):
        users = self.create_uid + self.write_uid + self._get_managers()
        return next((user for user in users if user.active and user.id != SUPERUSER_ID), self.env.user)

    def _get_managers(self):
        return self.env["res.users"].search([
            ("all_group_ids", "in", self.env.ref("gantry_base.group_manager").id), ("share", "=", False),
            ("company_ids", "in", self.company_id.id)], order="id", limit=1)


class GantryReorderRuleBin(models.Model):
    _inherit = "gantry.reorder.rule"

    pickface_id = fields.Many2one(
        "gantry.reorder.pickface", string="Pick Area", readonly=True, ondelete="set null", index="btree_not_null")

    def _retire_bins(self):
        """Bins that are no more lose their reordering rules, but for those set by hand."""
        self.filtered(lambda row: not row.hand_edited).orderpoint_id._write_by_gantry({"active": False})
        self.write({"active": False, "orderpoint_id": False})

    def _settle_bins(self):
        """Stock, refills on their way and what to refill now, for rows of pick faces."""
        if not self:
            return
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """
            UPDATE gantry_reorder_rule rule
               SET on_hand_qty = now.on_hand, incoming_qty = now.incoming, committed_qty = now.outgoing,
                   order_qty_computed = now.refill, order_value = 0,
                   order_qty = CASE WHEN rule.has_manual_qty THEN rule.order_qty_manual ELSE now.refill END,
                   last_run = now() AT TIME ZONE 'UTC'
              FROM (SELECT id, on_hand, incoming, outgoing,
                           CASE WHEN on_hand + incoming - outgoing < old_min
                                THEN GREATEST(LEAST(old_max - on_hand - incoming + outgoing, reserve), 0) ELSE 0 END
                           AS refill
                      FROM (SELECT rule.id, rule.old_min, rule.old_max,
                                   COALESCE((SELECT sum(quant.quantity) FROM stock_quant quant
                                              WHERE quant.product_id = rule.product_id
                                                AND quant.location_id = rule.location_id), 0)::float8 AS on_hand,
                                   COALESCE((SELECT sum(move.product_qty) FROM stock_move move
                                              WHERE move.product_id = rule.product_id
                                                AND COALESCE(move.location_final_id, move.location_dest_id)
                                                    = rule.location_id
                                                AND move.state IN ('waiting', 'confirmed', 'assigned',
                                                                   'partially_available')), 0)::float8 AS incoming,
                                   COALESCE((SELECT sum(move.product_qty) FROM stock_move move
                                              WHERE move.product_id = rule.product_id
                                                AND move.location_id = rule.location_id
                                                AND move.state IN ('waiting', 'confirmed', 'assigned',
                                                                   'partially_available')), 0)::float8 AS outgoing,
                                   COALESCE((SELECT sum(quant.quantity - quant.reserved_quantity)
                                               FROM stock_quant quant
                                               JOIN stock_location below ON below.id = quant.location_id
                                               JOIN stock_location top ON top.id = area.reserve_location_id
                                                    AND below.parent_path LIKE top.parent_path || '%%'
                                              WHERE quant.product_id = rule.product_id), 0)::float8 AS reserve
                              FROM gantry_reorder_rule rule
                              JOIN gantry_reorder_pickface area ON area.id = rule.pickface_id
                             WHERE rule.id = ANY(%s)) state) now
             WHERE now.id = rule.id
            """,
            self.ids,
        ))
        self.invalidate_recordset()
