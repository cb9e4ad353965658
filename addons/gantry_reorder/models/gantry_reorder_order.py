from datetime import timedelta

import psycopg2.extras

from odoo import api, fields, models
from odoo.addons.stock.models.stock_rule import ProcurementException
from odoo.exceptions import UserError
from odoo.tools import SQL


class GantryReorderOrder(models.Model):
    """Ordering: proposals go through Odoo's own procurement, so they end in draft purchase orders grouped by vendor,
    transfers between warehouses or manufacturing orders."""

    _inherit = "gantry.reorder.rule"

    def action_order(self):
        """Order the quantities of these rows now."""
        self._check_planner()
        since = fields.Datetime.now()
        done, failed = self._place_orders()
        if not done and not failed:
            raise UserError(self.env._("There is nothing to order: no row has a quantity."))
        words = [self.env._("%s products are ordered as drafts.", len(done))] if done else []
        words += [line for line in self._get_minimum_warnings(done)]
        words += [self.env._("%(product)s could not be ordered: %(error)s", product=rule.product_id.display_name,
                             error=error) for rule, error in failed[:3]]
        if len(failed) > 3:
            words.append(self.env._("%s more could not be ordered: see Health.", len(failed) - 3))
        return self._notify(
            " ".join(words), "warning" if failed else "success", done._get_documents_action(since), bool(failed))

    @api.model
    def action_order_all(self):
        """Order every row of the current companies that has a quantity and is not put off."""
        self._check_planner()
        return self.search(self._get_due_domain()).action_order()

    def _get_due_domain(self):
        return [
            ("company_id", "in", self.env.companies.ids), ("order_qty", ">", 0), ("state", "!=", "blocked"),
            ("is_snoozed", "=", False),
        ]

    def _place_orders(self, values=None):
        """Order the quantities of these rows.

        :param values: more values of the procurements (a vendor, a route)
        :return: (rows ordered, list of (row, sentence) that could not be)
        """
        done, failed = self.browse(), []
        for company, rules in self.filtered(lambda rule: rule.order_qty > 0).grouped("company_id").items():
            # sudo: procurement reads and writes rules, moves and drafts as the scheduler does; the planner's role and
            # company were checked by the caller
            ordered, errors = rules.with_company(company).sudo()._procure(values or {})
            done += ordered.sudo(False).with_env(self.env)
            failed += [(rule.sudo(False).with_env(self.env), error) for rule, error in errors]
        done._settle_ordered()
        self._file_failures(failed)
        return done, failed

    def _procure(self, values):
        """Run the procurements of one company; what fails is left out and told."""
        StockRule = self.env["stock.rule"].with_context(from_orderpoint=True)
        failed, rules = [], self
        while rules:
            asked = {rule: rule._get_procurement(values) for rule in rules}
            try:
                with self.env.cr.savepoint():
                    StockRule.run(list(asked.values()), raise_user_error=False)
                return rules, failed
            except ProcurementException as error:
                wrong = self.browse()
                for procurement, message in error.procurement_exceptions:
                    for rule in [one for one, other in asked.items() if other.values is procurement.values]:
                        wrong |= rule
                        failed.append((rule, message))
                if not wrong:
                    raise UserError(str(error.procurement_exceptions[0][1])) from error
                rules -= wrong
            except UserError as error:
                if len(rules) == 1:
                    return self.browse(), [*failed, (rules, str(error))]
                # one bad row must not keep the others from being ordered
                done = self.browse()
                for rule in rules:
                    ordered, errors = rule._procure(values)
                    done, failed = done + ordered, failed + errors
                return done, failed
        return rules, failed

    def _get_procurement(self, more):
        """The procurement of a row: for the day on which it can be there."""
        self.ensure_one()
        planned = fields.Datetime.now() + timedelta(days=int(self.lead_days_mean or 0))
        values = {
            "warehouse_id": self.warehouse_id, "date_planned": planned, "date_deadline": planned,
            "route_ids": self.orderpoint_id.route_id, "company_id": self.company_id,
        }
        if self.orderpoint_id:
            values["orderpoint_id"] = self.orderpoint_id
        if self.source == "buy" and self.seller_id:
            values |= {"date_order": planned - timedelta(days=self.seller_id.delay)}
        name = self.orderpoint_id.name or self.env._("Replenishment")
        return self.env["stock.rule"].Procurement(
            self.product_id, self.order_qty, self.uom_id, self.location_id, name, name, self.company_id, values | more)

    def _settle_ordered(self):
        """What was ordered is on its way: the rows are calculated again, quantities by hand are used up."""
        if not self:
            return
        self.env.flush_all()
        # sudo: both are the system's own notes on a row the planner may edit
        self.sudo().write({"has_manual_qty": False, "order_qty_manual": 0})
        self.env["gantry.reorder.issue"].sudo().search(
            [("rule_id", "in", self.ids), ("kind", "=", "order_failed")]).unlink()
        self._recompute()
        self.filtered(lambda rule: rule.kind == "bin")._settle_bins()

    def _file_failures(self, failed):
        """List what could not be ordered, once per row."""
        if not failed:
            return
        self.env.flush_all()
        psycopg2.extras.execute_values(self.env.cr._obj, *self._get_failure_rows(failed))
        self.env["gantry.reorder.issue"].invalidate_model()
        self.env.cr.execute(SQL(
            """
            UPDATE gantry_reorder_rule rule
               SET issue_count = (SELECT count(*) FROM gantry_reorder_issue WHERE rule_id = rule.id)
             WHERE id = ANY(%s)
            """,
            [rule.id for rule, _error in failed],
        ))
        self.invalidate_model(["issue_count"])

    def _get_failure_rows(self, failed):
        now, uid = fields.Datetime.now(), self.env.uid
        return """
            INSERT INTO gantry_reorder_issue (
                rule_id, product_id, warehouse_id, company_id, kind, severity, value, numbers, date_first, date_last,
                create_uid, write_uid, create_date, write_date) VALUES %s
            ON CONFLICT (rule_id, kind) DO UPDATE SET numbers = EXCLUDED.numbers, date_last = EXCLUDED.date_last
            """, [
            (rule.id, rule.product_id.id, rule.warehouse_id.id, rule.company_id.id, "order_failed", "1",
             rule.order_value, psycopg2.extras.Json({"note": " ".join(str(error).split())}), now, now, uid, uid, now,
             now)
            for rule, error in failed
        ]

    # -- afterwards

    def _get_minimum_warnings(self, done):
        """Sentences about vendors whose least order is not reached. Purchase knows."""
        return []

    def _get_documents_action(self, since):
        """The window on what was made; Purchase and Manufacturing add theirs."""
        moves = self.env["stock.move"].search([
            ("product_id", "in", self.product_id.ids), ("create_date", ">=", since),
            ("picking_id", "!=", False), ("state", "not in", ("done", "cancel")),
        ])
        if not moves:
            return None
        action = self.env["ir.actions.actions"]._for_xml_id("stock.action_picking_tree_all")
        return action | {"domain": [("id", "in", moves.picking_id.ids)], "context": {}, "target": "current"}
