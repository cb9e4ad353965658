from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

READER = "stock.group_stock_user"
RULE_NUMBERS = (
    "old_min", "old_max", "new_min", "new_max", "new_multiple", "change_pct", "forecast_day_qty", "safety_qty",
    "target_pct", "expected_fill", "expected_cycle", "avg_stock_qty", "avg_stock_value", "lead_days_mean",
    "lead_days_p90", "on_hand_qty", "incoming_qty", "committed_qty", "order_qty_computed", "order_qty", "risk_value",
)


class GantryReorderApi(models.AbstractModel):
    """Replenishment for other programs. Everything runs as the caller and covers the caller's companies
    (``allowed_company_ids`` of the context). Changes are in ``gantry_reorder_api_write.py``."""

    _name = "gantry.reorder.api"
    _inherit = "gantry.api"
    _description = "Gantry RPC: replenishment"

    @api.model
    @api.readonly
    def get_proposals(
        self,
        *,
        product_ids: list[int] | None = None,
        warehouse_ids: list[int] | None = None,
        policy_id: int | None = None,
        state: str | None = None,
        to_order: bool = False,
        reasons: bool = True,
        limit: int = 100,
        offset: int = 0,
    ) -> dict:
        """Reorder rules as proposed and in force, the most money at risk first.

        :param product_ids: only these products
        :param warehouse_ids: only these warehouses
        :param policy_id: only rules under this policy
        :param state: ok, proposed, waiting, applied, manual or blocked
        :param to_order: only rows with a quantity to order
        :param reasons: with the reasons in words
        :param limit: how many rows, at most 1000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset`` (null on the last page). An item has
            ``rule_id``, ``product_id``, ``product_code``, ``warehouse_id``, ``company_id``, ``unit``, ``policy_id``,
            ``mode``, ``state``, ``source``, ``vendor_id``, ``supplier_warehouse_id``, ``lead_source``,
            ``stockout_date``, ``order_by_date``, ``snoozed_until``, ``calculated_at``, the numbers ``old_min`` and
            ``old_max`` (in force, null without a rule), ``new_min`` and ``new_max`` (proposed, null when blocked),
            ``order_qty``, ``risk_value`` and others of the list, ``reasons`` (sentences) and ``problems`` (sentences)
        """
        self._require_group(READER)
        domain = self._rule_domain(product_ids, warehouse_ids, policy_id)
        if state is not None:
            self._one_of("state", state, dict(self.env["gantry.reorder.rule"]._fields["state"].selection))
            domain &= Domain("state", "=", state)
        if to_order:
            domain &= Domain("order_qty", ">", 0)
        return self._page_of(
            self.env["gantry.reorder.rule"], domain, lambda rules: self._rule_answers(rules, reasons), limit=limit,
            offset=offset, order="risk_value desc, id")

    @api.model
    def get_projection(self, *, rule_id: int) -> dict:
        """Projected stock of a rule day by day, with bands, calculated from this moment's stock and orders.

        :param rule_id: id of the rule (see ``get_proposals``)
        :return: ``dates`` and as many values of ``mean``, ``low`` (5 %), ``high`` (95 %) and ``planned`` (with orders
            as planned); ``history``, ``incoming`` and ``committed`` as pairs of day and quantity; ``min``, ``max``,
            ``stockout_date``, ``order_by_date``, ``order_qty``. No dates when nothing can be projected
        :raises UserError: there is no such rule in the caller's companies
        """
        self._require_group(READER)
        return self._plain(self._json(self._rule(rule_id).get_projection()))

    @api.model
    @api.readonly
    def get_health(
        self, *, kind: str | None = None, warehouse_ids: list[int] | None = None, limit: int = 100, offset: int = 0,
    ) -> dict:
        """What keeps rules from being right.

        :param kind: only problems of this kind
        :param warehouse_ids: only these warehouses
        :param limit: how many problems, at most 1000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset``. An item has ``issue_id``, ``rule_id``,
            ``product_id``, ``warehouse_id``, ``kind``, ``blocks`` (whether the rule cannot be set), ``message``,
            ``since``
        """
        self._require_group(READER)
        domain = Domain("company_id", "in", self.env.companies.ids)
        if kind is not None:
            self._one_of("kind", kind, dict(self.env["gantry.reorder.issue"]._fields["kind"].selection))
            domain &= Domain("kind", "=", kind)
        if warehouse_ids is not None:
            domain &= Domain("warehouse_id", "in", self._checked_ids("warehouse_ids", warehouse_ids))
        return self._page_of(
            self.env["gantry.reorder.issue"], domain, self._issue_answers, limit=limit, offset=offset)

    @api.model
    @api.readonly
    def get_policies(self, *, limit: int = 100, offset: int = 0) -> dict:
        """Policies of the caller's companies, archived ones left out.

        :param limit: how many policies, at most 1000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset``; an item has ``policy_id``,
            ``company_id``, ``scope`` in words, ``rules`` (their number) and the settings ``set_policy`` takes
        """
        self._require_group(READER)
        return self._page_of(
            self.env["gantry.reorder.policy"], Domain("company_id", "in", self.env.companies.ids),
            lambda policies: [self._policy_answer(policy) for policy in policies], limit=limit, offset=offset)

    @api.model
    @api.readonly
    def get_changes(
        self, *, rule_id: int | None = None, product_ids: list[int] | None = None, limit: int = 100, offset: int = 0,
    ) -> dict:
        """The history of reordering rules, the newest first.

        :param rule_id: only of this rule
        :param product_ids: only of these products
        :param limit: how many changes, at most 1000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset``. An item has ``change_id``, ``rule_id``,
            ``product_id``, ``warehouse_id``, ``at``, ``user_id``, ``kind`` (auto, accept, hand, undo, create, archive),
            ``old_min``, ``old_max``, ``new_min``, ``new_max``, ``reason``, ``undone``
        """
        self._require_group(READER)
        domain = Domain("company_id", "in", self.env.companies.ids)
        if rule_id is not None:
            domain &= Domain("rule_id", "=", self._rule(rule_id).id)
        if product_ids is not None:
            domain &= Domain("product_id", "in", self._checked_ids("product_ids", product_ids))
        return self._page_of(
            self.env["gantry.reorder.change"], domain, self._change_answers, limit=limit, offset=offset,
            order="date desc, id desc")

    # -- answers

    def _rule_answers(self, rules, reasons):
        rules.product_id.fetch(["default_code"])
        known = self._get_known(rules)
        return [self._rule_answer(rule, known[rule.id], reasons) for rule in rules]

    def _get_known(self, rules):
        """Names of the numbers that there are, by rule: the ORM reads an empty number as zero."""
        if not rules:
            return {}
        self.env.cr.execute(
            "SELECT id, row_to_json(rule) FROM gantry_reorder_rule rule WHERE id IN %s", (tuple(rules.ids),))
        return {
            rule_id: {name for name in RULE_NUMBERS if values[name] is not None}
            for rule_id, values in self.env.cr.fetchall()
        }

    def _rule_answer(self, rule, known, reasons):
        answer = {
            "rule_id": rule.id, "product_id": rule.product_id.id, "product_code": rule.product_id.default_code or None,
            "warehouse_id": rule.warehouse_id.id, "location_id": rule.location_id.id, "company_id": rule.company_id.id,
            "unit": rule.uom_id.name, "policy_id": rule.policy_id.id or None, "mode": rule.mode or None,
            "state": rule.state, "source": rule.source or None, "vendor_id": rule.vendor_id.id or None,
            "supplier_warehouse_id": rule.supplier_warehouse_id.id or None, "lead_source": rule.lead_source or None,
            "stockout_date": rule.projected_stockout_date or None, "order_by_date": rule.order_by_date or None,
            "snoozed_until": rule.snoozed_until or None, "calculated_at": rule.last_run or None,
            **{name: rule[name] if name in known else None for name in RULE_NUMBERS},
            "problems": rule.issue_ids.mapped("message"),
        }
        if reasons:
            answer["reasons"] = [line["text"] for line in rule.explanation if line["code"] != "reorder_issue"]
        return self._json(answer)

    def _issue_answers(self, issues):
        return [self._json({
            "issue_id": issue.id, "rule_id": issue.rule_id.id, "product_id": issue.product_id.id,
            "warehouse_id": issue.warehouse_id.id or None, "kind": issue.kind, "blocks": issue.severity == "2",
            "message": issue.message, "since": issue.date_first or None,
        }) for issue in issues]

    def _change_answers(self, changes):
        return [self._json({
            "change_id": change.id, "rule_id": change.rule_id.id or None, "product_id": change.product_id.id,
            "warehouse_id": change.warehouse_id.id or None, "at": change.date, "user_id": change.user_id.id or None,
            "kind": change.kind, "old_min": change.old_min, "old_max": change.old_max, "new_min": change.new_min,
            "new_max": change.new_max, "reason": change.reason or None, "undone": change.undone,
        }) for change in changes]

    # -- what callers send

    def _rule_domain(self, product_ids, warehouse_ids, policy_id):
        domain = Domain("company_id", "in", self.env.companies.ids)
        if product_ids is not None:
            domain &= Domain("product_id", "in", self._checked_ids("product_ids", product_ids))
        if warehouse_ids is not None:
            domain &= Domain("warehouse_id", "in", self._checked_ids("warehouse_ids", warehouse_ids))
        if policy_id is not None:
            domain &= Domain("policy_id", "=", self._checked_id("policy_id", policy_id))
        return domain

    def _rule(self, rule_id):
        rule = self.env["gantry.reorder.rule"].search([("id", "=", self._checked_id("rule_id", rule_id))])
        if not rule:
            raise UserError(self.env._("There is no rule %s.", rule_id))
        return rule

    def _rules(self, rule_ids):
        ids = self._checked_ids("rule_ids", rule_ids)
        rules = self.env["gantry.reorder.rule"].search([("id", "in", ids)])
        if missing := sorted(set(ids) - set(rules.ids)):
            raise UserError(self.env._("There is no rule %s.", missing[0]))
        return rules
