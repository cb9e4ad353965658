from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, formatLang


class GantryReorderRule(models.Model):
    """Requests for quotation count as on their way; vendors have least orders."""

    _inherit = "gantry.reorder.rule"

    vendor_total = fields.Char(
        "Vendor in All", compute="_compute_vendor_total",
        help="What all proposals for this vendor and its draft orders are worth together, and its least order.",
    )
    below_least_order = fields.Boolean(compute="_compute_vendor_total")

    def _get_supply_queries(self, company):
        """Draft purchase orders are not moves yet, but nothing on them must be ordered twice.

        As on confirmation a line without a place of its own is for the stock, however many steps its receipt takes.
        """
        return super()._get_supply_queries(company) + [SQL(
            """
            SELECT shard.id, COALESCE(line.date_planned, purchase.date_planned, purchase.date_order) AS moment,
                   line.product_qty * unit.factor / own.factor AS qty
              FROM gantry_reorder_shard shard
              JOIN purchase_order_line line ON line.product_id = shard.product_id
              JOIN purchase_order purchase ON purchase.id = line.order_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom own ON own.id = template.uom_id
              JOIN uom_uom unit ON unit.id = line.product_uom_id
              JOIN stock_picking_type kind ON kind.id = purchase.picking_type_id
         LEFT JOIN stock_warehouse house ON house.id = kind.warehouse_id AND kind.code <> 'dropship'
         LEFT JOIN stock_warehouse_orderpoint point ON point.id = line.orderpoint_id
              JOIN gantry_reorder_place place ON place.location_id = shard.location_id
               AND place.child_id = COALESCE(point.location_id, line.location_final_id, house.lot_stock_id,
                                           kind.default_location_dest_id)
             WHERE purchase.state IN ('draft', 'sent', 'to approve') AND purchase.company_id = %s
               AND line.product_qty > 0
            """,
            company.id,
        )]

    def _get_point_seller(self):
        return SQL("point.supplier_id")

    def _get_days_to_order(self, company):
        return int(company.days_to_purchase or 0)

    @api.depends("vendor_id", "order_value", "order_qty")
    @api.depends_context("lang")
    def _compute_vendor_total(self):
        """Per vendor what the drafts are worth with all that the worklist proposes, against the least order."""
        rules = self.filtered(lambda rule: rule.vendor_id and rule.source == "buy")
        (self - rules).update({"vendor_total": False, "below_least_order": False})
        for company, mine in rules.grouped("company_id").items():
            proposed = dict(self._read_group(
                [("company_id", "=", company.id), ("source", "=", "buy"), ("vendor_id", "in", mine.vendor_id.ids),
                 ("order_qty", ">", 0)], ["vendor_id"], ["order_value:sum"]))
            drafts = self._get_draft_totals(company, mine.vendor_id)
            for vendor, rows in mine.grouped("vendor_id").items():
                least = vendor.sudo().with_company(company).gantry_least_order
                total = proposed.get(vendor, 0.0) + sum(amount for _order, amount in drafts.get(vendor, ()))
                worth, wanted = (formatLang(self.env, one, currency_obj=company.currency_id) for one in (total, least))
                rows.vendor_total = self.env._("%(total)s of %(least)s", total=worth, least=wanted) if least else worth
                rows.below_least_order = 0 < total < least

    def _get_draft_totals(self, company, vendors):
        """Draft purchase orders of vendors and what each is worth in the company's currency, by vendor."""
        totals = defaultdict(list)
        # sudo: planners see what is ordered from the vendors of their rows, also without access to Purchase
        for order in self.env["purchase.order"].sudo().search([
                ("partner_id", "in", vendors.ids), ("state", "in", ("draft", "sent")),
                ("company_id", "=", company.id)]):
            totals[order.partner_id.sudo(False)].append((order, order.currency_id._convert(
                order.amount_untaxed, company.currency_id, company, fields.Date.today())))
        return totals

    def _get_minimum_warnings(self, done):
        """Draft orders of these vendors that are below what the vendor wants at least."""
        words = super()._get_minimum_warnings(done)
        for company, mine in done.grouped("company_id").items():
            # sudo: the least order is on the partner, whom a planner need not see
            least = {vendor: vendor.sudo().with_company(company).gantry_least_order for vendor in mine.vendor_id}
            drafts = self._get_draft_totals(company, mine.vendor_id)
            for vendor, orders in drafts.items():
                words += [self.env._(
                    "%(order)s is worth %(total)s: %(vendor)s wants at least %(least)s.", order=order.name,
                    total=formatLang(self.env, total, currency_obj=company.currency_id), vendor=vendor.display_name,
                    least=formatLang(self.env, least[vendor], currency_obj=company.currency_id),
                ) for order, total in orders if total < least[vendor]]
        return words

    def _get_documents_action(self, since):
        """The draft purchase orders that were made or grew."""
        # sudo: which orders, not what is in them; the window applies the user's own rights
        lines = self.env["purchase.order.line"].sudo().search([
            ("product_id", "in", self.product_id.ids), ("write_date", ">=", since),
            ("order_id.state", "in", ("draft", "sent", "to approve")),
            ("company_id", "in", self.company_id.ids)])
        if not lines or not self.env["purchase.order"].has_access("read"):
            return super()._get_documents_action(since)
        action = self.env["ir.actions.actions"]._for_xml_id("purchase.purchase_rfq")
        return action | {"domain": [("id", "in", lines.order_id.ids)], "context": {}}
