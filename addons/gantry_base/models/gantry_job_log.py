from odoo import fields, models


class GantryJobLog(models.Model):
    """One line a job has to tell.

    A wish to cancel a running job is a line too: the row of a running job belongs to its runner alone, a
    second writer would make the runner's transaction fail.
    """

    _name = "gantry.job.log"
    _description = "Gantry job log line"
    _order = "id"
    _rec_name = "message"

    job_id = fields.Many2one("gantry.job", required=True, index=True, ondelete="cascade", readonly=True)
    level = fields.Selection(
        [("info", "Info"), ("warning", "Warning"), ("error", "Error"), ("cancel", "Cancel asked")],
        required=True,
        default="info",
        readonly=True,
    )
    message = fields.Text(required=True, readonly=True)
    detail = fields.Text("Technical details", readonly=True, groups="gantry_base.group_manager")
    create_date = fields.Datetime("Time", readonly=True)
