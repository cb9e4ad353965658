from odoo import fields, models
from odoo.exceptions import AccessError, UserError

RELEASE_GROUP = "gantry_hold.group_quality_release"


class GantryHold(models.Model):
    """The end of a hold: release by a second person, or rejection."""

    _inherit = "gantry.hold"

    def _release(self, lots=None, reason=None):
        """Let lots go again. Takes the role *Quality release* and another person than the one who held them.

        :param lots: only these lots; all that are still on hold when left out
        :param str reason: why they may go
        :return: the lots that were released
        """
        lines = self._lines_to_decide(lots, reason)
        for line in lines:
            if line.held_by_id == self.env.user:
                raise UserError(
                    self.env._(
                        "You put lot %(lot)s on hold in %(hold)s: somebody else has to release it.",
                        lot=line.lot_id.name, hold=line.hold_id.name,
                    )
                )  # fmt: skip
        lines.write(
            {
                "state": "released",
                "date_decided": fields.Datetime.now(),
                "released_by_id": self.env.uid,
                "decision_reason": reason,
            }
        )
        self._after_decision(lines, self.env._("Released from %(hold)s: %(reason)s"), reason)
        lines._reserve_again()
        return lines.lot_id.sudo(False)

    def _reject(self, lots=None, reason=None):
        """Lots never become free: they stay blocked, but may be scrapped or sent back to a vendor.

        :param lots: only these lots; all that are not decided when left out
        :param str reason: why they are rejected
        :return: the lots that were rejected
        """
        lines = self._lines_to_decide(lots, reason).filtered(lambda line: line.state != "rejected")
        lines.write(
            {
                "state": "rejected",
                "date_decided": fields.Datetime.now(),
                "rejected_by_id": self.env.uid,
                "decision_reason": reason,
            }
        )
        self._after_decision(lines, self.env._("Rejected by %(hold)s: %(reason)s"), reason)
        return lines.lot_id.sudo(False)

    def _lines_to_decide(self, lots, reason):
        if not self.env.user.has_group(RELEASE_GROUP):
            raise AccessError(self.env._("Lots are released and rejected by the role Quality release."))
        if not (reason or "").strip():
            raise UserError(self.env._("A decision needs a reason."))
        self.check_access("read")
        if self.filtered(lambda hold: hold.state == "draft"):
            raise UserError(self.env._("A draft holds nothing yet."))
        # sudo: lines are written by the buttons of the hold only; the role was checked
        lines = self.sudo().line_ids.filtered("is_active")
        if lots is not None:
            lines = lines.filtered(lambda line: line.lot_id in lots.sudo())
        if not lines:
            raise UserError(self.env._("None of these lots is still on hold here."))
        return lines

    def _after_decision(self, lines, text, reason):
        lines.lot_id._gantry_update_hold_state()
        for hold, group in lines.grouped("hold_id").items():
            body = text % {"hold": hold.name, "reason": reason}
            self._log_on_lots(group.lot_id, body)
            if hold.state in ("released", "rejected"):
                hold.activity_ids.action_feedback(feedback=reason)


class GantryHoldLot(models.Model):
    _inherit = "gantry.hold.lot"

    def _reserve_again(self):
        """What lost its reservation to the hold and still waits gets another try, a step of a chain its own lot."""
        free = self.lot_id.filtered(lambda lot: lot.gantry_hold_state == "free")
        moves = self.hold_id.hit_ids.filtered(lambda hit: hit.lot_id in free).move_id
        moves.filtered(
            lambda move: move.state in ("waiting", "confirmed", "partially_available") and not move.picked
        )._action_assign()
