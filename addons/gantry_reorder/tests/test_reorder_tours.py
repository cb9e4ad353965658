from odoo.addons.gantry_base.tests.hoot import HootMixin
from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestReorderUnits(HootMixin, HttpCase):
    def test_units_of_the_charts(self):
        self.run_hoot("@gantry_reorder", at_least=25)
