import math

from odoo import api, fields, models
from odoo.exceptions import UserError

from .gantry_reorder_policy import WEEKDAYS

PLANNER = "gantry_base.group_planner"
MANAGER = "gantry_base.group_manager"
POLICY_SETTINGS = (
    "name", "active", "sequence", "warehouse_id", "categ_id", "abc", "demand_class", "product_id", "date_from",
    "date_to", "method", "review_days", "target_kind", "target_pct", "share_target", "lead_days", "shortage_pct",
    "holding_pct", "order_cost", "min_days", "max_days", "cap_days", "cap_qty", "budget", "mode", "approve_change_pct",
    "create_rules", "archive_rules", "user_id", *(f"order_{day}" for day in WEEKDAYS),
)
MAX_QUANTITY = 1e9


class GantryReorderApiWrite(models.AbstractModel):
    """Changes asked for by other programs. Each carries a ``request_uid``: the same one again returns the first
    answer and changes nothing."""

    _inherit = "gantry.reorder.api"

    @api.model
    def run(self, *, request_uid: str, company_id: int | None = None) -> dict:
        """Set all rules of a company in the background.

        :param request_uid: identifier of this request; the same one again returns the first answer
        :param company_id: by default the caller's current company
        :return: ``job_id``, to be watched with ``gantry.base.api`` ``get_job``
        :raises AccessError: the caller is not a planner
        """
        self._require_group(PLANNER)

        def run():
            company = self._company(company_id)
            return {"job_id": self.env["gantry.reorder.rule"].with_company(company)._enqueue_run(company).id}

        return self._once(request_uid, "run", {"company_id": company_id}, run)

    @api.model
    def accept(self, *, request_uid: str, rule_ids: list[int]) -> dict:
        """Set Odoo's reordering rules to the proposed levels.

        :param request_uid: identifier of this request; the same one again returns the first answer
        :param rule_ids: rules (see ``get_proposals``)
        :return: ``accepted``: ids of the rules that were written; those that were blocked, or as proposed already, are
            not among them
        :raises AccessError: the caller is not a planner
        :raises UserError: a rule does not exist in the caller's companies
        """
        self._require_group(PLANNER)

        def accept():
            rules = self._rules(rule_ids)
            rules._check_planner()
            return {"accepted": sorted(rules._accept().ids)}

        return self._once(request_uid, "accept", {"rule_ids": rule_ids}, accept)

    @api.model
    def order(
        self, *, request_uid: str, rule_ids: list[int], quantities: dict[str, float] | None = None,
    ) -> dict:
        """Order what the rules propose, as drafts through Odoo's procurement.

        :param request_uid: identifier of this request; the same one again returns the first answer
        :param rule_ids: rules (see ``get_proposals``)
        :param quantities: other quantities than the proposed ones, by id of the rule (as text, JSON has no other keys)
        :return: ``ordered``: ids of rules, and ``failed``: list of ``rule_id`` and ``error``; rules without a quantity
            are in neither
        :raises AccessError: the caller is not a planner
        :raises UserError: a rule does not exist in the caller's companies, or a quantity makes no sense
        """
        self._require_group(PLANNER)

        def order():
            rules = self._rules(rule_ids)
            rules._check_planner()
            for rule, quantity in self._quantities(rules, quantities).items():
                rule.order_qty = quantity
            done, failed = rules._place_orders()
            return {
                "ordered": sorted(done.ids),
                "failed": [{"rule_id": rule.id, "error": " ".join(str(error).split())} for rule, error in failed],
            }

        return self._once(request_uid, "order", {"rule_ids": rule_ids, "quantities": quantities}, order)

    @api.model
    def undo(self, *, request_uid: str, change_id: int) -> dict:
        """Take a change of a reordering rule back.

        :param request_uid: identifier of this request; the same one again returns the first answer
        :param change_id: id of the change (see ``get_changes``)
        :return: ``change_id`` and ``undone``
        :raises AccessError: the caller is not a planner
        :raises UserError: the change does not exist, or was taken back before
        """
        self._require_group(PLANNER)

        def undo():
            change = self.env["gantry.reorder.change"].search([
                ("id", "=", self._checked_id("change_id", change_id)),
                ("company_id", "in", self.env.companies.ids)])
            if not change:
                raise UserError(self.env._("There is no change %s.", change_id))
            change.action_undo()
            return {"change_id": change.id, "undone": True}

        return self._once(request_uid, "undo", {"change_id": change_id}, undo)

    @api.model
    def set_policy(
        self, *, request_uid: str, values: dict, policy_id: int | None = None, company_id: int | None = None,
    ) -> dict:
        """Make a policy, or change one.

        :param request_uid: identifier of this request; the same one again returns the first answer
        :param values: settings by name, as ``get_policies`` shows them: ``name``, the scope (``warehouse_id``,
            ``categ_id``, ``abc``, ``demand_class``, ``product_id``), ``method`` (sS, sQ, RS), ``target_kind`` (fill,
            cycle, cost), ``target_pct``, ``mode`` (manual, suggest, auto), ``user_id`` (the owner), ``order_monday``
            to ``order_sunday`` (days on which one may order) and so on; null empties one
        :param policy_id: the policy to change; without it a new one is made
        :param company_id: company of a new policy, by default the current one
        :return: the policy as ``get_policies`` shows it
        :raises AccessError: the caller is not a manager
        :raises UserError: a setting does not exist or makes no sense
        """
        self._require_group(MANAGER)

        def set_policy():
            vals = self._policy_values(values)
            Policy = self.env["gantry.reorder.policy"]
            if policy_id is None:
                policy = Policy.create({**vals, "company_id": self._company(company_id).id})
            else:
                policy = Policy.with_context(active_test=False).search([
                    ("id", "=", self._checked_id("policy_id", policy_id)),
                    ("company_id", "in", self.env.companies.ids)])
                if not policy:
                    raise UserError(self.env._("There is no policy %s.", policy_id))
                policy.write(vals)
            return self._policy_answer(policy)

        payload = {"values": values, "policy_id": policy_id, "company_id": company_id}
        return self._once(request_uid, "set_policy", payload, set_policy)

    @api.model
    def backtest(
        self,
        *,
        request_uid: str,
        policy_id: int | None = None,
        warehouse_id: int | None = None,
        category_id: int | None = None,
        product_ids: list[int] | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
    ) -> dict:
        """Replay the past with the rules of a scope, in the background.

        :param request_uid: identifier of this request; the same one again returns the first answer
        :param policy_id: only rules under this policy
        :param warehouse_id: only this warehouse
        :param category_id: only products of this category and those below it
        :param product_ids: only these products
        :param date_from: first day (ISO), by default a year before the last one
        :param date_to: last day (ISO), by default yesterday
        :return: ``backtest_id``, to be read with ``get_backtest``, and ``job_id``
        :raises AccessError: the caller is not a planner
        """
        self._require_group(PLANNER)

        def backtest():
            scope = {
                "policy_id": self._scope("policy_id", "gantry.reorder.policy", policy_id),
                "warehouse_id": self._scope("warehouse_id", "stock.warehouse", warehouse_id),
                "categ_id": self._scope("category_id", "product.category", category_id),
                "date_from": self._date("date_from", date_from), "date_to": self._date("date_to", date_to),
            }
            vals = {name: value for name, value in scope.items() if value}
            if product_ids is not None:
                vals["product_ids"] = [fields.Command.set(self._checked_ids("product_ids", product_ids))]
            record = self.env["gantry.reorder.backtest"].create(vals)
            record.action_run()
            return {"backtest_id": record.id, "job_id": record.job_id.id}

        payload = {
            "policy_id": policy_id, "warehouse_id": warehouse_id, "category_id": category_id,
            "product_ids": product_ids, "date_from": date_from, "date_to": date_to,
        }
        return self._once(request_uid, "backtest", payload, backtest)

    @api.model
    @api.readonly
    def get_backtest(self, *, backtest_id: int) -> dict:
        """What a replay has found.

        :param backtest_id: id of the replay (see ``backtest``)
        :return: ``backtest_id``, ``state`` (draft, running, done, failed), ``sentence``, and ``lines``: a list of
            ``method`` (gantry, current, odoo, actual) and its figures
        :raises UserError: there is no such replay in the caller's companies
        """
        self._require_group("stock.group_stock_user")
        record = self.env["gantry.reorder.backtest"].search([
            ("id", "=", self._checked_id("backtest_id", backtest_id)), ("company_id", "in", self.env.companies.ids)])
        if not record:
            raise UserError(self.env._("There is no replay %s.", backtest_id))
        Line = record.line_ids
        names = [name for name, field in Line._fields.items() if field.store and field.type in (
            "integer", "float", "monetary", "selection") and name != "id"]
        return self._plain(self._json({
            "backtest_id": record.id, "state": record.state, "sentence": record.sentence or None,
            "lines": [{name: line[name] for name in names} for line in record.line_ids],
        }))

    # -- what callers send

    def _once(self, request_uid, method, payload, func):
        return self._plain(self.env["gantry.request"]._once(
            request_uid, f"gantry.reorder.api/{method}", payload, func))

    def _company(self, company_id):
        if company_id is None:
            return self.env.company
        company = self.env.companies.filtered(lambda one: one.id == self._checked_id("company_id", company_id))
        if not company:
            raise UserError(self.env._("You do not work in company %s.", company_id))
        return company

    def _scope(self, name, model, record_id):
        if record_id is None:
            return False
        record = self.env[model].search([("id", "=", self._checked_id(name, record_id))])
        if not record:
            raise UserError(self.env._("%(name)s %(id)s does not exist.", name=name, id=record_id))
        return record.id

    def _quantities(self, rules, quantities):
        """Quantities by rule, checked."""
        if quantities is None:
            return {}
        if not isinstance(quantities, dict):
            raise UserError(self.env._("quantities must be an object: a quantity by id of the rule."))
        by_id, found = {str(rule.id): rule for rule in rules}, {}
        for key, quantity in quantities.items():
            if str(key) not in by_id:
                raise UserError(self.env._("Quantity for rule %s, which is not asked for.", str(key)[:20]))
            if isinstance(quantity, bool) or not isinstance(quantity, int | float) or not math.isfinite(quantity) \
                    or not 0 <= quantity <= MAX_QUANTITY:
                raise UserError(self.env._("The quantity of rule %s must be a number, zero or more.", key))
            found[by_id[str(key)]] = float(quantity)
        return found

    def _policy_values(self, values):
        if not isinstance(values, dict) or not values:
            raise UserError(self.env._("values must be an object with at least one setting."))
        Policy, vals = self.env["gantry.reorder.policy"], {}
        for name, value in values.items():
            if name not in POLICY_SETTINGS:
                raise UserError(self.env._("A policy has no setting %s.", str(name)[:50]))
            vals[name] = self._policy_value(Policy._fields[name], value)
        return vals

    def _policy_value(self, field, value):
        name = field.name
        if value is None:
            return False
        if field.type == "many2one":
            return self._scope(name, field.comodel_name, value)
        if field.type == "selection":
            self._one_of(name, value, dict(field._description_selection(self.env)))
        elif field.type == "integer":
            if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_QUANTITY:
                raise UserError(self.env._("%s must be a whole number.", name))
        elif field.type == "date":
            return self._date(name, value)
        elif field.type == "boolean":
            if not isinstance(value, bool):
                raise UserError(self.env._("%s must be true or false.", name))
        elif field.type == "char":
            if not isinstance(value, str) or not value.strip():
                raise UserError(self.env._("%s must be a text.", name))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) \
                or abs(value) > MAX_QUANTITY:
            raise UserError(self.env._("%s must be a number.", name))
        return value

    def _policy_answer(self, policy):
        def value(name):
            field = policy._fields[name]
            if field.type == "many2one":
                return policy[name].id or None
            return policy[name] if field.type == "boolean" or policy[name] is not False else None

        return self._json({
            "policy_id": policy.id, "company_id": policy.company_id.id, "scope": policy.scope,
            "rules": policy.rule_count, **{name: value(name) for name in POLICY_SETTINGS},
        })
