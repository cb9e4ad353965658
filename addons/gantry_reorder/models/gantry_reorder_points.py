from odoo import fields, models
from odoo.tools import SQL

from .gantry_reorder_explain import NUMBERS

# what Odoo's own calculation would say must be ordered
TO_ORDER = SQL(
    """
    CASE WHEN rule.point_qty >= %(low)s THEN 0
         ELSE ceil(((%(high)s - rule.point_qty)
                    / COALESCE(NULLIF(rule.new_multiple, 0), 0.01))::numeric)
              * COALESCE(NULLIF(rule.new_multiple, 0), 0.01)::numeric END
    """,
    low=SQL("rule.new_min"), high=SQL("rule.new_max"),
)
RECOMPUTE_LIMIT = 200  # of more rules at once Odoo's stored figures are set in one statement


class GantryReorderPoints(models.Model):
    """Writing Odoo's reordering rules, always with a line in the history.

    Callers have checked that the user may: writing a reordering rule needs the inventory manager, planners change
    them through this one path.
    """

    _inherit = "gantry.reorder.rule"

    def _write_points(self, company, ids, new_min, new_max, kind):
        """Set minimum and maximum of the reordering rules behind some rows. One that was changed by hand since the
        row was settled is left alone.

        :return: ids of the rows that were written
        """
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """
            WITH wanted AS MATERIALIZED (  -- apart: levels that many rules share must not decide how rows are joined
                SELECT rule.id AS rule_id, rule.orderpoint_id, rule.old_min, rule.old_max, rule.on_hand_qty,
                       rule.point_qty, rule.new_multiple, wanted.new_min, wanted.new_max
                  FROM (SELECT * FROM unnest(%(ids)s::int[], %(mins)s::float8[], %(maxs)s::float8[])
                                      AS one(rule_id, new_min, new_max)) wanted
                  JOIN gantry_reorder_rule rule ON rule.id = wanted.rule_id
            ), written AS (
                UPDATE stock_warehouse_orderpoint point
                   SET product_min_qty = rule.new_min, product_max_qty = rule.new_max, %(figures)s
                       write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
                  FROM wanted rule
                 WHERE point.id = rule.orderpoint_id AND point.product_min_qty::float8 = rule.old_min
                   AND point.product_max_qty::float8 = rule.old_max
             RETURNING rule.rule_id, rule.new_min, rule.new_max
            ), logged AS (
                INSERT INTO gantry_reorder_change (
                    rule_id, orderpoint_id, product_id, location_id, warehouse_id, company_id, policy_id, date, user_id,
                    kind, old_min, old_max, old_multiple, new_min, new_max, new_multiple, numbers,
                    create_uid, write_uid, create_date, write_date)
                SELECT rule.id, rule.orderpoint_id, rule.product_id, rule.location_id, rule.warehouse_id,
                       rule.company_id, rule.policy_id, %(now)s, %(uid)s, %(kind)s,
                       rule.old_min, rule.old_max, rule.old_multiple, written.new_min, written.new_max,
                       rule.old_multiple, %(numbers)s,
                       %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM written JOIN gantry_reorder_rule rule ON rule.id = written.rule_id
            )
            UPDATE gantry_reorder_rule rule
               SET old_min = written.new_min, old_max = written.new_max, state = 'applied', hand_edited = FALSE,
                   change_pct = 0, kept_min = NULL, kept_max = NULL
              FROM written WHERE written.rule_id = rule.id
         RETURNING rule.id, rule.orderpoint_id
            """,
            ids=[int(one) for one in ids], mins=[float(one) for one in new_min], maxs=[float(one) for one in new_max],
            numbers=self._get_numbers_sql(), figures=self._get_figures_sql(len(ids)),
            uid=self.env.uid, kind=kind, now=fields.Datetime.now(),
        ))
        found = self.env.cr.fetchall()
        self._settle_point_figures([point for _rule, point in found])
        self.invalidate_model()
        return [rule for rule, _point in found]

    def _get_figures_sql(self, count):
        """SQL that keeps what Odoo stores with a reordering rule (to order, deadline) in line with new levels, for
        so many that Odoo's own calculation, rule by rule, would take minutes."""
        if count <= RECOMPUTE_LIMIT:
            return SQL("")
        return SQL(
            """
            qty_to_order_computed = %s,
            deadline_date = CASE WHEN rule.on_hand_qty < rule.new_min THEN %s ELSE point.deadline_date END,
            """,
            TO_ORDER, fields.Date.today(),
        )

    def _settle_point_figures(self, point_ids):
        """Let Odoo calculate what it stores with a reordering rule, where that was not written already."""
        points = self.env["stock.warehouse.orderpoint"].browse(point_ids)
        points.invalidate_recordset()
        if len(points) <= RECOMPUTE_LIMIT:
            # sudo: stored figures of rules that were just written
            points.sudo().modified(["product_min_qty", "product_max_qty"])

    def _create_points(self, company, ids, new_min, new_max):
        """Create reordering rules for rows that have none. In automatic mode Odoo's scheduler orders by itself, else
        they only propose. One that was archived is used again: Odoo allows only one per product and location.

        :return: ids of the rows that have one now
        """
        self.env.flush_all()
        rules = self.browse([int(one) for one in ids])
        levels = dict(zip(rules.ids, zip(map(float, new_min), map(float, new_max), strict=True), strict=True))
        old = self._find_archived(company, rules)
        for rule in rules.browse(list(old)):
            old[rule.id]._write_by_gantry({"active": True, **self._get_point_levels(rule, levels[rule.id])})
        fresh = rules.filtered(lambda rule: rule.id not in old)
        if len(fresh) > RECOMPUTE_LIMIT:
            self._insert_points(company, fresh, levels)
        else:
            # sudo: planners may not create rules by hand, the policy or their approval lets this path do it
            self.env["stock.warehouse.orderpoint"].sudo().with_company(company).create([{
                "product_id": rule.product_id.id, "warehouse_id": rule.warehouse_id.id,
                "location_id": rule.location_id.id, "company_id": company.id,
                **self._get_point_levels(rule, levels[rule.id]),
            } for rule in fresh])
        self.env.flush_all()
        self._adopt_points(company, rules.ids)
        return rules.ids

    def _find_archived(self, company, rules):
        """Archived reordering rules of some rows, by id of the row."""
        # sudo: as in `_create_points`
        points = self.env["stock.warehouse.orderpoint"].sudo().with_context(active_test=False).search([
            ("active", "=", False), ("product_id", "in", rules.product_id.ids),
            ("location_id", "in", rules.location_id.ids), ("company_id", "=", company.id),
        ])
        found = {(point.product_id, point.location_id): point for point in points}
        return {
            rule.id: found[rule.product_id, rule.location_id] for rule in rules
            if (rule.product_id, rule.location_id) in found
        }

    def _insert_points(self, company, rules, levels):
        """Thousands of reordering rules at once: Odoo would calculate stock and deadline of each by itself."""
        sequence = self.env["ir.sequence"].sudo().search([
            ("code", "=", "stock.orderpoint"), ("company_id", "in", [False, company.id])], order="company_id", limit=1)
        names = [sequence.next_by_id() if sequence else "/" for _rule in rules[:1]] * len(rules)
        if sequence and sequence.implementation == "standard":
            self.env.cr.execute(
                "SELECT nextval(%s) FROM generate_series(1, %s)", (f"ir_sequence_{sequence.id:03d}", len(rules)))
            names = [sequence.get_next_char(number) for number, in self.env.cr.fetchall()]
        self.env.cr.execute(SQL(
            """
            INSERT INTO stock_warehouse_orderpoint AS point (
                name, trigger, active, product_id, warehouse_id, location_id, company_id, product_min_qty,
                product_max_qty, qty_to_order_computed, deadline_date,
                create_uid, write_uid, create_date, write_date)
            SELECT rule.name, CASE WHEN rule.mode = 'auto' THEN 'auto' ELSE 'manual' END, TRUE, rule.product_id,
                   rule.warehouse_id, rule.location_id, rule.company_id, rule.new_min, rule.new_max, %(to_order)s,
                   CASE WHEN rule.on_hand_qty < rule.new_min THEN %(today)s::date END,
                   %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM (SELECT row.mode, row.product_id, row.warehouse_id, row.location_id, row.company_id, row.on_hand_qty,
                           row.point_qty, row.new_multiple, wanted.name, wanted.new_min,
                           wanted.new_max
                      FROM unnest(%(ids)s::int[], %(names)s::text[], %(mins)s::float8[], %(maxs)s::float8[])
                           AS wanted(rule_id, name, new_min, new_max)
                      JOIN gantry_reorder_rule row ON row.id = wanted.rule_id) rule
            """,
            ids=rules.ids, names=names, mins=[levels[one][0] for one in rules.ids],
            maxs=[levels[one][1] for one in rules.ids], to_order=TO_ORDER, today=fields.Date.today(), uid=self.env.uid,
        ))
        self.env["stock.warehouse.orderpoint"].invalidate_model()

    def _adopt_points(self, company, ids):
        """Link rows with the reordering rules just made for them, with a line in the history each."""
        self.env.cr.execute(SQL(
            """
            WITH adopted AS (
                UPDATE gantry_reorder_rule rule
                   SET orderpoint_id = point.id, old_min = point.product_min_qty, old_max = point.product_max_qty,
                       state = 'applied', change_pct = 0, active = TRUE, hand_edited = FALSE, kept_min = NULL,
                       kept_max = NULL
                  FROM stock_warehouse_orderpoint point
                 WHERE rule.id = ANY(%(ids)s) AND point.product_id = rule.product_id
                   AND point.location_id = rule.location_id AND point.company_id = rule.company_id AND point.active
             RETURNING rule.*
            )
            INSERT INTO gantry_reorder_change (
                rule_id, orderpoint_id, product_id, location_id, warehouse_id, company_id, policy_id, date, user_id,
                kind, old_min, old_max, old_multiple, new_min, new_max, new_multiple, numbers,
                create_uid, write_uid, create_date, write_date)
            SELECT rule.id, rule.orderpoint_id, rule.product_id, rule.location_id, rule.warehouse_id, rule.company_id,
                   rule.policy_id, %(now)s, %(uid)s, 'create', 0, 0, rule.old_multiple, rule.old_min, rule.old_max,
                   rule.old_multiple, %(numbers)s,
                   %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM adopted rule
            """,
            ids=ids, uid=self.env.uid, now=fields.Datetime.now(), numbers=self._get_numbers_sql(),
        ))
        self.invalidate_model()
        self.env["gantry.reorder.change"].invalidate_model()
        # they were calculated as anybody's, with the company's horizon
        self._settle_point_figures(self.browse(ids).orderpoint_id.ids)

    def _get_point_levels(self, rule, levels):
        low, high = levels
        return {
            "product_min_qty": low, "product_max_qty": high, "trigger": "auto" if rule.mode == "auto" else "manual",
        }

    def _get_numbers_sql(self):
        """SQL of the numbers behind a row, kept with each change of its rule."""
        return SQL("jsonb_build_object(%s)", SQL(", ").join(
            SQL("%s::text, %s", name, SQL.identifier("rule", name)) for name in NUMBERS))

    def _log_change(self, kind, old, new, note=None):
        """A line in the history for each row.

        :param old: (minimum, maximum) by id of the row, before
        :param new: the same, after
        """
        # sudo: nobody writes the history by hand
        return self.env["gantry.reorder.change"].sudo().create([
            {
                "rule_id": rule.id, "orderpoint_id": rule.orderpoint_id.id, "product_id": rule.product_id.id,
                "location_id": rule.location_id.id, "warehouse_id": rule.warehouse_id.id,
                "company_id": rule.company_id.id, "policy_id": rule.policy_id.id, "user_id": self.env.uid,
                "kind": kind, "note": note, "numbers": {name: rule[name] for name in NUMBERS},
                "old_min": old[rule.id][0], "old_max": old[rule.id][1], "old_multiple": rule.old_multiple,
                "new_min": new[rule.id][0], "new_max": new[rule.id][1], "new_multiple": rule.old_multiple,
            }
            for rule in self
        ])
