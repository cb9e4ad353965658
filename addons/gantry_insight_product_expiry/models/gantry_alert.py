from odoo import api, fields, models
from odoo.tools import SQL


class GantryAlert(models.Model):
    _inherit = "gantry.alert"

    kind = fields.Selection(selection_add=[("expiry", "Expiry risk"), ("drift",)], ondelete={"expiry": "cascade"})

    @api.model
    def _get_causes(self, company, today):
        causes = super()._get_causes(company, today)
        if company.gantry_alert_expiry:
            causes["expiry"] = self._get_expiry_causes(company, today)
        return causes

    def _get_expiry_causes(self, company, today):
        """Units that will not be sold before they have to leave the shelf; those that have had to, say so."""
        return SQL(
            """
            SELECT insight.product_id, insight.warehouse_id, 0, insight.expiry_value, insight.expiry_qty, lot.date,
                   jsonb_build_object('variant', CASE WHEN lot.date <= %(today)s THEN 'past' ELSE 'soon' END,
                                      'on_hand', insight.on_hand_qty, 'cover', insight.cover_days, 'lots', lot.count)
              FROM insight
              JOIN (SELECT quant.product_id, location.warehouse_id,
                           min(COALESCE(lot.removal_date, lot.expiration_date))::date AS date,
                           count(DISTINCT lot.id) AS count
                      FROM stock_quant quant
                      JOIN stock_lot lot ON lot.id = quant.lot_id
                      JOIN stock_location location ON location.id = quant.location_id
                     WHERE quant.company_id = %(company)s AND location.usage IN ('internal', 'transit')
                       AND quant.quantity > 0
                       AND COALESCE(lot.removal_date, lot.expiration_date) IS NOT NULL
                     GROUP BY 1, 2) lot
                ON lot.product_id = insight.product_id AND lot.warehouse_id = insight.warehouse_id
             WHERE insight.expiry_qty > 1e-6
            """,
            today=today, company=company.id,
        )

    def action_act(self):
        """What will expire is looked at lot by lot."""
        self.ensure_one()
        if self.kind != "expiry":
            return super().action_act()
        quants = self.env["stock.quant"].search([
            ("product_id", "=", self.product_id.id), ("location_id.warehouse_id", "=", self.warehouse_id.id),
            ("location_id.usage", "in", ("internal", "transit")), ("lot_id", "!=", False),
        ])
        return quants.lot_id._get_records_action(name=self.env._("Expiring Lots"))
