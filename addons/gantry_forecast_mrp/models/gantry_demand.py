from odoo import models
from odoo.tools import SQL


class GantryDemand(models.Model):
    _inherit = "gantry.demand"

    def _get_move_condition(self):
        """What is taken apart was not asked for, whether or not the order that made it is known."""
        return SQL(
            "%s AND NOT (dst.usage = 'production' AND move.unbuild_id IS NOT NULL)", super()._get_move_condition(),
        )
