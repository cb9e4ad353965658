import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core import Answer, account

TOLERANCE = 1e-4


class GantryRecall(models.Model):
    """Mass balance of the case: every lot, every order, all of it."""

    _inherit = "gantry.recall"

    order_ids = fields.One2many("gantry.recall.order", "recall_id", "Orders")
    accounted = fields.Float("Accounted for", compute="_compute_account", help="Of the product that does worst.")
    account_html = fields.Html("Account", compute="_compute_account", sanitize=False)
    unexplained_count = fields.Integer("Not explained", compute="_compute_unexplained")

    @api.depends(
        "scope_ids.balance", "notice_ids.line_ids.qty_net", "notice_ids.line_ids.qty_on_hand", "notice_ids.state",
        "notice_ids.line_ids.qty_sold", "notice_ids.line_ids.qty_destroyed", "notice_ids.line_ids.qty_returned",
        "notice_ids.line_ids.qty_forwarded",
    )  # fmt: skip
    def _compute_account(self):
        for recall in self:
            rows = recall._account()
            recall.accounted = min((row.accounted for row in rows.values()), default=1.0)
            recall.account_html = recall._account_table(rows)

    @api.depends("scope_ids.difference", "scope_ids.explanation", "order_ids.difference", "order_ids.explanation")
    def _compute_unexplained(self):
        for recall in self:
            lots = recall.scope_ids.filtered(lambda row: row.in_scope and row.direction == "down")
            orders = recall.order_ids.filtered("is_unexplained")
            recall.unexplained_count = len(lots.filtered("is_unexplained")) + len(orders)

    def _account(self):
        """``{product: Account}``. In a drill what a known consignee got counts as found: nobody is asked."""
        sums, delivered = {}, {}
        for row in self.scope_ids:
            if row.in_scope and row.direction == "down" and row.lot_id:
                of = sums.setdefault(row.product_id, {})
                for name, value in (row.balance or {}).items():
                    of[name] = of.get(name, 0.0) + value
        for line in self.notice_ids.line_ids:
            answer = Answer(on_hand=line.qty_net) if self.is_drill else line.notice_id._answer_of(line)
            delivered.setdefault(line.product_id, []).append((line.qty_net, answer))
        return {product: account(of, delivered.get(product, [])) for product, of in sums.items()}

    def _account_table(self, rows):
        _t = self.env._
        names = {
            "total": _t("All there was"), "in_house": _t("In house"), "used": _t("Used"), "gone": _t("Destroyed"),
            "answered": _t("Answered for"), "open": _t("No answer"), "over": _t("Too much"),
            "unexplained": _t("Difference"), "accounted": _t("Accounted for"),
        }  # fmt: skip
        head = Markup().join(Markup('<th class="text-end">%s</th>') % name for name in names.values())
        body = Markup()
        for product, row in rows.items():
            values = [f"{getattr(row, name):,.2f}" for name in names if name != "accounted"]
            values.append(f"{100 * row.accounted:.1f} %")
            cells = Markup().join(Markup('<td class="text-end">%s</td>') % value for value in values)
            body += Markup("<tr><td>%s (%s)</td>%s</tr>") % (product.display_name, product.uom_id.name, cells)
        return Markup('<table class="table table-sm"><tr><th/>%s</tr>%s</table>') % (head, body)

    def action_balance(self):
        """Trace again and add everything up."""
        self.check_access("write")
        self._require_open()
        for recall in self:
            recall._take_snapshot()
            recall._update_orders()
            recall._log_step("balanced", self.env._("%s %% accounted for", round(100 * recall.accounted, 1)))
        return True

    def _update_orders(self):
        """Every order that used or made a lot of the case: what went in against what came out."""
        nodes = self.scope_ids.filtered(lambda row: row.in_scope and row.direction == "down").mapped("node")
        sides = self._order_sides(nodes)
        names = self.env["gantry.trace"]._document_names(set(sides))
        units = OrderUnits(self.env(su=True))  # sudo: units and weights of products of the case
        rows = [
            units.values(*of) | {"doc_model": key[0], "doc_id": key[1], "name": names.get(key)}
            for key, of in sides.items()
        ]
        self.env["gantry.recall.order"]._replace(self, rows)

    def _order_sides(self, nodes):
        """``{(model, id): ({node: (product, used)}, {node: (product, made)})}`` of the orders of these nodes."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT e.doc_model, e.doc_id, e.parent_node, e.parent_product_id, max(e.qty)::float8,
                       e.child_node, e.child_product_id, max(e.child_qty)::float8
                  FROM gantry_trace_edge e
                  JOIN (SELECT DISTINCT doc_model, doc_id FROM gantry_trace_edge
                         WHERE kind IN ('consume', 'unbuild') AND known_until IS NULL
                           AND (parent_node = ANY(%(nodes)s) AND child_node = ANY(%(nodes)s)
                                OR parent_node = ANY(%(nodes)s) AND child_product_id IS NULL)) d
                    ON d.doc_model = e.doc_model AND d.doc_id = e.doc_id
                 WHERE e.known_until IS NULL AND (e.company_id IS NULL OR e.company_id = ANY(%(companies)s))
                 GROUP BY e.doc_model, e.doc_id, e.parent_node, e.parent_product_id, e.child_node, e.child_product_id
                """,
                nodes=nodes, companies=self.env.companies.ids,
            )
        )  # fmt: skip
        sides = {}
        for model, doc_id, parent, used_product, used, child, made_product, made in rows:
            inputs, outputs = sides.setdefault((model, doc_id), ({}, {}))
            if used_product:  # nodes of crowded orders stand between and have none
                inputs[parent] = (used_product, max(used, inputs.get(parent, (0, 0.0))[1]))
            if made_product:
                outputs[child] = (made_product, max(made, outputs.get(child, (0, 0.0))[1]))
        return sides


