from odoo import fields, models

from .gantry_demand_import import DEFAULT_LIMIT_MB, LIMIT_PARAM


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_import_limit_mb = fields.Integer(
        "Largest order file (MB)", config_parameter=LIMIT_PARAM, default=DEFAULT_LIMIT_MB
    )
