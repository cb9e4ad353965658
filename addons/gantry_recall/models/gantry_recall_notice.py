import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import Answer

FREE_TO_WRITE = {"email", "phone", "to_call", "call_reason"}
TOKEN_BYTES = 32


class GantryRecallNotice(models.Model):
    """What one consignee is told, and what it answers."""

    _name = "gantry.recall.notice"
    _inherit = ["mail.thread"]
    _description = "Notice of a recall"
    _order = "recall_id desc, state, id"
    _check_company_auto = True

    recall_id = fields.Many2one("gantry.recall", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="recall_id.company_id", store=True, index=True)
    is_drill = fields.Boolean(related="recall_id.is_drill", store=True)
    partner_id = fields.Many2one("res.partner", "Consignee", required=True, readonly=True, ondelete="restrict")
    email = fields.Char(help="Where the notice goes; as it was at the customer when the notice was made.")
    phone = fields.Char()
    line_ids = fields.One2many("gantry.recall.notice.line", "notice_id", "Lots")
    call_ids = fields.One2many("gantry.recall.call", "notice_id", "Calls")
    answer_ids = fields.One2many("gantry.recall.answer", "notice_id", "Answers", readonly=True)
    state = fields.Selection(
        [("draft", "Not told"), ("sent", "Told"), ("reached", "Reached"), ("answered", "Answered")],
        required=True, readonly=True, default="draft", index=True, tracking=True,
    )  # fmt: skip
    is_outdated = fields.Boolean(
        "Changed since", readonly=True, help="The trace found more after this consignee was told: tell it again."
    )
    date_sent = fields.Datetime("Told at", readonly=True)
    sent_by_id = fields.Many2one("res.users", "Told by", readonly=True)
    date_seen = fields.Datetime("Page opened at", readonly=True)
    date_answered = fields.Datetime("Answered at", readonly=True)
    reminder_count = fields.Integer("Reminders", readonly=True)
    to_call = fields.Boolean("On the call list", index=True)
    call_reason = fields.Char("Why to call")
    access_token = fields.Char(
        readonly=True, copy=False, default=lambda self: secrets.token_urlsafe(TOKEN_BYTES),
        groups="gantry_recall.group_recall_user",
    )  # fmt: skip
    token_expires = fields.Datetime("Page open until", readonly=True)
    qty_net = fields.Float("Delivered", compute="_compute_quantities", digits="Product Unit")
    qty_open = fields.Float("Not answered for", compute="_compute_quantities", digits="Product Unit")

    _partner_uniq = models.UniqueIndex("(recall_id, partner_id)", "A consignee gets one notice.")
    _token_uniq = models.UniqueIndex("(access_token)", "This token exists.")

    @api.depends("partner_id", "recall_id")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = f"{notice.recall_id.name}: {notice.partner_id.display_name}"

    @api.depends("line_ids.qty_net", "line_ids.qty_open")
    def _compute_quantities(self):
        for notice in self:
            notice.qty_net = sum(notice.line_ids.mapped("qty_net"))
            notice.qty_open = sum(notice.line_ids.mapped("qty_open"))

    def write(self, vals):
        if not self.env.su:
            names = {name for name in vals if not name.startswith(("message_", "activity_"))}
            self.recall_id._require_open()
            if names - FREE_TO_WRITE - {"call_ids"}:
                raise UserError(self.env._("A notice is sent and answered by its buttons and its page only."))
        return super().write(vals)

    # -- telling

    def action_send(self):
        """Tell these consignees, again those whose lots have changed."""
        self.check_access("write")
        self.recall_id._require_open()
        self._send()
        return True

    def _send(self):
        """One mail each, queued; a drill only counts whom it could reach."""
        if not self:
            raise UserError(self.env._("There is nobody to tell."))
        real = self.filtered(lambda notice: not notice.is_drill)
        if real:
            self.recall_id._require_manager()
            for recall in real.recall_id:
                if recall.kind == "recall" and not recall.hazard_class:
                    raise UserError(self.env._("Set the class of %s before you tell anybody.", recall.name))
        now = fields.Datetime.now()
        for recall, notices in self.grouped("recall_id").items():
            # sudo: notices are marked by the button only
            notices.sudo().write(
                {
                    "state": "sent",
                    "is_outdated": False,
                    "date_sent": now,
                    "sent_by_id": self.env.uid,
                    "reminder_count": 0,
                    "token_expires": now + timedelta(days=recall.company_id.gantry_recall_answer_days),
                }
            )
            notices._mark_without_mail()
            if not recall.is_drill:
                notices.filtered("email")._mail("gantry_recall.mail_template_notice")
            recall._move_on("notified")
            recall._log_step("notified", self.env._("%s consignees", len(notices)))

    def _mail(self, template):
        # sudo: the body is our template; whoever may send notices need not be allowed to edit templates
        self.env.ref(template).sudo().send_mail_batch(self.ids)

    def _mark_without_mail(self):
        missing = self.filtered(lambda notice: not notice.email)
        missing.sudo().write({"to_call": True, "call_reason": self.env._("No e-mail address")})

    def _url(self):
        self.ensure_one()
        return f"{self.get_base_url()}/recall/{self.sudo().access_token}"

    def action_open_page(self):
        """The page of the consignee, for an answer by phone."""
        self.ensure_one()
        self.check_access("write")
        return {"type": "ir.actions.act_url", "url": f"/recall/{self.access_token}", "target": "new"}

    def action_print_letter(self):
        """The letter as PDF; on a server without a printing program as a page to print from the browser."""
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("ok", "upgrade", "workers"):
            return self.env.ref("gantry_recall.report_notice_action").report_action(self)
        ids = ",".join(map(str, self.ids))
        page = f"/report/html/gantry_recall.report_notice/{ids}"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._("This server has no program to make PDF files: print the page from the browser."),
                "next": {"type": "ir.actions.act_url", "url": page, "target": "new"},
            },
        }

    # -- reminders

    @api.model
    def _cron_remind(self):
        """Remind whoever was told and has not answered; after the last time it is somebody's call."""
        waiting = self.search(
            [("state", "in", ("sent", "reached")), ("is_drill", "=", False), ("date_answered", "=", False),
             ("recall_id.state", "=", "notified")]
        )  # fmt: skip
        waiting._find_failed_mails()
        now = fields.Datetime.now()
        for company, notices in waiting.grouped("company_id").items():
            hours = company._gantry_recall_hours()
            for notice in notices:
                notice._remind(now, hours)

    def _remind(self, now, hours):
        passed = sum(now >= self.date_sent + timedelta(hours=hour) for hour in hours)
        if passed <= self.reminder_count:
            return
        # hours of a server that stood still are one reminder, not three at once
        self.reminder_count = passed
        if self.email and not self.to_call:
            self._mail("gantry_recall.mail_template_reminder")
        if passed == len(hours):
            self._put_on_call_list(self.env._("No answer after %s reminders", passed))

    def _put_on_call_list(self, why):
        for notice in self.sudo():
            if notice.to_call:
                continue
            notice.write({"to_call": True, "call_reason": why})
            notice.recall_id.activity_schedule(
                "mail.mail_activity_data_call", user_id=notice.recall_id.owner_id.id,
                summary=self.env._("Call %(partner)s: %(why)s", partner=notice.partner_id.display_name, why=why),
            )  # fmt: skip

    def _find_failed_mails(self):
        failed = self.env["mail.mail"].sudo().search(
            [("model", "=", self._name), ("res_id", "in", self.ids), ("state", "=", "exception")]
        )  # fmt: skip
        self.browse(failed.mapped("res_id"))._put_on_call_list(self.env._("The mail could not be sent"))

    def _message_receive_bounce(self, email, partner):
        result = super()._message_receive_bounce(email, partner)
        self._put_on_call_list(self.env._("The mail to %s came back", email))
        return result

    # -- answers

    def _record_answer(self, lines, *, source, who, note="", address=None, user=None):
        """Take down what a consignee has, as a whole; earlier answers stay on record.

        :param dict lines: line id -> dict of on_hand, sold, destroyed, returned, forwarded, forwarded_to
        :param str source: portal or phone
        :param str who: name of the person who answers
        """
        self.ensure_one()
        notice = self.sudo()  # sudo: the token, or the right on the notice, was checked by the caller
        if notice.state == "draft":
            raise UserError(self.env._("This consignee was not told yet."))
        notice.recall_id._require_open()
        if not (who or "").strip():
            raise UserError(self.env._("Please give your name."))
        known = {line.id: line for line in notice.line_ids}
        if not lines or set(lines) - set(known):
            raise UserError(self.env._("The answer does not fit this notice; open the page again."))
        content = []
        for line_id, said in lines.items():
            vals = known[line_id]._prepare_answer_vals(said)
            known[line_id].write(vals)
            content.append({"lot": known[line_id].name, "product": known[line_id].product_id.display_name, **vals})
        answer = self.env["gantry.recall.answer"].sudo().create(
            {
                "notice_id": notice.id,
                "recall_id": notice.recall_id.id,
                "company_id": notice.company_id.id,
                "source": source,
                "who": who.strip()[:100],
                "note": (note or "").strip()[:2000],
                "address": address,
                "user_id": user.id if user else False,
                "content": content,
            }
        )  # fmt: skip
        first = not notice.recall_id.step_ids.filtered(lambda step: step.code == "answered")
        notice.write(
            {"state": "answered", "date_answered": answer.at, "to_call": False, "call_reason": False}
        )
        notice._follow_up_forwarded(content)
        if first:
            notice.recall_id._log_step("answered", notice.partner_id.display_name)
        return answer

    def _follow_up_forwarded(self, content):
        """Who got the goods from the consignee must hear of it too: somebody makes sure that it tells them."""
        told = [f"{row['lot']}: {row['qty_forwarded']:g} → {row['forwarded_to']}" for row in content
                if row["qty_forwarded"]]  # fmt: skip
        if told and not self.is_drill:
            self.recall_id.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.recall_id.owner_id.id,
                summary=self.env._("Did %s tell whom it forwarded the goods to?", self.partner_id.display_name),
                note="; ".join(told),
            )  # fmt: skip

    def _answer_of(self, line):
        """What the consignee said to a line, None when it has not answered."""
        if self.state != "answered":
            return None
        return Answer(
            on_hand=line.qty_on_hand, sold=line.qty_sold, destroyed=line.qty_destroyed, returned=line.qty_returned,
            forwarded=line.qty_forwarded,
        )  # fmt: skip


