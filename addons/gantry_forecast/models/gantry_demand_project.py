from odoo import api, models
from odoo.tools import SQL

from .gantry_demand_build import KIND, QUANTITY

DAYS = 10  # delivery days that tell what is usual
QUANTILE = 0.8
TIMES = 6  # a project is so many times what four of five days stay below
SHARE = 0.8  # of the day goes to one customer
AGAIN = 1 / 3  # a customer who has bought so much of it on another day comes back


class GantryDemandProject(models.Model):
    """Proposes days as one-off projects; planners say what they are."""

    _inherit = "gantry.demand"

    @api.model
    def _propose_projects(self, company):
        """Flag days of the collected products on which one customer took far more than usual, once.

        What a planner has flagged, left out or given a reason is not asked about again.

        :return: number of days flagged
        """
        self.env.cr.execute(SQL(
            """
            WITH usual AS (
                SELECT demand.product_id, demand.warehouse_id,
                       percentile_disc(%(quantile)s) WITHIN GROUP (ORDER BY demand.quantity) AS level
                  FROM gantry_demand demand JOIN gantry_moved_product moved ON moved.product_id = demand.product_id
                 WHERE demand.company_id = %(company)s AND demand.source = 'delivery' AND demand.quantity > 0
                 GROUP BY 1, 2 HAVING count(*) >= %(days)s),
            big AS MATERIALIZED (
                SELECT demand.id, demand.product_id, demand.warehouse_id, demand.date, demand.quantity
                  FROM gantry_demand demand
                  JOIN usual ON usual.product_id = demand.product_id AND usual.warehouse_id = demand.warehouse_id
                 WHERE demand.company_id = %(company)s AND demand.source = 'delivery'
                   AND demand.flag IN ('none', 'outlier') AND demand.excluded IS NOT TRUE AND demand.reason IS NULL
                   AND demand.quantity >= %(times)s * usual.level),
            bought AS MATERIALIZED (
                SELECT big.id, partner.commercial_partner_id AS partner_id, %(day)s AS date,
                       sum(%(quantity)s) AS quantity
                  FROM big
                  JOIN stock_move move ON move.product_id = big.product_id AND move.state = 'done'
                  JOIN stock_location src ON src.id = move.location_id AND src.warehouse_id = big.warehouse_id
                  JOIN stock_location dst ON dst.id = move.location_dest_id
                  JOIN product_product product ON product.id = move.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom uom ON uom.id = move.product_uom
                  JOIN uom_uom template_uom ON template_uom.id = template.uom_id
             LEFT JOIN stock_picking picking ON picking.id = move.picking_id
                  JOIN res_partner partner ON partner.id = COALESCE(move.partner_id, picking.partner_id)
                 WHERE %(kind)s = 'delivery'
                 GROUP BY 1, 2, 3)
            UPDATE gantry_demand demand SET flag = 'project_ask'
              FROM big JOIN bought ON bought.id = big.id AND bought.date = big.date
             WHERE demand.id = big.id AND bought.quantity >= %(share)s * big.quantity
               AND NOT EXISTS (
                   SELECT FROM bought other
                    WHERE other.id = big.id AND other.partner_id = bought.partner_id AND other.date <> bought.date
                      AND other.quantity >= %(again)s * bought.quantity)
            """,
            company=company.id, quantile=QUANTILE, days=DAYS, times=TIMES, share=SHARE, again=AGAIN, kind=KIND,
            quantity=QUANTITY, day=self._get_day(company, SQL("move.date")),
        ))
        return self.env.cr.rowcount

    def action_exclude_project(self):
        """It was a one-off project: leave these days out of the forecast."""
        self.write({"flag": "project", "excluded": True, "reason": self._get_answer(self.env._("one-off project"))})

    def action_keep_project(self):
        """It was ordinary demand: learn from these days, and do not ask again."""
        self.write({"flag": "none", "excluded": False, "reason": self._get_answer(self.env._("ordinary order"))})

    def _get_answer(self, what):
        return self.env._("%(name)s: %(what)s", name=self.env.user.name, what=what)
