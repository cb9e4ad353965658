from odoo import api, fields, models
from odoo.tools import SQL, email_normalize

TOP = 6  # alerts of each part of a digest
URGENT = ("stockout", "low", "late", "expiry")


class GantryAlertTell(models.Model):
    """How owners hear of their alerts: activities and a daily mail."""

    _inherit = "gantry.alert"

    # -- activities

    @api.model
    def _update_activities(self, company):
        """Give each owner activities for the open alerts about most money, up to the number set.

        An activity stays until its alert is handled, snoozed or gone: being overtaken is no reason to lose it. One that
        was cancelled does not come back for the same occurrence.

        :return: number of new activities
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """
            SELECT id FROM (
                SELECT alert.id, activity.id IS NOT NULL AS has_one,
                       row_number() OVER (PARTITION BY alert.user_id
                                          ORDER BY activity.id IS NULL, alert.amount DESC, alert.id) AS place
                  FROM gantry_alert alert
             LEFT JOIN mail_activity activity ON activity.res_model = 'gantry.alert' AND activity.res_id = alert.id
                                             AND activity.active AND activity.automated
                 WHERE alert.company_id = %s AND alert.state = 'open' AND alert.user_id IS NOT NULL
                   AND (alert.date_told IS NULL OR activity.id IS NOT NULL)) ranked
             WHERE place <= %s AND NOT has_one ORDER BY id
            """,
            company.id, company.gantry_alert_activity_max,
        ))
        # sudo: activities are for their owners, whoever asked for the refresh
        alerts = self.sudo().browse(row[0] for row in rows)
        kind = self.env.ref("gantry_insight.mail_activity_type_alert").sudo()
        today = fields.Date.context_today(self)
        vals = [
            {
                "res_model_id": self.env["ir.model"]._get_id(self._name), "res_id": alert.id,
                "activity_type_id": kind.id, "user_id": owner.id, "automated": True,
                "date_deadline": max(alert.order_by_date or today, today),
                "summary": alert.with_context(lang=owner.lang).summary,
            }
            for owner, mine in alerts.grouped("user_id").items() for alert in mine
        ]
        # the owner hears of it by the digest: no mail for every activity
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(vals)
        alerts.date_told = today
        return len(vals)

    def _finish_activities(self, feedback):
        """Activities of these alerts are done."""
        activities = self.env["mail.activity"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("automated", "=", True)])
        if activities:
            activities._action_done(feedback=feedback)

    # -- digest

    @api.model
    def _send_digests(self, company):
        """One mail a day to every owner with open alerts who wants it.

        :return: number of mails
        """
        if not company.gantry_alert_digest:
            return 0
        # sudo: mails go to all owners, whoever asked for the refresh
        Alert = self.sudo().with_company(company)
        owners = Alert.search([
            ("company_id", "=", company.id), ("state", "=", "open"), ("user_id", "!=", False),
        ]).user_id.filtered(lambda user: user.gantry_alert_digest and email_normalize(user.email or ""))
        count = 0
        for owner in owners:
            digest = self.env["gantry.alert.digest"].sudo()._open(owner, company)
            if digest:
                Alert.with_context(lang=owner.lang)._send_digest(owner, company, digest)
                count += 1
        return count

    def _send_digest(self, owner, company, digest):
        values = self._prepare_digest(owner, company, digest)
        body = self.env["ir.qweb"]._render("gantry_insight.alert_digest", values)
        digest.mail_id = self.env["mail.mail"].create({
            "subject": self.env._(
                "%(count)s stock alerts, %(new)s new: %(amount)s", count=values["count"], new=values["new"],
                amount=values["money"](values["amount"])),
            "body_html": body, "email_to": owner.email_formatted,
            "email_from": company.email_formatted or self.env.user.email_formatted, "auto_delete": False,
        })
        digest.write({"alert_count": values["count"], "new_count": values["new"], "gone_count": values["gone"]})

    def _prepare_digest(self, owner, company, digest):
        """What the mail tells: totals by kind, what is new and gone since the last one, and the biggest alerts."""
        mine = [("company_id", "=", company.id), ("user_id", "=", owner.id)]
        previous = digest._get_previous()
        since = previous.planning_date
        labels = dict(self._fields["kind"]._description_selection(self.env))
        kinds = self._read_group([*mine, ("state", "=", "open")], ["kind"], ["__count", "amount:sum"],
                                 order="amount:sum desc")
        new = [("first_seen", ">", since)] if since else []
        parts = [
            (title, self.search([*mine, ("state", "=", "open"), ("kind", operator, URGENT)], limit=TOP))
            for title, operator in (
                (self.env._("Runs out or is late"), "in"), (self.env._("Too much, or forecast wrongly"), "not in"))
        ]
        fresh = self.search([*mine, ("state", "=", "open"), *new])
        gone = [("state", "=", "gone"), ("date_gone", ">", previous.date)]
        base = self.get_base_url()
        return {
            "owner": owner, "company": company, "since": since, "fresh": fresh,
            "parts": [part for part in parts if part[1]],
            "kinds": [(labels[kind], count, amount) for kind, count, amount in kinds],
            "count": sum(count for _kind, count, _amount in kinds),
            "amount": sum(amount for _kind, _count, amount in kinds),
            "new": len(fresh) if since else 0,
            "gone": self.search_count([*mine, *gone]) if since else 0,
            "url": f"{base}/odoo/gantry-alerts", "alert_url": lambda alert: f"{base}/odoo/gantry-alerts/{alert.id}",
            "money": self.env["gantry.explain"].with_company(company)._format_money,
        }


class GantryAlertDigest(models.Model):
    """Mails sent: at most one to an owner a day."""

    _name = "gantry.alert.digest"
    _description = "Digest of Stock Alerts"
    _order = "date desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", string="Owner", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    date = fields.Date(required=True, readonly=True)
    planning_date = fields.Date("State of", readonly=True)
    alert_count = fields.Integer("Open", readonly=True, aggregator=None)
    new_count = fields.Integer("New", readonly=True, aggregator=None)
    gone_count = fields.Integer("Gone", readonly=True, aggregator=None)
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null")

    _key = models.UniqueIndex("(user_id, company_id, date)", "The digest of this day was sent.")

    @api.model
    def _open(self, owner, company):
        """The digest of today, empty when it was sent."""
        rows = self.env.execute_query(SQL(
            """
            INSERT INTO gantry_alert_digest (user_id, company_id, date, planning_date, create_uid, write_uid,
                                             create_date, write_date)
            VALUES (%(user)s, %(company)s, %(date)s, %(today)s, %(uid)s, %(uid)s, %(now)s, %(now)s)
                ON CONFLICT DO NOTHING RETURNING id
            """,
            user=owner.id, company=company.id, date=fields.Date.context_today(self.with_context(tz=owner.tz)),
            today=self.env["gantry.demand"]._get_today(company), uid=self.env.uid, now=fields.Datetime.now(),
        ))
        return self.browse(rows[0][0]) if rows else self.browse()

    def _get_previous(self):
        """The mail before this one, none when this is the first."""
        return self.search([
            ("user_id", "=", self.user_id.id), ("company_id", "=", self.company_id.id), ("date", "<", self.date),
        ], limit=1)

    @api.autovacuum
    def _gc_digests(self):
        self.sudo().search([("date", "<", fields.Date.subtract(fields.Date.today(), days=365))], limit=1000).unlink()
