from odoo import api, fields, models
from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import UserError

from ..core import Limits, sample, score

# what the books can tell; the rest somebody ticks
BOOKED = [
    ("traced", "Lots traced"),
    ("hazard", "Hazard evaluation signed"),
    ("held", "Everything that is here is held"),
    ("told", "Every consignee was told"),
    ("answered", "Every consignee answered or was reached"),
    ("checked", "Effectiveness checks passed"),
    ("balanced", "Every difference has a reason"),
    ("cause", "Root cause and remedy written down"),
]
TICKED = [
    ("authority", "Authority and certification body informed, or not necessary"),
    ("public", "Public warning given, or not necessary"),
    ("disposed", "What is held or came back is destroyed, reworked or released"),
    ("lessons", "Lessons discussed with everybody who took part"),
]
IN_DRILL = ("traced", "held", "told", "balanced", "lessons")


class GantryRecall(models.Model):
    """Effectiveness checks, checklist, closing; the score of a drill."""

    _inherit = "gantry.recall"

    check_level = fields.Selection(
        [("a", "A: all"), ("b", "B: a set share"), ("c", "C: 10 %"), ("d", "D: 2 %"), ("e", "E: none")],
        "Effectiveness checks", required=True, default="c", tracking=True,
    )  # fmt: skip
    check_share = fields.Float("Share", default=0.5, help="Share of the consignees at level B.")
    check_ids = fields.One2many("gantry.recall.check", "recall_id", "Checks")
    item_ids = fields.One2many("gantry.recall.item", "recall_id", "Checklist")
    profile_id = fields.Many2one("gantry.recall.profile", check_company=True, help="Limits that a drill has to keep.")
    score = fields.Float(readonly=True, copy=False, aggregator="avg")
    score_minutes = fields.Float("Minutes", readonly=True, copy=False, aggregator="avg")
    score_accounted = fields.Float("Accounted for at closing", readonly=True, copy=False, aggregator="avg")
    score_reached = fields.Float("Reached", readonly=True, copy=False, aggregator="avg")
    score_passed = fields.Boolean("Passed", readonly=True, copy=False)
    score_failed = fields.Char("Limits missed", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        recalls = super().create(vals_list)
        labels = dict(BOOKED + TICKED)
        # sudo: the checklist is made with the case
        self.env["gantry.recall.item"].sudo().create(
            [
                {"recall_id": recall.id, "code": code, "sequence": number}
                for recall in recalls
                for number, code in enumerate(labels)
                if not recall.is_drill or code in IN_DRILL
            ]
        )
        return recalls

    def action_draw_checks(self):
        """Draw who is asked whether the notice arrived; the seed is stored, so the draw can be repeated."""
        self.check_access("write")
        self._require_open()
        for recall in self:
            notices = {notice.id: notice for notice in recall.notice_ids if notice.state != "draft"}
            try:
                drawn = sample(list(notices), recall.check_level, recall.check_seed, recall.check_share)
            except ValueError as error:
                raise UserError(str(error)) from None
            new = set(drawn) - set(recall.check_ids.notice_id.ids)
            # sudo: who is asked is drawn, not chosen
            self.env["gantry.recall.check"].sudo().create([{"notice_id": notice_id} for notice_id in sorted(new)])
            note = self.env._(
                "Level %(level)s, seed %(seed)s: %(drawn)s of %(all)s consignees",
                level=recall.check_level.upper(), seed=recall.check_seed, drawn=len(drawn), all=len(notices),
            )  # fmt: skip
            recall._log_step("checked", note)
        return True

    # -- what the checklist finds

    def _check_traced(self):
        return bool(self.snapshot_ids)

    def _check_hazard(self):
        return bool(self.hazard_signed_at)

    def _check_held(self):
        if self.is_drill:
            return "held" in self.step_ids.mapped("code")
        rows = self.scope_ids.filtered(lambda row: row.in_scope and row.direction == "down" and row.lot_id)
        free = rows.filtered(lambda row: row.lot_id.sudo().gantry_hold_state == "free")
        released = self.hold_ids.sudo().line_ids.filtered(lambda line: line.state == "released").lot_id
        return bool(self.snapshot_ids) and not (free.lot_id.sudo() - released)

    def _check_told(self):
        return bool(self.snapshot_ids) and all(
            notice.state != "draft" and not notice.is_outdated for notice in self.notice_ids
        ) and set(self._prepare_notice_rows()) <= set(self.notice_ids.partner_id.ids)

    def _check_answered(self):
        return bool(self.snapshot_ids) and all(
            notice.state in ("answered", "reached") for notice in self.notice_ids
        )

    def _check_checked(self):
        drawn = self.check_level == "e" or not self.notice_ids or self.check_ids
        return bool(drawn) and all(check.result == "passed" for check in self.check_ids)

    def _check_balanced(self):
        return "balanced" in self.step_ids.mapped("code") and not self.unexplained_count

    def _check_cause(self):
        return bool((self.root_cause or "").strip() and (self.corrective_action or "").strip())

    # -- closing

    @check_identity
    def action_close(self):
        """Close under the name of the user, who types the password again."""
        self._close()
        return True

    def _close(self):
        self.check_access("write")
        self._require_open()
        for recall in self:
            if not recall.is_drill:
                recall._require_manager()
            recall._lock()
            # the books are outside of what the items depend on
            recall.item_ids.invalidate_recordset(["is_ok"])
            open_items = recall.item_ids.filtered(lambda item: not item.is_ok)
            if open_items:
                names = "\n".join(f"- {item.name}" for item in open_items)
                raise UserError(
                    self.env._("%(recall)s is not finished:\n%(items)s", recall=recall.name, items=names)
                )
            vals = recall._prepare_score() if recall.is_drill else {}
            last = recall.snapshot_ids.sorted("number")[-1:]
            recall._log_step("closed", self.env._("Chain of snapshots: %s", last.chain_hash or "-"))
            # sudo: closed by the button only
            recall.sudo().write({"state": "closed", "date_closed": fields.Datetime.now(), **vals})

    def _prepare_score(self):
        """Against the limits of the profile; without one only what was measured."""
        notices = self.notice_ids
        minutes = (fields.Datetime.now() - self.date_opened).total_seconds() / 60
        reached = len(notices.filtered(lambda notice: notice.email or notice.phone)) / len(notices) if notices else 1.0
        rows = self._account().values()
        over = max((row.over / row.total for row in rows if row.total > 0), default=0.0)
        vals = {"score_minutes": minutes, "score_accounted": self.accounted, "score_reached": reached}
        if self.profile_id:
            limits = self.profile_id._limits()
            result = score(limits, minutes=minutes, accounted=self.accounted, over=over, reached=reached)
            vals |= {"score": result.points, "score_passed": result.passed, "score_failed": ", ".join(result.failed)}
        return vals


class GantryRecallCheck(models.Model):
    """One consignee is asked whether the notice reached it and was acted upon."""

    _name = "gantry.recall.check"
    _description = "Effectiveness check"
    _order = "recall_id desc, id"
    _rec_name = "notice_id"

    notice_id = fields.Many2one("gantry.recall.notice", required=True, readonly=True, index=True, ondelete="cascade")
    recall_id = fields.Many2one(related="notice_id.recall_id", store=True, index=True)
    company_id = fields.Many2one(related="notice_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="notice_id.partner_id")
    method = fields.Selection([("phone", "Phone"), ("visit", "Visit"), ("mail", "Mail")], default="phone")
    result = fields.Selection([("passed", "Passed"), ("failed", "Failed")])
    note = fields.Text()
    checked_at = fields.Datetime(readonly=True)
    checked_by_id = fields.Many2one("res.users", "Checked by", readonly=True)

    _notice_uniq = models.UniqueIndex("(notice_id)", "A consignee is checked once per case.")

    def write(self, vals):
        if not self.env.su:
            self.recall_id._require_open()
            if set(vals) - {"method", "result", "note"}:
                raise UserError(self.env._("Who is checked was drawn; only what was found can be written."))
        if "result" in vals:
            vals = vals | {"checked_at": fields.Datetime.now(), "checked_by_id": self.env.uid}
        return super().write(vals)


class GantryRecallItem(models.Model):
    """A line of the closing checklist: found in the books, or ticked by somebody; a manager may waive it."""

    _name = "gantry.recall.item"
    _description = "Checklist of a recall"
    _order = "recall_id desc, sequence, id"

    recall_id = fields.Many2one("gantry.recall", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="recall_id.company_id", store=True, index=True)
    sequence = fields.Integer()
    code = fields.Selection(BOOKED + TICKED, "What", required=True, readonly=True)
    name = fields.Char(compute="_compute_name")
    is_booked = fields.Boolean("By the books", compute="_compute_ok")
    is_ok = fields.Boolean("Done", compute="_compute_ok")
    ticked = fields.Boolean()
    waiver = fields.Char("Waived because", help="A manager may say why this is not necessary.")
    note = fields.Char()
    user_id = fields.Many2one("res.users", "By", readonly=True)
    at = fields.Datetime(readonly=True)

    def _compute_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for item in self:
            item.name = labels[item.code]

    @api.depends("ticked", "waiver")
    def _compute_ok(self):
        booked = dict(BOOKED)
        for item in self:
            item.is_booked = item.code in booked
            done = getattr(item.recall_id, f"_check_{item.code}")() if item.is_booked else item.ticked
            item.is_ok = done or bool((item.waiver or "").strip())

    def write(self, vals):
        if not self.env.su:
            self.recall_id._require_open()
            if set(vals) - {"ticked", "waiver", "note"}:
                raise UserError(self.env._("Only ticks, notes and waivers can be written."))
            if "waiver" in vals and not all(self.recall_id.mapped("is_drill")):
                self.recall_id._require_manager()
            vals = vals | {"user_id": self.env.uid, "at": fields.Datetime.now()}
        return super().write(vals)


class GantryRecallProfile(models.Model):
    """What a drill has to reach."""

    _name = "gantry.recall.profile"
    _description = "Profile of recall drills"
    _order = "name"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company, index=True)
    max_minutes = fields.Float("Time limit (minutes)", required=True, default=240.0)
    min_accounted = fields.Float("Accounted for at least", required=True, default=1.0)
    max_over = fields.Float("Too much at most", required=True, default=0.05)
    min_reached = fields.Float("Contacts known at least", required=True, default=1.0)
    active = fields.Boolean(default=True)

    @api.constrains("max_minutes", "min_accounted", "max_over", "min_reached")
    def _check_limits(self):
        for profile in self:
            profile._limits()

    def _limits(self):
        names = ("max_minutes", "min_accounted", "max_over", "min_reached")
        try:
            return Limits(**{name: self[name] for name in names})
        except ValueError as error:
            raise UserError(str(error)) from None
