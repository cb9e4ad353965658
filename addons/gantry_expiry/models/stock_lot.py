import datetime

from odoo import api, fields, models
from odoo.fields import Domain


class StockLot(models.Model):
    _inherit = "stock.lot"

    gantry_expiry_alerts = fields.Integer("Expiry alerts", readonly=True, copy=False)
    gantry_expiry_last_alert = fields.Date("Last expiry alert", readonly=True, copy=False)

    @api.model
    def _gantry_cron_expiry_alerts(self):
        """Alert of stock that needs a decision, again and again until there is one or no stock."""
        for company in self.env["res.company"].search([("gantry_expiry_repeat_days", ">", 0)]):
            self.with_company(company)._gantry_alert_company(company)

    def _gantry_alert_company(self, company):
        today = fields.Date.context_today(self)
        before = today - datetime.timedelta(days=company.gantry_expiry_repeat_days)
        lines = self.env["gantry.expiry.line"].search(
            Domain("company_id", "=", company.id) & Domain("alerting", "=", True)
        )
        for lot in lines.lot_id:
            if not lot.gantry_expiry_last_alert or lot.gantry_expiry_last_alert <= before:
                lot._gantry_alert(lines.filtered(lambda line: line.lot_id == lot), today)  # noqa: B023

    def _gantry_alert(self, lines, today):
        """One activity per lot: a new one, or the open one once more."""
        self.ensure_one()
        count = self.gantry_expiry_alerts + 1
        summary = (
            self.env._("Expiry: decide what to do")
            if count == 1
            else self.env._("Expiry: decide what to do (reminder %s)", count - 1)
        )
        worth = sum(lines.mapped("value"))
        note = self.env._(
            "%(quantity)g on hand in %(places)s, worth %(value).2f, expires on %(date)s",
            quantity=sum(lines.mapped("quantity")),
            places=", ".join(lines.location_id.mapped("display_name")),
            value=worth,
            date=fields.Date.to_string(self.expiration_date),
        )
        activities = self._gantry_alert_activities()
        if activities:
            activities[0].write({"summary": summary, "note": note, "date_deadline": today})
        else:
            product = self.product_id
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=today,
                user_id=(product.responsible_id or self.env.ref("base.user_admin")).id,
                summary=summary,
                note=note,
            )
        self.write({"gantry_expiry_alerts": count, "gantry_expiry_last_alert": today, "product_expiry_reminded": True})

    def _gantry_alert_activities(self):
        """Open alerts of these lots, those that Odoo made itself included."""
        todo = self.env.ref("mail.mail_activity_data_todo")
        words = (self.env._("Expiry: decide what to do"), self.env._("Alert Date Reached"), "Alert Date Reached")
        return self.activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id == todo and activity.automated and (activity.summary or "").startswith(words)
            )
        )
