import random

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

MANAGER = "gantry_recall.group_recall_manager"


class GantryRecall(models.Model):
    """Drills that come by themselves: certifiers want one a year."""

    _inherit = "gantry.recall"

    @api.model
    def _cron_propose_drills(self):
        """Draft a drill for every company whose last one is too long ago, with a lot drawn from those delivered."""
        for company in self.env["res.company"].search([("gantry_recall_drill_months", ">", 0)]):
            self.with_company(company)._propose_drill(company)

    def _propose_drill(self, company):
        since = fields.Datetime.now() - relativedelta(months=company.gantry_recall_drill_months)
        recent = self.search_count(
            [("company_id", "=", company.id), ("is_drill", "=", True), ("state", "!=", "cancel"),
             "|", ("state", "!=", "closed"), ("date_closed", ">=", since)], limit=1,
        )  # fmt: skip
        if recent:
            return self.browse()
        lots = self._delivered_lots(company, since)
        if not lots:
            return self.browse()
        seed = random.SystemRandom().randrange(2**31 - 1)
        lot_id = random.Random(seed).choice(lots)
        owner = self._drill_owner(company)
        drill = self.create(
            {
                "title": self.env._("Drill of %s", fields.Date.today()),
                "reason": self.env._("Recall drill: the lot was drawn from %(count)s delivered ones, seed %(seed)s.",
                                     count=len(lots), seed=seed),
                "is_drill": True,
                "lot_ids": [fields.Command.set([lot_id])],
                "company_id": company.id,
                "owner_id": owner.id,
                "profile_id": self.env["gantry.recall.profile"].search(
                    [("company_id", "in", (company.id, False))], limit=1).id,
            }
        )  # fmt: skip
        drill.activity_schedule(
            "mail.mail_activity_data_todo", user_id=owner.id, summary=self.env._("Run the recall drill")
        )
        return drill

    def _delivered_lots(self, company, since):
        """Ids of lots that went to customers since then, in order."""
        self.env["stock.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT l.lot_id FROM stock_move_line l
                  JOIN stock_location d ON d.id = l.location_dest_id AND d.usage = 'customer'
                 WHERE l.state = 'done' AND l.company_id = %s AND l.date >= %s AND l.lot_id IS NOT NULL
                 ORDER BY l.lot_id LIMIT 10000
                """,
                company.id, since,
            )
        )  # fmt: skip
        return [row[0] for row in rows]

    def _drill_owner(self, company):
        users = self.env.ref(MANAGER).all_user_ids.filtered(
            lambda user: company in user.company_ids and not user.share and user.active
        )
        return users.sorted("id")[:1] or self.env.user


class ResCompany(models.Model):
    _inherit = "res.company"

    gantry_recall_drill_months = fields.Integer(
        "Recall drill every (months)", help="A drill is drafted when the last one is longer ago. 0: never by itself."
    )

    _gantry_recall_drills = models.Constraint(
        "CHECK (gantry_recall_drill_months IS NULL OR gantry_recall_drill_months >= 0)",
        "The months between two drills cannot be negative.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_recall_drill_months = fields.Integer(related="company_id.gantry_recall_drill_months", readonly=False)
