import numpy as np

from odoo import api, models
from odoo.addons.gantry_forecast.models.gantry_forecast_recipe import CLASSES
from odoo.fields import Domain

from .gantry_reorder_policy import ABC

# what makes a policy more specific, in this order; a category counts with its depth
WEIGHTS = {"product_id": 100_000, "categ_id": 1000, "demand_class": 300, "abc": 200, "warehouse_id": 50, "dates": 10}


class GantryReorderPolicyMatch(models.Model):
    """Which policy holds for which row: the most specific one in force."""

    _inherit = "gantry.reorder.policy"

    @api.model
    def _get_class_names(self):
        return [name for name, _label in CLASSES]

    @api.model
    def _get_in_force(self, company):
        """Policies of a company in force today; the first run makes one for all products when there is none."""
        today = self.env["gantry.demand"]._get_today(company)
        domain = Domain("company_id", "=", company.id)
        return self.search(
            domain & Domain("date_from", "in", [False]) | domain & Domain("date_from", "<=", today)
        ).filtered(lambda policy: not policy.date_to or policy.date_to >= today)

    @api.model
    def _ensure_first(self, company):
        """A policy for all products, suggestions only, when the company never had any."""
        if self.with_context(active_test=False).search_count([("company_id", "=", company.id)], limit=1):
            return self.browse()
        # sudo: the run may be a planner's, who may not write policies; this one only suggests
        return self.sudo().create({
            "name": self.env._("All products"), "company_id": company.id, "mode": "suggest", "sequence": 100,
        }).sudo(False)

    def _get_specificity(self):
        """How specific a policy is; 0 for one that holds for everything."""
        self.ensure_one()
        score = sum(weight for name, weight in WEIGHTS.items() if name in self._fields and self[name])
        if self.categ_id:
            score += self.categ_id.parent_path.count("/")
        if self.date_from or self.date_to:
            score += WEIGHTS["dates"]
        return score

    def _match(self, rows):
        """The policy of each row.

        :param rows: structured array with product_id, warehouse_id, categ_id, abc (1 is A), demand_class (1 based)
        :return: int (n,): policy ids, 0 where none holds
        """
        found = np.zeros(len(rows), np.int32)
        open_rows = np.ones(len(rows), bool)
        order = sorted(self, key=lambda policy: (-policy._get_specificity(), policy.sequence, policy.id))
        below = self._get_categories_below()
        for policy in order:
            mask = open_rows & policy._get_mask(rows, below)
            found[mask] = policy.id
            open_rows &= ~mask
        return found

    def _get_categories_below(self):
        """Ids of a category and all below it, by category."""
        used = self.categ_id
        if not used:
            return {}
        categories = self.env["product.category"].search_fetch([("id", "child_of", used.ids)], ["parent_path"])
        return {
            top.id: [one.id for one in categories if one.parent_path.startswith(top.parent_path)] for top in used
        }

    def _get_mask(self, rows, below):
        """Rows within the scope of the policy."""
        mask = np.ones(len(rows), bool)
        if self.product_id:
            mask &= rows["product_id"] == self.product_id.id
        if self.warehouse_id:
            mask &= rows["warehouse_id"] == self.warehouse_id.id
        if self.categ_id:
            mask &= np.isin(rows["categ_id"], below[self.categ_id.id])
        if self.abc:
            mask &= rows["abc"] == [name for name, _label in ABC].index(self.abc) + 1
        if self.demand_class:
            mask &= rows["demand_class"] == self._get_class_names().index(self.demand_class) + 1
        return mask
