import numpy as np

from odoo import api, models
from odoo.tools import SQL

from .gantry_reorder_issue import KINDS
from .gantry_reorder_rule import SOURCES

KIND_CODES = {kind: number for number, (kind, _label) in enumerate(KINDS, 1)}
SOURCE_CODES = {source: number for number, (source, _label) in enumerate(SOURCES, 1)}
# what the core finds: kind of problem, and which two of its numbers the sentence shows
FOUND = {
    "no_lead_time": ("no_lead", ()),
    "no_forecast": ("no_forecast", ()),
    "no_cost": ("no_cost", ()),
    "multiple_over_cap": ("multiple_cap", ("multiple", "cap")),
    "minimum_over_cap": ("multiple_cap", ("minimum", "cap")),
    "min_over_max": ("min_above_max", ("minimum", "maximum")),
    "negative_stock": ("negative", ("on_hand",)),
    "min_over_max_days": ("infeasible", ("min_days", "max_days")),
}


class Issues:
    """Problems found in a shard: row of the batch, kind, whether it blocks, two numbers for the sentence."""

    def __init__(self):
        self.parts = []

    def add(self, kind, rows, blocking, first=np.nan, second=np.nan):
        rows = np.atleast_1d(np.asarray(rows, np.int64))
        part = np.zeros(len(rows), [
            ("row", "i4"), ("rule_id", "i4"), ("kind", "i4"), ("severity", "i4"), ("first", "f8"), ("second", "f8")])
        part["row"], part["kind"], part["severity"] = rows, KIND_CODES[kind], 2 if blocking else 1
        part["first"], part["second"] = first, second
        self.parts.append(part)

    @property
    def array(self):
        found = np.concatenate(self.parts) if self.parts else np.zeros(0, [
            ("row", "i4"), ("rule_id", "i4"), ("kind", "i4"), ("severity", "i4"), ("first", "f8"), ("second", "f8")])
        # one row per rule and kind, the worst first
        found = found[np.lexsort((-found["severity"], found["kind"], found["row"]))]
        keys = found["row"].astype(np.int64) * 100 + found["kind"]
        return found[np.unique(keys, return_index=True)[1]]

    def blocks(self, size):
        """Rules with a problem that blocks them, bool (size,)."""
        blocked = np.zeros(size, bool)
        found = self.array
        blocked[found["row"][found["severity"] == 2]] = True
        return blocked

    def counts(self, size):
        """Problems per rule."""
        return np.bincount(self.array["row"], minlength=size)

    def file(self, env, company, batch, figures):
        """List what was found; what is not found any more disappears."""
        found = self.array
        found["rule_id"] = batch.rows["id"][found["row"]]
        env["gantry.reorder.rule"]._open_table("gantry_reorder_found", found)
        ids = batch.rows["id"].tolist()
        cr = env.cr
        kinds = [kind for kind, _label in KINDS]
        cr.execute(SQL(
            """
            DELETE FROM gantry_reorder_issue issue
             WHERE issue.rule_id = ANY(%(ids)s)
               AND (issue.kind != 'order_failed'
                    OR EXISTS (SELECT FROM gantry_reorder_rule rule
                                WHERE rule.id = issue.rule_id AND rule.order_qty <= 0))
               AND NOT EXISTS (SELECT FROM gantry_reorder_found found
                                WHERE found.rule_id = issue.rule_id AND (%(kinds)s::text[])[found.kind] = issue.kind)
            """,
            ids=ids, kinds=kinds,
        ))
        cr.execute(SQL(
            """
            INSERT INTO gantry_reorder_issue AS issue (
                rule_id, product_id, warehouse_id, company_id, kind, severity, value, numbers, date_first, date_last,
                create_uid, write_uid, create_date, write_date)
            SELECT rule.id, rule.product_id, rule.warehouse_id, rule.company_id, (%(kinds)s::text[])[found.kind],
                   found.severity::text, 30 * rule.forecast_day_qty * rule.unit_cost,
                   jsonb_build_object('first', NULLIF(found.first, 'NaN'), 'second', NULLIF(found.second, 'NaN')),
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', %(uid)s, %(uid)s,
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM gantry_reorder_found found JOIN gantry_reorder_rule rule ON rule.id = found.rule_id
                ON CONFLICT (rule_id, kind) DO UPDATE
               SET severity = EXCLUDED.severity, value = EXCLUDED.value, numbers = EXCLUDED.numbers,
                   date_last = EXCLUDED.date_last
            """,
            kinds=kinds, uid=env.uid,
        ))
        cr.execute("DROP TABLE gantry_reorder_found")
        env["gantry.reorder.issue"].invalidate_model()


