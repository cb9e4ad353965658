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
        known = {(order.doc_model, order.doc_id): order for order in self.order_ids.sudo()}
        Order = self.env["gantry.recall.order"].sudo()  # sudo: orders come from the books
        for key, sides in self._order_sides(nodes).items():
            vals = Order._prepare_vals(*sides)
            if key in known:
                known.pop(key).write(vals)
            else:
                Order.create(vals | {"recall_id": self.id, "doc_model": key[0], "doc_id": key[1]})
        for order in known.values():
            order.unlink()
        names = self.env["gantry.trace"]._document_names(
            {(order.doc_model, order.doc_id) for order in self.order_ids}
        )
        for order in self.order_ids.sudo():
            order.name = names.get((order.doc_model, order.doc_id)) or self.env._("Deleted document")

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

    @api.model
    def _prepare_vals(self, inputs, outputs):
        """In the unit of the products when they share one, else by weight."""
        Product = self.env["product.product"].sudo()
        sides = [
            [(Product.browse(product_id), qty) for product_id, qty in side.values()] for side in (inputs, outputs)
        ]
        products = Product.browse({product.id for side in sides for product, _qty in side}).exists()
        unit = products[:1].uom_id
        if all(product.uom_id._has_common_reference(unit) for product in products):
            name = unit.name
            used, made = (
                sum(product.uom_id._compute_quantity(qty, unit, round=False) for product, qty in side)
                for side in sides
            )
        elif all(product.weight for product in products):
            name = self.env["product.template"]._get_weight_uom_name_from_ir_config_parameter()
            used, made = (sum(product.weight * qty for product, qty in side) for side in sides)
        else:
            missing = products.filtered(lambda product: not product.weight)
            reason = self.env._("No common unit: give a weight to %s.", ", ".join(missing.mapped("display_name")))
            return {"qty_in": 0, "qty_out": 0, "unit": False, "difference": 0, "reason_text": reason}
        difference = round(used - made, 6)
        reason = ""
        if difference > TOLERANCE:
            reason = self.env._("More was used than made: loss, or output that was not booked.")
        elif difference < -TOLERANCE:
            reason = self.env._("More was made than used: input without lot, such as water, or not booked.")
        return {"qty_in": used, "qty_out": made, "unit": name, "difference": difference, "reason_text": reason}
