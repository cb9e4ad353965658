import numpy as np

from odoo import api, models
from odoo.addons.gantry_forecast.tools.copy import copy_from, copy_query, refresh_statistics
from odoo.tools import SQL

KINDS = {"i4": "integer", "f4": "real", "f8": "double precision", "b1": "boolean", "M8": "date"}
TIERS = 3  # of warehouses that supply warehouses
ABC_SHARES = (0.8, 0.95)  # of the value of demand: what lies below is A, then B, then C


class GantryReorderRows(models.Model):
    """Which rows the worklist has, their classes and their policy: a few statements, however many rows there are."""

    _inherit = "gantry.reorder.rule"

    @api.model
    def _settle_rows(self, company):
        """Bring the rows of a company up to date with forecasts, reordering rules, products and policies.

        :return: number of active rows
        """
        self.env.flush_all()
        self._ensure_rows(company)
        self._link_orderpoints(company)
        self._settle_classes(company)
        self._settle_policies(company)
        self._settle_sources(company)
        for _tier in range(TIERS):  # a warehouse that only supplies others needs rows for what they sell
            if not self._ensure_hubs(company):
                break
            self._link_orderpoints(company)
            self._settle_classes(company)
            self._settle_policies(company)
            self._settle_sources(company)
        self._settle_active(company)
        refresh_statistics(self.env.cr, "gantry_reorder_rule")
        self.invalidate_model()
        return self.search_count([("company_id", "=", company.id), ("kind", "=", "warehouse")])

    def _ensure_rows(self, company):
        """A row for every forecast, and for every reordering rule on the stock location of a warehouse."""
        self.env.cr.execute(SQL(
            """
            INSERT INTO gantry_reorder_rule (product_id, warehouse_id, location_id, company_id, active, kind, state,
                                             has_manual_qty, risk_value, issue_count,
                                             create_uid, write_uid, create_date, write_date)
            SELECT wanted.product_id, wanted.warehouse_id, wanted.location_id, %(company)s, TRUE, 'warehouse', 'ok',
                   FALSE, 0, 0, %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM (SELECT forecast.product_id, forecast.warehouse_id, warehouse.lot_stock_id AS location_id
                      FROM gantry_forecast forecast
                      JOIN stock_warehouse warehouse ON warehouse.id = forecast.warehouse_id AND warehouse.active
                      JOIN product_product product ON product.id = forecast.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id
                     WHERE forecast.company_id = %(company)s AND forecast.active AND template.is_storable
                     UNION
                    SELECT point.product_id, point.warehouse_id, point.location_id
                      FROM stock_warehouse_orderpoint point
                      JOIN stock_warehouse warehouse ON warehouse.lot_stock_id = point.location_id
                     WHERE point.company_id = %(company)s AND point.active) wanted
                ON CONFLICT (product_id, location_id) DO NOTHING
            """,
            company=company.id, uid=self.env.uid,
        ))

    def _ensure_hubs(self, company):
        """A row for every product in the warehouse that supplies it to another one.

        :return: number of rows added
        """
        self.env.cr.execute(SQL(
            """
            INSERT INTO gantry_reorder_rule (product_id, warehouse_id, location_id, company_id, active, kind, state,
                                             has_manual_qty, risk_value, issue_count,
                                             create_uid, write_uid, create_date, write_date)
            SELECT DISTINCT rule.product_id, hub.id, hub.lot_stock_id, %(company)s, TRUE, 'warehouse', 'ok',
                   FALSE, 0, 0, %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM gantry_reorder_rule rule
              JOIN stock_warehouse hub ON hub.id = rule.supplier_warehouse_id AND hub.active
               AND hub.company_id = %(company)s
             WHERE rule.company_id = %(company)s AND rule.kind = 'warehouse' AND rule.source = 'transfer'
                ON CONFLICT (product_id, location_id) DO NOTHING
            """,
            company=company.id, uid=self.env.uid,
        ))
        return self.env.cr.rowcount

    def _link_orderpoints(self, company):
        """The reordering rule of each of these rows, or of all of the company, and what it says now."""
        self.env.cr.execute(SQL(
            """
            UPDATE gantry_reorder_rule rule
               SET orderpoint_id = now.orderpoint_id, old_min = now.old_min, old_max = now.old_max,
                   old_multiple = now.old_multiple
              FROM (SELECT rule.id, point.id AS orderpoint_id, point.product_min_qty::float8 AS old_min,
                           point.product_max_qty::float8 AS old_max,
                           (pack.factor / unit.factor)::float8 AS old_multiple
                      FROM gantry_reorder_rule rule
                      JOIN product_product product ON product.id = rule.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id
                      JOIN uom_uom unit ON unit.id = template.uom_id
                 LEFT JOIN stock_warehouse_orderpoint point ON point.product_id = rule.product_id
                           AND point.location_id = rule.location_id AND point.company_id = rule.company_id
                           AND point.active
                 LEFT JOIN uom_uom pack ON pack.id = point.replenishment_uom_id
                     WHERE rule.company_id = %s AND %s) now
             WHERE now.id = rule.id
               AND (rule.orderpoint_id, rule.old_min, rule.old_max, rule.old_multiple)
                   IS DISTINCT FROM (now.orderpoint_id, now.old_min, now.old_max, now.old_multiple)
            """,
            company.id, SQL("rule.id = ANY(%s)", self.ids) if self else SQL("TRUE"),
        ))

    def _settle_classes(self, company):
        """Category, class of demand, ABC by value within the warehouse, XYZ by how well demand can be forecast."""
        self.env.cr.execute(SQL(
            """
            WITH fact AS (
                SELECT rule.id, rule.warehouse_id, template.categ_id, forecast.demand_class, forecast.wape,
                       GREATEST(COALESCE(forecast.demand_12m_qty, 0), 0)
                       * COALESCE(NULLIF((product.standard_price ->> %(key)s)::float8, 0), template.list_price, 0)
                       AS worth
                  FROM gantry_reorder_rule rule
                  JOIN product_product product ON product.id = rule.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
             LEFT JOIN gantry_forecast forecast ON forecast.product_id = rule.product_id
                                               AND forecast.warehouse_id = rule.warehouse_id
                 WHERE rule.company_id = %(company)s
            ), ranked AS (
                SELECT id, categ_id, demand_class, wape, worth,
                       (sum(worth) OVER (PARTITION BY warehouse_id ORDER BY worth DESC, id) - worth)
                       / NULLIF(sum(worth) OVER (PARTITION BY warehouse_id), 0) AS before
                  FROM fact
            ), found AS (
                SELECT id, categ_id, demand_class,
                       CASE WHEN worth <= 0 OR before IS NULL OR before >= %(b)s THEN 'C'
                            WHEN before >= %(a)s THEN 'B' ELSE 'A' END AS abc,
                       CASE WHEN wape IS NULL OR wape > 0.6 THEN 'Z' WHEN wape > 0.3 THEN 'Y' ELSE 'X' END AS xyz
                  FROM ranked)
            UPDATE gantry_reorder_rule rule
               SET categ_id = found.categ_id, demand_class = found.demand_class, abc = found.abc, xyz = found.xyz
              FROM found
             WHERE found.id = rule.id AND (rule.categ_id, rule.demand_class, rule.abc, rule.xyz)
                   IS DISTINCT FROM (found.categ_id, found.demand_class, found.abc, found.xyz)
            """,
            company=company.id, key=str(company.id), a=ABC_SHARES[0], b=ABC_SHARES[1],
        ))

    def _settle_policies(self, company):
        rows = copy_query(self.env.cr, SQL(
            """
            SELECT id, product_id, warehouse_id, COALESCE(categ_id, 0),
                   COALESCE(array_position(ARRAY['A', 'B', 'C'], abc::text), 0),
                   COALESCE(array_position(%s::text[], demand_class::text), 0)
              FROM gantry_reorder_rule WHERE company_id = %s ORDER BY id
            """,
            self.env["gantry.reorder.policy"]._get_class_names(), company.id,
        ), [(name, "i4") for name in ("id", "product_id", "warehouse_id", "categ_id", "abc", "demand_class")])
        policies = self.env["gantry.reorder.policy"]._get_in_force(company)
        found = np.zeros(len(rows), [("id", "i4"), ("policy_id", "i4")])
        found["id"], found["policy_id"] = rows["id"], policies._match(rows)
        self._open_table("gantry_reorder_found", found)
        self.env.cr.execute(
            """
            UPDATE gantry_reorder_rule rule
               SET policy_id = policy.id, mode = COALESCE(policy.mode, 'manual'), target_kind = policy.target_kind
              FROM gantry_reorder_found found LEFT JOIN gantry_reorder_policy policy ON policy.id = found.policy_id
             WHERE rule.id = found.id AND (rule.policy_id, rule.mode, rule.target_kind)
                   IS DISTINCT FROM (policy.id, COALESCE(policy.mode, 'manual'), policy.target_kind)
            """
        )
        self.env.cr.execute("DROP TABLE gantry_reorder_found")

    def _settle_active(self, company):
        """A row is shown when there is a reordering rule, or a product that may need one."""
        self.env.cr.execute(SQL(
            """
            UPDATE gantry_reorder_rule rule SET active = now.active
              FROM (SELECT rule.id,
                           rule.orderpoint_id IS NOT NULL
                           OR (product.active AND warehouse.active AND policy.create_rules IS TRUE
                               AND rule.demand_class IS DISTINCT FROM 'dead') AS active
                      FROM gantry_reorder_rule rule
                      JOIN product_product product ON product.id = rule.product_id
                      JOIN stock_warehouse warehouse ON warehouse.id = rule.warehouse_id
                 LEFT JOIN gantry_reorder_policy policy ON policy.id = rule.policy_id
                     WHERE rule.company_id = %s AND rule.kind = 'warehouse') now
             WHERE now.id = rule.id AND rule.active IS DISTINCT FROM now.active
            """,
            company.id,
        ))
        self.env.cr.execute(SQL(
            """
            DELETE FROM gantry_reorder_issue issue USING gantry_reorder_rule rule
             WHERE rule.id = issue.rule_id AND rule.company_id = %s AND NOT rule.active
            """,
            company.id,
        ))

    def _open_table(self, name, array):
        """A temporary table that holds a structured array of fixed width."""
        columns = []
        for column in array.dtype.names:
            base = array.dtype[column].base
            kind = "bytea" if base.kind == "V" else KINDS["M8" if base.kind == "M" else base.kind + str(base.itemsize)]
            columns.append(SQL("%s %s", SQL.identifier(column), SQL(kind)))
        self.env.cr.execute(SQL(
            "CREATE TEMPORARY TABLE %s (%s) ON COMMIT DROP", SQL.identifier(name), SQL(", ").join(columns),
        ))
        copy_from(self.env.cr, name, array.dtype.names, array)
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(name)))
