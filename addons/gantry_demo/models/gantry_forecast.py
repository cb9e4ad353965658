from markupsafe import Markup

from odoo import api, models


class GantryForecast(models.Model):
    _inherit = "gantry.forecast"

    @api.model
    def get_empty_list_help(self, help_message):
        """Offer the demo story to a manager whose company is still empty."""
        message = super().get_empty_list_help(help_message)
        demo = self.env["gantry.demo"]
        # sudo: only tells whether the story is there, to somebody who may load it
        started = self.env.company.sudo().gantry_demo_chapters
        if not message or started or not self.env.user.has_group("gantry_base.group_manager"):
            return message
        if demo._refusal(self.env.company):
            return message
        link = Markup('<p>%s <a type="action" name="gantry_demo.action_gantry_demo_load">%s</a></p>') % (
            self.env._("Only looking around?"), self.env._("Load the demo story"),
        )
        return Markup(message) + link