class GantryReorderHealth(models.Model):
    """What is wrong with single rules: found in arrays, told in sentences."""

    _inherit = "gantry.reorder.rule"

    def _find_issues(self, batch, plan):
        """Everything wrong with the rules of a batch."""
        found, rows = Issues(), batch.rows
        for violation in plan.violations:
            kind, names = FOUND.get(violation.code, ("infeasible", ()))
            numbers = [violation.numbers.get(name, np.nan) for name in names] + [np.nan, np.nan]
            found.add(kind, violation.row, violation.blocking, *numbers[:2])
        found.add("no_policy", np.flatnonzero(batch.place < 0), False)
        found.add("archived", np.flatnonzero(~rows["product_active"]), True)
        unsold = (rows["source"] == SOURCE_CODES["none"]) & ~rows["has_seller"]
        lost = (rows["source"] == SOURCE_CODES["buy"]) & (rows["seller_id"] == 0)
        found.add("no_vendor", np.flatnonzero(unsold | lost), False)
        found.add("no_source", np.flatnonzero((rows["source"] == SOURCE_CODES["none"]) & rows["has_seller"]), False)
        found.add("uom", np.flatnonzero(~rows["uom_fits"]), True)
        without_cost = batch.rate_missing & (rows["standard_price"] <= 0)
        found.add("currency", np.flatnonzero(batch.rate_missing & ~without_cost), False)
        found.add("currency", np.flatnonzero(without_cost), True)
        found.add("no_cost", np.flatnonzero(batch.unit_cost <= 0), False)
        edited = np.flatnonzero(rows["hand_edited"])
        found.add("hand", edited, False, rows["old_min"][edited], rows["old_max"][edited])
        return found


class GantryReorderIssueWords(models.Model):
    _inherit = "gantry.reorder.issue"

    @api.depends("kind", "numbers", "product_id", "warehouse_id")
    @api.depends_context("lang")
    def _compute_message(self):
        for issue in self:
            numbers = issue.numbers or {}
            template = issue._get_sentences().get(issue.kind, issue.kind)
            if issue.kind == "hand" and numbers.get("first") is None:
                template = issue._get_gone_sentence()
            words = {
                "product": issue.product_id.display_name, "warehouse": issue.warehouse_id.display_name,
                "first": issue._word(numbers.get("first")), "second": issue._word(numbers.get("second")),
                "note": numbers.get("note") or "",
                "vendor": issue.rule_id.vendor_id.display_name or "",
            }
            issue.message = str(template) % words

    def _word(self, number):
        return self.env["gantry.explain"]._format(number)

    def _get_gone_sentence(self):
        return self.env._(
            "The rule of %(product)s was taken back or deleted by hand, and is not made again until you accept a "
            "proposal.")

    def _get_sentences(self):
        _ = self.env._
        return {
            "no_vendor": _("%(product)s has no vendor: add one on the product, or a route to another source."),
            "no_source": _(
                "No route of %(product)s leads into %(warehouse)s: allow buying, making or a transfer there."),
            "no_lead": _(
                "The lead time of %(product)s is unknown: nothing was received yet and none is set on vendor, route or "
                "policy."),
            "no_forecast": _(
                "%(product)s has no forecast in %(warehouse)s: refresh the forecasts, or import its history."),
            "no_policy": _("No policy holds for %(product)s: add one, or widen the scope of another."),
            "negative": _("The stock of %(product)s is negative (%(first)s): count it."),
            "min_above_max": _("The rule in force has its minimum %(first)s above its maximum %(second)s."),
            "archived": _("%(product)s is archived but has a reordering rule: archive the rule, or restore it."),
            "multiple_cap": _(
                "Orders of %(product)s come in multiples or least quantities of %(first)s, more than the limit of "
                "%(second)s: change the vendor's unit or the policy's bin space."),
            "currency": _(
                "The price of %(vendor)s for %(product)s is in a currency without a rate: prices cannot be compared."),
            "uom": _(
                "%(vendor)s sells %(product)s in a unit that cannot be converted into the product's own: change the "
                "unit of the vendor's price."),
            "hand": _(
                "The rule was set by hand to %(first)s and %(second)s, and stays so until you accept a proposal."),
            "infeasible": _("The limits of the policy contradict each other for %(product)s."),
            "no_cost": _("%(product)s has no cost: its stock and its shortage count as worth nothing."),
            "order_failed": _("%(product)s could not be ordered: %(note)s"),
        }
