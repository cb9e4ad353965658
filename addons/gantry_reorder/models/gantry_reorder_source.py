from collections import defaultdict

from odoo import models
from odoo.tools import SQL

DEPTH = 6  # rules followed from the stock back to the source at most


class GantryReorderSource(models.Model):
    """Where a row gets its goods from: Odoo's own rules, resolved once per distinct set of routes."""

    _inherit = "gantry.reorder.rule"

    def _get_bill_exists(self, company):
        """SQL: whether the product has a bill of materials. The glue with Manufacturing knows."""
        return SQL("FALSE")

    def _get_seller_condition(self, company):
        """SQL: whether the vendor line `seller` counts for the product `product` today."""
        return SQL(
            """
            (seller.product_id IS NULL OR seller.product_id = product.id)
            AND (seller.company_id IS NULL OR seller.company_id = %(company)s)
            AND (seller.date_start IS NULL OR seller.date_start <= %(today)s)
            AND (seller.date_end IS NULL OR seller.date_end >= %(today)s)
            """,
            company=company.id, today=self._get_real_today(company),
        )

    def _get_seller_exists(self, company):
        """SQL: whether the product has a vendor."""
        return SQL(
            """
            EXISTS (SELECT FROM product_supplierinfo seller
                      JOIN res_partner partner ON partner.id = seller.partner_id AND partner.active
                     WHERE seller.product_tmpl_id = product.product_tmpl_id AND %s)
            """,
            self._get_seller_condition(company),
        )

    def _settle_sources(self, company):
        """Set source, route, supplying warehouse and vendor of all rows of a company."""
        groups = self._get_route_groups(company)
        resolver = Resolver(self.env, company, groups)
        found = defaultdict(list)
        for location, warehouse, point_route, product_routes, categ, has_seller, has_bill, ids in groups:
            found[resolver(
                location, warehouse, point_route, product_routes or [], categ, has_seller, has_bill)] += ids
        for (source, route, supplier_warehouse, days), ids in found.items():
            self.env.cr.execute(SQL(
                """
                UPDATE gantry_reorder_rule
                   SET source = %(source)s, route_id = %(route)s, supplier_warehouse_id = %(warehouse)s,
                       route_days = %(days)s
                 WHERE id = ANY(%(ids)s) AND (source, route_id, supplier_warehouse_id, route_days)
                       IS DISTINCT FROM (%(source)s, %(route)s::int, %(warehouse)s::int, %(days)s::float8)
                """,
                source=source, route=route, warehouse=supplier_warehouse, days=float(days), ids=ids,
            ))
        self._settle_vendors(company)

    def _get_route_groups(self, company):
        """Rows by what decides on their source."""
        self.env.cr.execute(SQL(
            """
            SELECT rule.location_id, rule.warehouse_id, point.route_id, route.ids, template.categ_id,
                   %(seller)s AS has_seller,
                   %(bill)s AS has_bill, array_agg(rule.id)
              FROM gantry_reorder_rule rule
              JOIN product_product product ON product.id = rule.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN stock_warehouse_orderpoint point ON point.id = rule.orderpoint_id
         LEFT JOIN (SELECT product_id, array_agg(route_id ORDER BY route_id) AS ids
                      FROM stock_route_product GROUP BY product_id) route ON route.product_id = template.id
             WHERE rule.company_id = %(company)s
             GROUP BY 1, 2, 3, 4, 5, 6, 7
            """,
            company=company.id, bill=self._get_bill_exists(company), seller=self._get_seller_exists(company),
        ))
        return self.env.cr.fetchall()

    def _get_seller_query(self, company):
        """SQL of the vendor line that counts for each product: variant before template, then Odoo's own order."""
        return SQL(
            """
            SELECT DISTINCT ON (product.id) product.id AS product_id, seller.id AS seller_id, seller.partner_id,
                   seller.delay, seller.product_uom_id
              FROM product_supplierinfo seller
              JOIN product_product product ON product.product_tmpl_id = seller.product_tmpl_id
              JOIN res_partner partner ON partner.id = seller.partner_id AND partner.active
             WHERE %s
             ORDER BY product.id, seller.sequence, seller.min_qty DESC, seller.price, seller.id
            """,
            self._get_seller_condition(company),
        )

    def _get_point_seller(self):
        """SQL of the vendor line set on a reordering rule `point`; Purchase knows."""
        return SQL("NULL::int")

    def _settle_vendors(self, company):
        self.env.cr.execute(SQL(
            """
            WITH seller AS (%(sellers)s)
            UPDATE gantry_reorder_rule rule SET vendor_id = now.partner_id, seller_id = now.seller_id
              FROM (SELECT rule.id, COALESCE(chosen.partner_id, seller.partner_id) AS partner_id,
                           COALESCE(chosen.id, seller.seller_id) AS seller_id
                      FROM gantry_reorder_rule rule
                 LEFT JOIN stock_warehouse_orderpoint point ON point.id = rule.orderpoint_id
                 LEFT JOIN product_supplierinfo chosen ON chosen.id = %(chosen)s AND rule.source = 'buy'
                 LEFT JOIN seller ON seller.product_id = rule.product_id AND rule.source = 'buy'
                     WHERE rule.company_id = %(company)s) now
             WHERE now.id = rule.id
               AND (rule.vendor_id, rule.seller_id) IS DISTINCT FROM (now.partner_id, now.seller_id)
            """,
            sellers=self._get_seller_query(company), chosen=self._get_point_seller(), company=company.id,
        ))

    def _get_days_to_order(self, company):
        """Days the company takes to confirm an order; Purchase knows."""
        return 0


