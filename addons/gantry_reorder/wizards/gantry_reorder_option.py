from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class GantryReorderOption(models.TransientModel):
    """Another way to get what a row needs: another vendor, or stock that another warehouse can spare."""

    _name = "gantry.reorder.option"
    _description = "Way to Replenish"
    _order = "in_time desc, cost, id"

    rule_id = fields.Many2one("gantry.reorder.rule", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="rule_id.company_id")
    currency_id = fields.Many2one(related="rule_id.currency_id")
    kind = fields.Selection([("vendor", "Vendor"), ("transfer", "Transfer")], required=True, readonly=True)
    seller_id = fields.Many2one("product.supplierinfo", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Vendor", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", string="From", readonly=True)
    is_current = fields.Boolean("As Planned", readonly=True)
    qty = fields.Float("Quantity", readonly=True)
    price = fields.Monetary("Unit Price", readonly=True)
    cost = fields.Monetary(readonly=True)
    lead_days = fields.Float("Days", readonly=True)
    date_arrival = fields.Date("There on", readonly=True)
    in_time = fields.Boolean(readonly=True, help="There before the stock runs out.")

    @api.model
    def _make(self, rule):
        """The ways to replenish a row, as found here: nobody writes vendor, price or quantity of one."""
        rule._check_planner()
        vals_list = self._get_vendor_vals(rule) + self._get_transfer_vals(rule)
        today = self.env["gantry.demand"]._get_today(rule.company_id)
        for vals in vals_list:
            vals["date_arrival"] = today + timedelta(days=round(vals["lead_days"]))
            vals["cost"] = vals["qty"] * vals["price"]
            vals["in_time"] = not rule.projected_stockout_date or vals["date_arrival"] <= rule.projected_stockout_date
        # sudo: only the system makes them; the role was checked
        return self.sudo().create(vals_list).sudo(False)

    def _get_vendor_vals(self, rule):
        product = rule.product_id.with_company(rule.company_id)
        quantity = rule.order_qty or rule.usual_order_qty
        found = []
        # sudo: planners see on their list what buyers keep on the product
        for partner in product.sudo()._prepare_sellers().partner_id:
            seller = product.sudo()._select_seller(partner_id=partner, quantity=None)
            if not seller:
                continue
            best = product.sudo()._select_seller(
                partner_id=partner, quantity=max(quantity, seller.min_qty), uom_id=rule.uom_id) or seller
            price = best.product_uom_id._compute_price(best.price_discounted, rule.uom_id)
            price = best.currency_id._convert(price, rule.currency_id, rule.company_id, fields.Date.today())
            minimum = best.product_uom_id._compute_quantity(best.min_qty, rule.uom_id)
            found.append({
                "rule_id": rule.id, "kind": "vendor", "seller_id": best.id, "partner_id": partner.id,
                "is_current": rule.source == "buy" and partner == rule.vendor_id,
                "qty": max(quantity, minimum), "price": price,
                "lead_days": self._get_vendor_days(rule, partner, best),
            })
        return found

    def _get_vendor_days(self, rule, partner, seller):
        """Days as measured for the product or the vendor, else as set."""
        measured = self.env["gantry.reorder.leadtime"].search(
            Domain("company_id", "=", rule.company_id.id) & Domain("source", "=", "buy")
            & Domain("partner_id", "=", partner.commercial_partner_id.id)
            & Domain("product_id", "in", [rule.product_id.id, False]), order="product_id, count desc", limit=1)
        return measured.mean_days if measured else seller.delay

    def _get_transfer_vals(self, rule):
        """What other warehouses of the company can spare: what is there and on its way, less what they need until
        their own next order arrives."""
        others = self.env["gantry.reorder.rule"].search([
            ("product_id", "=", rule.product_id.id), ("company_id", "=", rule.company_id.id),
            ("kind", "=", "warehouse"), ("id", "!=", rule.id)])
        found = []
        for other in others:
            need = max(other.new_min, other.old_min if other.orderpoint_id else 0.0)
            spare = min(other.on_hand_qty, other.on_hand_qty + other.incoming_qty - other.committed_qty - need)
            if spare <= 0:
                continue
            measured = self.env["gantry.reorder.leadtime"].search([
                ("company_id", "=", rule.company_id.id), ("source", "=", "transfer"), ("level", "=", "route"),
                ("supplier_warehouse_id", "=", other.warehouse_id.id), ("warehouse_id", "=", rule.warehouse_id.id)],
                limit=1)
            found.append({
                "rule_id": rule.id, "kind": "transfer", "warehouse_id": other.warehouse_id.id,
                "is_current": rule.supplier_warehouse_id == other.warehouse_id,
                "qty": min(spare, rule.order_qty or spare), "price": 0.0,
                "lead_days": measured.mean_days if measured else 1.0,
            })
        return found

    def action_order(self):
        """Order the row this way."""
        self.ensure_one()
        rule = self.rule_id
        rule._check_planner()
        self._check_fits()
        if not self.qty:
            raise UserError(self.env._("There is nothing to order."))
        since = fields.Datetime.now()
        # sudo: the quantity is the system's own note on a row the planner may edit
        rule.sudo().write({"order_qty_manual": self.qty, "has_manual_qty": True})
        if self.kind == "vendor":
            done, failed = rule._place_orders({"supplierinfo_id": self.seller_id, "route_ids": self._get_buy_route()})
        elif route := self._get_transfer_route():
            done, failed = rule._place_orders({"route_ids": route})
        else:
            return self._transfer()
        if failed:
            raise UserError(failed[0][1])
        return rule._notify(self.env._("Ordered as a draft."), follow=done._get_documents_action(since))

    def _check_fits(self):
        """The vendor line is for the product, and everything in the company of the row."""
        seller = self.seller_id.sudo()  # sudo: planners need not see vendors
        fits = {
            "vendor": seller.product_tmpl_id == self.rule_id.product_id.product_tmpl_id
            and (not seller.product_id or seller.product_id == self.rule_id.product_id)
            and seller.company_id in (self.company_id, self.env["res.company"]),
            "transfer": self.warehouse_id.company_id == self.company_id,
        }
        if not fits[self.kind]:
            raise UserError(self.env._("This is no way to get %s any more.", self.rule_id.product_id.display_name))

    def _get_buy_route(self):
        """Routes that buy, for a row that is usually supplied otherwise."""
        # sudo: as in procurement
        rules = self.env["stock.rule"].sudo().search([
            ("action", "=", "buy"), ("company_id", "in", [False, self.company_id.id]),
            ("location_dest_id", "parent_of", self.rule_id.location_id.id)], limit=1)
        return rules.route_id

    def _get_transfer_route(self):
        # sudo: as in procurement
        return self.env["stock.route"].sudo().search([
            ("supplier_wh_id", "=", self.warehouse_id.id), ("supplied_wh_id", "=", self.rule_id.warehouse_id.id)],
            limit=1)

    def _transfer(self):
        """A transfer between two warehouses that no route connects: an internal transfer to be done."""
        rule = self.rule_id
        source, dest = self.warehouse_id.lot_stock_id, rule.location_id
        # sudo: planners plan transfers, warehouse workers do them; the role was checked
        picking = self.env["stock.picking"].sudo().create({
            "picking_type_id": self.warehouse_id.int_type_id.id, "location_id": source.id,
            "location_dest_id": dest.id, "company_id": rule.company_id.id,
            "origin": self.env._("Replenishment of %s", rule.warehouse_id.display_name),
            "move_ids": [fields.Command.create({
                "product_id": rule.product_id.id, "product_uom": rule.uom_id.id, "product_uom_qty": self.qty,
                "location_id": source.id, "location_dest_id": dest.id, "company_id": rule.company_id.id,
            })],
        })
        picking.action_confirm()
        rule._settle_ordered()
        action = self.env["ir.actions.actions"]._for_xml_id("stock.action_picking_tree_all")
        return rule._notify(self.env._("The transfer %s is planned.", picking.name),
                            follow=action | {"domain": [("id", "=", picking.id)], "context": {}})


class GantryReorderRuleOptions(models.Model):
    _inherit = "gantry.reorder.rule"

    def action_options(self):
        """Show other vendors, and warehouses that can spare some."""
        self.ensure_one()
        self._check_planner()
        options = self.env["gantry.reorder.option"]._make(self)
        return {
            "type": "ir.actions.act_window", "name": self.env._("Ways to get %s", self.product_id.display_name),
            "res_model": options._name, "views": [[False, "list"]], "domain": [("id", "in", options.ids)],
            "target": "new", "context": {"create": False},
        }