class ResCompany(models.Model):
    _inherit = "res.company"

    gantry_recall_reminders = fields.Char(
        "Reminders after hours", default="24, 48, 72",
        help="Hours after a notice at which consignees that have not answered are reminded. After the last one they"
        " come on the call list.",
    )  # fmt: skip
    gantry_recall_answer_days = fields.Integer(
        "Answer page open for (days)", default=30, help="How long the link of a notice works."
    )

    _gantry_recall_days = models.Constraint(
        "CHECK (gantry_recall_answer_days IS NULL OR gantry_recall_answer_days > 0)",
        "The answer page has to be open for at least one day.",
    )

    @api.constrains("gantry_recall_reminders")
    def _check_gantry_recall_reminders(self):
        for company in self:
            company._gantry_recall_hours()

    def _gantry_recall_hours(self):
        self.ensure_one()
        try:
            hours = sorted({float(part) for part in (self.gantry_recall_reminders or "").split(",") if part.strip()})
        except ValueError:
            hours = [-1]
        if any(not 0 < hour < 10_000 for hour in hours):
            raise UserError(self.env._("Reminders are hours with commas between them, such as 24, 48, 72."))
        return hours


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_recall_reminders = fields.Char(related="company_id.gantry_recall_reminders", readonly=False)
    gantry_recall_answer_days = fields.Integer(related="company_id.gantry_recall_answer_days", readonly=False)
