import numpy as np

from odoo import fields, models
from odoo.addons.gantry_forecast.tools.copy import copy_query
from odoo.tools import SQL


class GantryReorderRule(models.Model):
    """Products that are made, and the components they are made of."""

    _inherit = "gantry.reorder.rule"

    def _get_bill_exists(self, company):
        return SQL(
            "EXISTS (SELECT FROM mrp_bom bill WHERE bill.product_tmpl_id = product.product_tmpl_id AND bill.active"
            " AND (bill.product_id IS NULL OR bill.product_id = product.id) AND bill.type = 'normal'"
            " AND (bill.company_id IS NULL OR bill.company_id = %s))", company.id)

    def _get_more_demand(self):
        """Components also serve the forecasts of what they go into."""
        return SQL("forecast.dependent")

    def _get_make_days(self, company, rows):
        """Manufacturing lead time and days to prepare of the bill that Odoo would take first."""
        found = copy_query(self.env.cr, SQL(
            """
            SELECT DISTINCT ON (shard.id) shard.id,
                   (COALESCE(bill.produce_delay, 0) + COALESCE(bill.days_to_prepare_mo, 0))::float8
              FROM gantry_reorder_shard shard
              JOIN product_product product ON product.id = shard.product_id
              JOIN mrp_bom bill ON bill.product_tmpl_id = product.product_tmpl_id AND bill.active
               AND (bill.product_id IS NULL OR bill.product_id = product.id) AND bill.type = 'normal'
               AND (bill.company_id IS NULL OR bill.company_id = %s)
             ORDER BY shard.id, bill.sequence, bill.product_id NULLS LAST, bill.id
            """,
            company.id,
        ), [("id", "i4"), ("days", "f8")])
        days = super()._get_make_days(company, rows)
        days[np.searchsorted(rows["id"], found["id"])] = found["days"]
        return days

    def _get_supply_queries(self, company):
        """Draft manufacturing orders have no moves that count yet; what they make is for the stock of the warehouse."""
        return super()._get_supply_queries(company) + [SQL(
            """
            SELECT shard.id, COALESCE(production.date_finished, production.date_start) AS moment,
                   production.product_qty * unit.factor / own.factor AS qty
              FROM gantry_reorder_shard shard
              JOIN mrp_production production ON production.product_id = shard.product_id
              JOIN product_product product ON product.id = production.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom own ON own.id = template.uom_id
              JOIN uom_uom unit ON unit.id = production.product_uom_id
              JOIN stock_location workshop ON workshop.id = production.location_src_id
         LEFT JOIN stock_warehouse house ON house.id = workshop.warehouse_id
              JOIN gantry_reorder_place place ON place.location_id = shard.location_id
               AND place.child_id = COALESCE(production.location_final_id, house.lot_stock_id,
                                             production.location_dest_id)
             WHERE production.state = 'draft' AND production.company_id = %s
            """,
            company.id,
        )]

    def _get_documents_action(self, since):
        orders = self.env["mrp.production"].sudo().search([
            ("product_id", "in", self.product_id.ids), ("create_date", ">=", fields.Datetime.to_string(since)),
            ("state", "in", ("draft", "confirmed")), ("company_id", "in", self.company_id.ids)])
        if not orders or not self.env["mrp.production"].has_access("read"):
            return super()._get_documents_action(since)
        # sudo above: which orders, not what is in them; the window applies the user's own rights
        action = self.env["ir.actions.actions"]._for_xml_id("mrp.mrp_production_action")
        return action | {"domain": [("id", "in", orders.ids)], "context": {}}
