from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .gantry_job import KEEP_DAYS
from .gantry_request import REQUEST_KEEP_DAYS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_job_keep_days = fields.Integer(
        "Days to keep ended jobs", default=KEEP_DAYS, config_parameter="gantry_base.job_keep_days"
    )

    gantry_request_keep_days = fields.Integer(
        "Days to remember API requests",
        default=REQUEST_KEEP_DAYS,
        config_parameter="gantry_base.request_keep_days",
    )

    @api.constrains("gantry_job_keep_days", "gantry_request_keep_days")
    def _check_gantry_keep_days(self):
        for settings in self:
            if min(settings.gantry_job_keep_days, settings.gantry_request_keep_days) < 1:
                raise ValidationError(self.env._("Jobs and requests are kept for at least one day."))

    def action_gantry_self_check(self):
        """Start a ten-second job and show it, to see whether background work runs on this server."""
        self.env["gantry.api"]._require_group("gantry_base.group_manager")
        job = self.env["gantry.job"]._enqueue(
            self.env._("Check of background work"),
            "gantry.job",
            "_job_self_check",
            identity="gantry_base.self_check",
        )
        return job._open_action()
