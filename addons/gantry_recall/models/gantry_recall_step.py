from odoo import fields, models
from odoo.exceptions import UserError

STEPS = [
    ("opened", "Opened"),
    ("hazard", "Hazard evaluation signed"),
    ("traced", "Traced"),
    ("held", "Put on hold"),
    ("notified", "Consignees told"),
    ("answered", "First answer"),
    ("balanced", "Mass balance"),
    ("checked", "Effectiveness checks drawn"),
    ("packed", "Evidence packed"),
    ("closed", "Closed"),
]


class GantryRecallStep(models.Model):
    """What was done when, by the clock of the server."""

    _name = "gantry.recall.step"
    _description = "Step of a recall"
    _order = "at, id"
    _rec_name = "code"

    recall_id = fields.Many2one("gantry.recall", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="recall_id.company_id", store=True, index=True)
    code = fields.Selection(STEPS, "Step", required=True)
    at = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", required=True)
    note = fields.Text()
    minutes = fields.Float("Minutes since opening", compute="_compute_minutes")

    def _compute_minutes(self):
        for step in self:
            step.minutes = (step.at - step.recall_id.date_opened).total_seconds() / 60

    def write(self, vals):
        raise UserError(self.env._("The clock of a recall is not corrected."))
