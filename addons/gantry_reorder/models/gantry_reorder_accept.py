from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare

OPEN = ("proposed", "waiting")


class GantryReorderAccept(models.Model):
    """What planners do with a proposal: accept it, keep the rule in force, take a change back, put it off.

    Writing a reordering rule needs the inventory manager in Odoo. A planner may set them through these methods only:
    the role and the company are checked, the levels are the ones the run has proposed, and every change is in the
    history with the user, so it can be undone.
    """

    _inherit = "gantry.reorder.rule"

    def action_accept(self):
        """Set the reordering rules to the proposed levels."""
        self._check_planner()
        done = self._accept()
        return self._notify(
            self.env._("%s reordering rules are set.", len(done)) if done
            else self.env._("There was nothing to accept: these rules are as proposed, or blocked by a problem."))

    @api.model
    def action_accept_all(self):
        """Set all rules of the current companies with an open proposal, but for those that people set by hand."""
        self._check_planner()
        rules = self.search([("company_id", "in", self.env.companies.ids), ("state", "in", OPEN)])
        by_hand = rules.filtered("hand_edited")
        answer = (rules - by_hand).action_accept()
        if by_hand:
            answer["params"]["message"] += " " + self.env._(
                "%s rules set by hand were left out: select them to accept.", len(by_hand))
        return answer

    def _accept(self):
        """:return: the rows whose reordering rule was written or created"""
        done = self.browse()
        for company, rules in self.grouped("company_id").items():
            rules = rules.with_company(company)
            rules._link_orderpoints(company)
            rules.invalidate_recordset()
            ready = rules.filtered(lambda rule: rule._is_acceptable())
            old = ready.filtered("orderpoint_id")
            if old:
                done += self.browse(old._write_points(
                    company, old.ids, old.mapped("new_min"), old.mapped("new_max"), "accept"))
            if fresh := ready - old:
                done += self.browse(fresh._create_points(
                    company, fresh.ids, fresh.mapped("new_min"), fresh.mapped("new_max")))
        return done

    def _is_acceptable(self):
        """Whether there are levels, and they differ from the rule in force."""
        if self.state == "blocked" or not self.last_run or self.new_max < self.new_min:
            return False
        if not self.orderpoint_id:
            return self.new_max > 0
        return self.hand_edited or (self.new_min, self.new_max) != (self.old_min, self.old_max)

    def action_keep(self):
        """Keep the rules in force: the same proposal does not come back, only one that is clearly different."""
        self._check_planner()
        # sudo: the state is the run's, setting it aside is the planner's decision, checked above
        for rule in self.filtered(lambda rule: rule.state in OPEN).sudo():
            rule.write({"state": "ok", "kept_min": rule.new_min, "kept_max": rule.new_max})

    def action_undo(self):
        """Take the last change of each rule back."""
        self._check_planner()
        changes = self.env["gantry.reorder.change"]
        for rule in self:
            changes += rule.change_ids.filtered(lambda change: change._is_open())[:1]
        if not changes:
            raise UserError(self.env._("There is no change to take back."))
        return changes.action_undo()

    def action_snooze(self, days=7):
        """Put rows off: they leave the list of what to order until then."""
        self._check_planner()
        for company, rules in self.grouped("company_id").items():
            today = self.env["gantry.demand"]._get_today(company)
            rules.snoozed_until = fields.Date.add(today, days=int(days))

    def action_wake(self):
        self._check_planner()
        self.snoozed_until = False

    def action_reset_qty(self):
        """Back to the proposed quantities."""
        self._check_planner()
        # sudo: the flag follows the quantity, which planners may edit
        self.sudo().write({"has_manual_qty": False, "order_qty_manual": 0})

    def _notify(self, message, kind="success", follow=None, sticky=False):
        """A note in the corner of the screen, then a reload of the list or another action."""
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {
                "message": message, "type": kind, "sticky": sticky,
                "next": follow or {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


class GantryReorderUndo(models.Model):
    _inherit = "gantry.reorder.change"

    def _is_open(self):
        return not self.undone and self.kind != "undo" and bool(self.orderpoint_id)

    def _check_undo(self):
        """Only the last change of a rule can be taken back, while the rule is as that change left it: older levels
        are no proposal, and what an inventory manager has set is for one of them to take back."""
        self.ensure_one()
        name = self.product_id.display_name
        if not self._is_open():
            raise UserError(self.env._("This change of %s was taken back before.", name))
        # sudo: reordering rules need the inventory manager; only compared here, and locked until it is written
        point = self.orderpoint_id.sudo()
        point.flush_recordset()
        self.env.cr.execute(
            "SELECT product_min_qty::float8, product_max_qty::float8, active FROM stock_warehouse_orderpoint"
            " WHERE id = %s FOR UPDATE", (point.id,))
        *levels, active = self.env.cr.fetchone()
        # sudo: later changes count, whoever may see them
        later = self.sudo().search([
            ("orderpoint_id", "=", point.id), ("undone", "=", False), ("kind", "!=", "undo")], limit=1)
        as_left = not active if self.kind == "archive" else (
            float_compare(levels[0], self.new_min, precision_digits=4) == 0
            and float_compare(levels[1], self.new_max, precision_digits=4) == 0)
        if later != self.sudo() or not as_left:
            raise UserError(self.env._(
                "The rule of %s was changed again since: only its last change can be taken back.", name))
        if self.kind == "hand" and not self.env.user.has_group("stock.group_stock_manager") and not self.env.su:
            raise AccessError(self.env._(
                "The rule of %s was set by hand: an inventory manager can take that back, or accept a proposal.", name))

    def action_undo(self):
        """Set the reordering rules back to what they were before these changes."""
        Rule = self.env["gantry.reorder.rule"]
        Rule._check_planner()
        self.check_access("read")
        for change in self.sorted(lambda change: (change.date, change.id), reverse=True):
            change._check_undo()
            change._undo()
        return Rule._notify(self.env._("%s changes were taken back.", len(self)))

    def _undo(self):
        # sudo: reordering rules need the inventory manager; the planner's role was checked, the history keeps it
        point = self.orderpoint_id.sudo().with_context(active_test=False)
        rule = self.rule_id or self.env["gantry.reorder.rule"].sudo().search([("orderpoint_id", "=", point.id)])
        now = (point.product_min_qty, point.product_max_qty)
        back = (self.old_min, self.old_max)
        if self.kind == "create":
            point._write_by_gantry({"active": False})
            back = (0.0, 0.0)
        else:
            vals = {"product_min_qty": back[0], "product_max_qty": back[1]}
            if not point.active:
                vals["active"] = True
            point._write_by_gantry(vals)
        logged = self.env["gantry.reorder.change"]
        if rule:
            logged = rule._log_change("undo", {rule.id: now}, {rule.id: back})
            # sudo: as above; the run must not do at night what was just taken back
            rule.sudo().write({
                "hand_edited": True, "state": "waiting", "active": True,
                "orderpoint_id": False if self.kind == "create" else point.id, "old_min": back[0], "old_max": back[1],
            })
        self.sudo().write({"undone": True, "undone_by_id": logged.id})
