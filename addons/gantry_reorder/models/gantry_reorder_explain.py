from odoo import fields, models

NUMBERS = (
    "forecast_day_qty", "lead_days_mean", "lead_days_p10", "lead_days_p90", "lead_source", "lead_count",
    "set_lead_days", "protect_days", "protect_qty", "target_kind", "target_pct", "safety_qty", "expected_fill",
    "expected_cycle", "usual_order_qty", "new_multiple", "binding",
)


class GantryReorderExplain(models.Model):
    """Why these levels: the numbers of the row, in words."""

    _inherit = "gantry.reorder.rule"

    def _compute_explanation(self):
        explain = self.env["gantry.explain"]
        for rule in self:
            rule.explanation = explain._explain(rule._get_order_reasons() + rule._get_reasons(
                {name: rule[name] for name in NUMBERS}, rule.policy_id))

    def _get_reasons(self, numbers, policy):
        """Codes and numbers for `gantry.explain`.

        :param numbers: values of NUMBERS, of the row now or kept with a change
        """
        if not numbers.get("target_kind") or not numbers.get("protect_days"):
            return [{"code": "reorder_no_levels", "numbers": {}}]
        found = [
            {"code": "reorder_demand", "numbers": {"week": 7 * numbers["forecast_day_qty"]}},
            self._get_lead_reason(numbers),
            {"code": "reorder_protect", "numbers": {
                "days": numbers["protect_days"], "quantity": numbers["protect_qty"]}},
            {"code": f"reorder_target_{numbers['target_kind']}", "numbers": {
                "target": numbers["target_pct"] / 100, "safety": numbers["safety_qty"],
                "fill": numbers["expected_fill"] / 100, "cycle": numbers["expected_cycle"] / 100}},
        ]
        found += self._get_proof_reasons(numbers, policy)
        if numbers["usual_order_qty"]:
            found.append({"code": "reorder_size", "numbers": {"quantity": numbers["usual_order_qty"]}})
        if numbers["new_multiple"]:
            found.append({"code": "reorder_multiple", "numbers": {"multiple": numbers["new_multiple"]}})
        if numbers["binding"] not in (False, None, "none"):
            found.append({"code": f"reorder_limit_{numbers['binding']}", "numbers": {}})
        if policy:
            found.append({"code": "reorder_policy", "numbers": {"policy": policy.name, "scope": policy.scope}})
        return found

    def _get_proof_reasons(self, numbers, policy):
        """What the policy aims at since the past was replayed; only where it says something about this row."""
        if numbers["target_kind"] != "fill" or not policy or len(self) != 1:
            return []
        aims = self.env["gantry.reorder.proof"]._get_aims(policy)
        proof = aims.get((policy, False)) or aims.get((policy, self.demand_class))
        return proof._get_reasons() if proof else []

    def _get_lead_reason(self, numbers):
        source = numbers["lead_source"] or "none"
        if source in ("set", "policy", "none"):
            return {"code": f"reorder_lead_{source}", "numbers": {"days": numbers["lead_days_mean"]}}
        return {"code": f"reorder_lead_{source}", "numbers": {
            "low": numbers["lead_days_p10"], "high": numbers["lead_days_p90"], "count": numbers["lead_count"]}}

    def _get_order_reasons(self):
        """What is due, and what keeps the row from being in order."""
        self.ensure_one()
        found = [
            {"code": "reorder_issue", "numbers": {"problem": issue.message}} for issue in self.issue_ids
        ]
        today = self.env["gantry.demand"]._get_today(self.company_id) if self.company_id else fields.Date.today()
        if self.order_qty_computed:
            found.append({"code": "reorder_now", "numbers": {
                "quantity": self.order_qty_computed, "position": self.on_hand_qty + self.incoming_qty,
                "date": self.projected_stockout_date or None}})
        elif self.order_by_date and self.order_by_date > today:
            found.append({"code": "reorder_wait", "numbers": {"date": self.order_by_date}})
        if self.projected_stockout_date and not self.order_qty_computed:
            found.append({"code": "reorder_stockout", "numbers": {"date": self.projected_stockout_date}})
        if self.waste_qty:
            found.append({"code": "reorder_waste", "numbers": {"quantity": self.waste_qty}})
        if self.state == "waiting" and not self.hand_edited:
            found.append({"code": "reorder_waits", "numbers": {"change": self.change_pct / 100}})
        return found