class Resolver:
    """Odoo's search for the rule that supplies a location, on rules read once."""

    def __init__(self, env, company, groups):
        self.env, self.company = env, company
        Rule = env["stock.rule"].sudo()  # sudo: as in core, procurement works on all rules of the company
        self.rules = defaultdict(list)
        for rule in Rule.search_fetch(
            [("action", "!=", "push"), ("company_id", "in", [False, company.id])],
            ["location_dest_id", "location_src_id", "route_id", "warehouse_id", "action", "delay", "procure_method"],
            order="route_sequence, sequence, id",
        ):
            self.rules[rule.location_dest_id.id, rule.route_id.id].append(rule)
        self.routes = {route.id: route for route in env["stock.route"].sudo().search([])}
        self.warehouses = {one.id: one for one in env["stock.warehouse"].sudo().search([])}
        categories = env["product.category"].sudo().browse(sorted({group[4] for group in groups if group[4]}))
        self.categories = {one.id: set(one.total_route_ids.ids) for one in categories}
        locations = env["stock.location"].sudo().with_context(active_test=False).search([])
        self.parents = {one.id: one.location_id.id for one in locations}
        self.warehouse_of = {one.id: one.warehouse_id.id for one in locations}
        self.known = {}

    def __call__(self, location, warehouse, point_route, product_routes, categ, has_seller, has_bill):
        """:return: source, id of the route, id of the supplying warehouse, days of delay"""
        routes = frozenset(product_routes) | self.categories.get(categ, set())
        key = (location, warehouse, point_route, tuple(product_routes), routes, has_seller, has_bill)
        if key not in self.known:
            self.known[key] = self._resolve(location, warehouse, point_route, product_routes, routes,
                                            {"buy": has_seller, "manufacture": has_bill})
        return self.known[key]

    def _resolve(self, location, warehouse, point_route, product_routes, routes, able):
        days, route = 0, None
        for _step in range(DEPTH):
            rule = self._find(location, warehouse, point_route, product_routes, routes, able)
            if not rule:
                return "none", route, None, days
            route = route or rule.route_id.id
            days += rule.delay if rule.action in ("pull", "pull_push") else 0
            if rule.action in ("buy", "manufacture"):
                return rule.action, route, None, days
            supplier = rule.route_id.supplier_wh_id.id or self.warehouse_of.get(rule.location_src_id.id)
            if supplier and supplier != warehouse:
                return "transfer", route, supplier, days + self._get_transfer_days(rule, supplier)
            if rule.procure_method == "make_to_stock":
                return "none", route, None, days
            location = rule.location_src_id.id
        return "none", route, None, days

    def _get_transfer_days(self, rule, supplier):
        """Delay of the rule that brings the goods out of the supplying warehouse."""
        found = self.rules.get((rule.location_src_id.id, rule.route_id.id), [])
        return next((one.delay for one in found if one.warehouse_id.id in (supplier, False)), 0)

    def _find(self, location, warehouse, point_route, product_routes, routes, able):
        stages = [
            [point_route] if point_route else [],
            sorted(routes, key=lambda one: (one not in product_routes, self._sequence(one))),
            sorted(self._get_warehouse_routes(warehouse, able), key=self._sequence),
        ]
        while location:
            for stage in stages:
                for route in stage:
                    if rule := self._pick(location, route, warehouse):
                        return rule
            location = self.parents.get(location)
        return None

    def _sequence(self, route):
        found = self.routes.get(route)
        return (found.sequence if found else 1 << 30, route)

    def _get_warehouse_routes(self, warehouse, able):
        """Routes of the warehouse that suit the product: to buy needs a vendor, to manufacture a bill."""
        found = self.warehouses.get(warehouse)
        for route in found.route_ids if found else []:
            actions = set(route.rule_ids.mapped("action"))
            if all(able.get(action, True) for action in actions):
                yield route.id

    def _pick(self, location, route, warehouse):
        rules = self.rules.get((location, route), [])
        own = [rule for rule in rules if rule.warehouse_id.id == warehouse]
        return next(iter(own), None) or next((rule for rule in rules if not rule.warehouse_id), None)