class GantryRecallOrder(models.Model):
    """An order that used or made lots of a case: input against output in a common unit."""

    _name = "gantry.recall.order"
    _description = "Order of a recall"
    _order = "recall_id desc, id"

    recall_id = fields.Many2one("gantry.recall", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="recall_id.company_id", store=True, index=True)
    doc_model = fields.Char(required=True, readonly=True)
    doc_id = fields.Many2oneReference("Document", model_field="doc_model", required=True, readonly=True)
    name = fields.Char("Order", readonly=True)
    qty_in = fields.Float("Used", readonly=True)
    qty_out = fields.Float("Made", readonly=True)
    unit = fields.Char(readonly=True)
    difference = fields.Float(readonly=True, help="Used less made.")
    reason_text = fields.Text("What the books say", readonly=True)
    explanation = fields.Text()
    is_unexplained = fields.Boolean(compute="_compute_is_unexplained")

    _document_uniq = models.UniqueIndex("(recall_id, doc_model, doc_id)", "An order is in a case once.")

    @api.depends("difference", "explanation", "unit")
    def _compute_is_unexplained(self):
        for order in self:
            unclear = not order.unit or abs(order.difference) > TOLERANCE
            order.is_unexplained = unclear and not (order.explanation or "").strip()

    def write(self, vals):
        if not self.env.su:
            self.recall_id._require_open()
            if set(vals) - {"explanation"}:
                raise UserError(self.env._("Orders come from the books; only the explanation can be written."))
        return super().write(vals)

    def _replace(self, recall, rows):
        """Write thousands of orders in one statement; explanations stay, orders no longer concerned go."""
        self.flush_model()
        for row in rows:
            row["name"] = row["name"] or self.env._("Deleted document")
        self.env.execute_query(
            SQL(
                """
                WITH wanted AS MATERIALIZED (
                    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
                           doc_model text, doc_id int, name text, qty_in float8, qty_out float8, unit text,
                           difference float8, reason_text text)
                ), gone AS (
                    DELETE FROM gantry_recall_order o WHERE o.recall_id = %(recall)s AND NOT EXISTS (
                        SELECT FROM wanted w WHERE w.doc_model = o.doc_model AND w.doc_id = o.doc_id)
                )
                INSERT INTO gantry_recall_order (
                    recall_id, company_id, doc_model, doc_id, name, qty_in, qty_out, unit, difference, reason_text,
                    create_uid, write_uid, create_date, write_date)
                SELECT %(recall)s, %(company)s, w.doc_model, w.doc_id, w.name, w.qty_in, w.qty_out, w.unit,
                       w.difference, w.reason_text, %(user)s, %(user)s, %(now)s, %(now)s
                  FROM wanted w
                ON CONFLICT (recall_id, doc_model, doc_id) DO UPDATE SET
                    name = EXCLUDED.name, qty_in = EXCLUDED.qty_in, qty_out = EXCLUDED.qty_out, unit = EXCLUDED.unit,
                    difference = EXCLUDED.difference, reason_text = EXCLUDED.reason_text,
                    write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                RETURNING id
                """,
                rows=json.dumps(rows), recall=recall.id, company=recall.company_id.id, user=self.env.uid,
                now=fields.Datetime.now(),
            )
        )  # fmt: skip
        self.invalidate_model()
        recall.invalidate_recordset(["order_ids"])


class OrderUnits:
    """Adds up both sides of an order in a common unit, every product and pair of units looked at once."""

    def __init__(self, env):
        self.env = env
        self.products, self.factors = {}, {}
        self.weight = env["product.template"]._get_weight_uom_name_from_ir_config_parameter()

    def product(self, product_id):
        if product_id not in self.products:
            product = self.env["product.product"].browse(product_id).exists()
            self.products[product_id] = (product.uom_id, product.weight, product.display_name or "")
        return self.products[product_id]

    def factor(self, unit, other):
        """How many of the other unit are in one, None when they have nothing in common."""
        if (unit, other) not in self.factors:
            common = unit and other and unit._has_common_reference(other)
            self.factors[unit, other] = unit._compute_quantity(1.0, other, round=False) if common else None
        return self.factors[unit, other]

    def values(self, inputs, outputs):
        """In the unit of the products when they share one, else by weight."""
        sides = [[(*self.product(product_id), qty) for product_id, qty in side.values()] for side in (inputs, outputs)]
        parts = [part for side in sides for part in side]
        unit = parts[0][0] if parts else self.env["uom.uom"]
        if all(self.factor(part[0], unit) is not None for part in parts):
            name = unit.name
            used, made = (sum(self.factor(part[0], unit) * part[3] for part in side) for side in sides)
        elif all(part[1] for part in parts):
            name = self.weight
            used, made = (sum(part[1] * part[3] for part in side) for side in sides)
        else:
            missing = ", ".join(dict.fromkeys(part[2] for part in parts if not part[1]))
            reason = self.env._("No common unit: give a weight to %s.", missing)
            return {"qty_in": 0, "qty_out": 0, "unit": None, "difference": 0, "reason_text": reason}
        difference = round(used - made, 6)
        reason = ""
        if difference > TOLERANCE:
            reason = self.env._("More was used than made: loss, or output that was not booked.")
        elif difference < -TOLERANCE:
            reason = self.env._("More was made than used: input without lot, such as water, or not booked.")
        return {"qty_in": used, "qty_out": made, "unit": name, "difference": difference, "reason_text": reason}