class GantryReorderChangeReason(models.Model):
    _inherit = "gantry.reorder.change"

    def _compute_reason(self):
        Rule, explain = self.env["gantry.reorder.rule"], self.env["gantry.explain"]
        for change in self:
            words = []
            if change.numbers and change.kind in ("auto", "accept", "create"):
                words = [line["text"] for line in explain._explain(
                    Rule._get_reasons(change.numbers, change.policy_id))]
            change.reason = " ".join(filter(None, [change.note, *words]))


class GantryExplain(models.AbstractModel):
    _inherit = "gantry.explain"

    def _reason_templates(self):
        _ = self.env._
        measured = {"count": "integer"}
        target = {"target": "percent", "fill": "percent", "cycle": "percent"}
        return super()._reason_templates() | {
            "reorder_no_levels": _("Not calculated yet, or not possible: see the problems."),
            "reorder_demand": _("The forecast is %(week)s a week over the next four weeks."),
            "reorder_proved": (
                _("Levels set from the forecast's own spread reached %(reached)s of the demand in a replay of the last "
                  "%(days)s days; to reach %(target)s they aim at %(aim)s."),
                {"target": "percent", "reached": "percent", "aim": "percent", "days": "integer"}),
            "reorder_steady": _(
                "The forecast is averaged with the demand of the last year, which needed less stock in the replay."),
            "reorder_lead_product": (
                _("Lead time %(low)s to %(high)s days, measured on %(count)s receipts of this product."), measured),
            "reorder_lead_vendor": (
                _("Lead time %(low)s to %(high)s days, measured mostly on %(count)s receipts of the vendor."),
                measured),
            "reorder_lead_category": (
                _("Lead time %(low)s to %(high)s days, measured mostly on %(count)s receipts of the category."),
                measured),
            "reorder_lead_route": (
                _("Lead time %(low)s to %(high)s days, measured on %(count)s transfers between the warehouses."),
                measured),
            "reorder_lead_set": _("Lead time %(days)s days as set in Odoo: no receipt was measured yet."),
            "reorder_lead_policy": _("Lead time %(days)s days from the policy: nothing was measured or set."),
            "reorder_lead_none": _("The lead time is unknown."),
            "reorder_protect": _(
                "Stock must last for %(days)s days (lead time and time to the next review): demand %(quantity)s."),
            "reorder_target_fill": (
                _("A fill rate of %(target)s needs %(safety)s safety stock; %(fill)s is expected."), target),
            "reorder_target_cycle": (
                _("A cycle service of %(target)s needs %(safety)s safety stock; %(cycle)s is expected."), target),
            "reorder_target_cost": (
                _("Holding and shortage together are cheapest with %(safety)s safety stock: a fill rate of %(fill)s."),
                target),
            "reorder_size": _("A usual order is %(quantity)s."),
            "reorder_multiple": _("Orders are rounded up to multiples of %(multiple)s."),
            "reorder_limit_bin_space": _("The bin space limits the levels."),
            "reorder_limit_shelf_life": _("The shelf life limits the levels: what arrives must sell in time."),
            "reorder_limit_max_days": _("The policy's most stock in days limits the levels."),
            "reorder_limit_min_days": _("The policy's least stock in days raises the levels."),
            "reorder_limit_committed": _("Open orders of customers raise the levels."),
            "reorder_limit_budget": _("The policy's budget limits the levels."),
            "reorder_limit_minimum_qty": _("The vendor's least order raises the maximum."),
            "reorder_limit_service_group": _("The policy's products reach the target together."),
            "reorder_policy": (_("Policy: %(policy)s (%(scope)s)."), {"policy": "text", "scope": "text"}),
            "reorder_now": _(
                "Order %(quantity)s now: %(position)s on hand and on its way last until %(date)s."),
            "reorder_wait": _("Nothing to order today; the next order is due on %(date)s."),
            "reorder_stockout": _("Without another order it runs out on %(date)s."),
            "reorder_waste": _("%(quantity)s on hand expire before they sell."),
            "reorder_waits": (_("The change of %(change)s is large and waits for approval."), {"change": "percent"}),
            "reorder_issue": (_("%(problem)s"), {"problem": "text"}),
        }

    def _reason_labels(self):
        _ = self.env._
        return super()._reason_labels() | {
            "week": _("A week"), "low": _("Fastest of ten"), "high": _("Slowest of ten"), "safety": _("Safety stock"),
            "fill": _("Fill rate"), "cycle": _("Cycle service"), "target": _("Target"), "multiple": _("Multiple"),
        }
