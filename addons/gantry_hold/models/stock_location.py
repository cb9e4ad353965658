from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError

from .gantry_hold_release import RELEASE_GROUP

WATCHED = {"gantry_allow_hold", "location_id", "parent_path", "active", "usage"}
INSIDE = ("internal", "view")


class StockLocation(models.Model):
    _inherit = "stock.location"

    gantry_allow_hold = fields.Boolean(
        "Quarantine",
        help="Lots on hold may be moved here and into the locations below. What is here is reserved only for moves"
        " that start here.",
    )

    @tools.ormcache()
    def _gantry_quarantine_ids(self):
        """Ids of the quarantine locations and of all below them."""
        self.env.cr.execute(
            """
            SELECT DISTINCT below.id
              FROM stock_location AS top
              JOIN stock_location AS below ON below.parent_path LIKE top.parent_path || '%%'
             WHERE top.gantry_allow_hold AND below.usage IN %s
            """,
            [INSIDE],
        )
        return frozenset(row[0] for row in self.env.cr.fetchall())

    @api.constrains("gantry_allow_hold", "usage")
    def _check_quarantine_is_inside(self):
        for location in self:
            if location.gantry_allow_hold and location.usage not in INSIDE:
                raise ValidationError(
                    self.env._("%s is no place of your own: lots on hold must not go there.", location.display_name)
                )

    def _gantry_check_may_mark(self, vals_list):
        """Marking a location opens a door for lots on hold: that is for quality to decide."""
        if self.env.su or not any("gantry_allow_hold" in vals for vals in vals_list):
            return
        if not self.env.user.has_group(RELEASE_GROUP):
            raise AccessError(self.env._("Quarantine locations are marked by the role Quality release."))

    def _gantry_is_quarantine(self):
        return self.id in self._gantry_quarantine_ids()

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("gantry_allow_hold") for vals in vals_list):
            self._gantry_check_may_mark(vals_list)
        locations = super().create(vals_list)
        if locations.location_id.ids or any(vals.get("gantry_allow_hold") for vals in vals_list):
            self._gantry_forget_quarantine()
        return locations

    def write(self, vals):
        self._gantry_check_may_mark([vals])
        result = super().write(vals)
        if WATCHED & set(vals):
            self._gantry_forget_quarantine()
        return result

    def unlink(self):
        result = super().unlink()
        self._gantry_forget_quarantine()
        return result

    def _gantry_forget_quarantine(self):
        self.env["stock.location"].flush_model(["gantry_allow_hold", "location_id", "parent_path"])
        self.env.registry.clear_cache()


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    gantry_quarantine_location_id = fields.Many2one(
        "stock.location",
        "Quarantine location",
        check_company=True,
        domain="[('gantry_allow_hold', '=', True), ('usage', '=', 'internal')]",
        help="Where goods on hold are moved by one click, and where returns of lots on hold arrive."
        " Made by itself when it is needed for the first time.",
    )

    def _gantry_get_quarantine_location(self):
        """The quarantine location of the warehouse, made when there is none."""
        self.ensure_one()
        # sudo: a stock user may move goods to quarantine, but not set up a warehouse
        warehouse = self.sudo()
        if not warehouse.gantry_quarantine_location_id:
            warehouse.gantry_quarantine_location_id = (
                self.env["stock.location"]
                .sudo()
                .create(
                    {
                        "name": self.env._("Quarantine"),
                        "location_id": warehouse.view_location_id.id,
                        "usage": "internal",
                        "company_id": warehouse.company_id.id,
                        "gantry_allow_hold": True,
                    }
                )
            )
        return warehouse.gantry_quarantine_location_id.sudo(self.env.su)
