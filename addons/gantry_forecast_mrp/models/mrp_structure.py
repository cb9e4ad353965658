from dataclasses import dataclass

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..core import Structure

BUCKET_DAYS = {"day": 1, "week": 7, "month": 30}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """The bills of materials of a company: nodes (product and warehouse) and the structure between them."""

    nodes: np.ndarray  # structured: product_id, warehouse_id; sorted
    structure: Structure

    def find(self, product_ids, warehouse_ids) -> np.ndarray:
        """Positions of nodes, -1 where there is none."""
        keys = _keys(np.asarray(product_ids), np.asarray(warehouse_ids))
        own = _keys(self.nodes["product_id"], self.nodes["warehouse_id"])
        place = np.searchsorted(own, keys).clip(max=max(len(own) - 1, 0))
        return np.where(own[place] == keys, place, -1) if len(own) else np.full(len(keys), -1)


def _keys(product_ids, warehouse_ids):
    return product_ids.astype(np.int64) << 32 | warehouse_ids.astype(np.int64)


class GantryForecastStructure(models.Model):
    """Bills of materials as arrays: read with one query, whatever their number."""

    _inherit = "gantry.forecast"

    @api.model
    def _get_bills(self, company):
        """The bills of a company.

        :return: Bills, or None when it makes nothing
        """
        rows = self._read_bill_lines(company)
        if not rows:
            return None
        columns = list(zip(*rows, strict=True))
        ends = [np.array(columns[i], np.int64) for i in (0, 1, 2, 3)]
        keys, index = np.unique(
            np.concatenate([_keys(ends[0], ends[1]), _keys(ends[2], ends[3])]), return_inverse=True
        )
        nodes = np.zeros(len(keys), [("product_id", "i4"), ("warehouse_id", "i4")])
        nodes["product_id"], nodes["warehouse_id"] = keys >> 32, keys & 0xFFFFFFFF
        days = BUCKET_DAYS[company.gantry_forecast_bucket]
        structure = Structure(
            n=len(keys),
            parent=index[: len(rows)],
            child=index[len(rows) :],
            ratio=np.array(columns[4], np.float64),
            lag=np.array(columns[5], np.int64) // days,
        )
        return Bills(nodes=nodes, structure=structure)

    def _read_bill_lines(self, company):
        """(product, warehouse, component, warehouse, units of component per unit, lead time in days) of each line.

        Per product and warehouse the bill is chosen as `mrp.bom._bom_find` does it: one of the warehouse or of all
        before one of another warehouse, then by sequence, own variant before template. A bill of another warehouse
        asks for its components there. What is subcontracted needs the components too, at the subcontractor's: where
        there is a bill to make it in house as well, that one counts.
        """
        self.env.flush_all()
        relation = self.env["mrp.bom.line"]._fields["bom_product_template_attribute_value_ids"]
        rows = self.env.execute_query(
            SQL(
                """
                WITH choice AS (
                    SELECT DISTINCT ON (product.id, warehouse.id)
                           product.id AS product_id, warehouse.id AS warehouse_id, bom.id AS bom_id,
                           COALESCE(kind.warehouse_id, warehouse.id) AS made_id, bom.produce_delay,
                           bom.product_qty * bom_uom.factor / product_uom.factor AS quantity, bom.type,
                           bom.product_tmpl_id
                      FROM mrp_bom bom
                      JOIN product_product product
                        ON product.product_tmpl_id = bom.product_tmpl_id
                       AND (bom.product_id IS NULL OR bom.product_id = product.id)
                      JOIN product_template template ON template.id = product.product_tmpl_id
                CROSS JOIN stock_warehouse warehouse
                 LEFT JOIN stock_picking_type kind ON kind.id = bom.picking_type_id
                      JOIN uom_uom bom_uom ON bom_uom.id = bom.product_uom_id
                      JOIN uom_uom product_uom ON product_uom.id = template.uom_id
                     WHERE bom.active AND product.active AND bom.type IN ('normal', 'phantom', 'subcontract')
                       AND bom.product_qty > 0 AND warehouse.active AND warehouse.company_id = %(company)s
                       AND (bom.company_id IS NULL OR bom.company_id = %(company)s)
                       AND (kind.warehouse_id IS NULL OR kind.company_id = %(company)s)
                  ORDER BY product.id, warehouse.id,
                           bom.type = 'subcontract',
                           (kind.warehouse_id IS NOT NULL AND kind.warehouse_id != warehouse.id),
                           bom.sequence, bom.product_id NULLS LAST, bom.id)
                SELECT choice.product_id, choice.warehouse_id, line.product_id, choice.made_id,
                       line.product_qty * line_uom.factor / component_uom.factor / choice.quantity,
                       CASE WHEN choice.type = 'phantom' THEN 0
                            ELSE GREATEST(COALESCE(choice.produce_delay, 0), 0)
                                 + COALESCE(CASE WHEN choice.type = 'subcontract' THEN %(delay)s END, 0) END,
                       CASE WHEN EXISTS (SELECT FROM %(relation)s rel WHERE rel.%(column)s = line.id)
                            THEN line.id END
                  FROM choice
                  JOIN mrp_bom_line line ON line.bom_id = choice.bom_id
                  JOIN product_product component ON component.id = line.product_id AND component.active
                  JOIN product_template template ON template.id = component.product_tmpl_id
                   AND template.type = 'consu'
                  JOIN uom_uom line_uom ON line_uom.id = line.product_uom_id
                  JOIN uom_uom component_uom ON component_uom.id = template.uom_id
                 WHERE line.product_qty > 0
                """,
                company=company.id,
                delay=self._get_vendor_delay(company),
                relation=SQL.identifier(relation.relation),
                column=SQL.identifier(relation.column1),
            )
        )
        return [row[:6] for row in rows if not row[6] or not self._is_skipped(row[6], row[0])]

    @staticmethod
    def _get_vendor_delay(company):
        """SQL of the days that the first vendor of a bill's product takes."""
        return SQL(
            """
            (SELECT vendor.delay FROM product_supplierinfo vendor
              WHERE vendor.product_tmpl_id = choice.product_tmpl_id
                AND (vendor.product_id IS NULL OR vendor.product_id = choice.product_id)
                AND (vendor.company_id IS NULL OR vendor.company_id = %s)
           ORDER BY vendor.sequence, vendor.min_qty, vendor.id LIMIT 1)
            """,
            company.id,
        )

    def _is_skipped(self, line_id, product_id):
        """Whether a line that is for some variants only is not for this one."""
        # sudo: a planner need not be a user of manufacturing for the components to be planned
        line = self.env["mrp.bom.line"].sudo().browse(line_id)
        return line._skip_bom_line(self.env["product.product"].sudo().browse(product_id))
