from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .trace_source import TraceSource, in_ids

DOC_MODEL = "gantry.trace.link"


class GantryTraceLink(models.Model):
    """What no stock move tells: this lot became that lot (relabelled, repacked), or a person knows that they belong
    together. A relabel that the system has found in an inventory adjustment is proposed, and counts as possible
    until somebody confirms or refuses it."""

    _name = "gantry.trace.link"
    _description = "Link between two lots"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _rec_name = "parent_lot_id"

    kind = fields.Selection(
        [("relabel", "Relabelled"), ("manual", "Linked by hand")], required=True, default="manual"
    )
    state = fields.Selection(
        [("proposed", "Proposed"), ("confirmed", "Confirmed"), ("refused", "Refused")],
        required=True,
        default="confirmed",
        tracking=True,
    )
    parent_lot_id = fields.Many2one("stock.lot", "From lot", required=True, ondelete="restrict", index=True)
    child_lot_id = fields.Many2one("stock.lot", "To lot", required=True, ondelete="restrict", index=True)
    parent_product_id = fields.Many2one(related="parent_lot_id.product_id", string="Product")
    child_product_id = fields.Many2one(related="child_lot_id.product_id", string="To product")
    qty = fields.Float("Quantity", digits="Product Unit")
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    reason = fields.Char()
    user_id = fields.Many2one("res.users", "Linked by", default=lambda self: self.env.uid, readonly=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)

    @api.constrains("parent_lot_id", "child_lot_id")
    def _check_two_lots(self):
        for link in self:
            if link.parent_lot_id == link.child_lot_id:
                raise ValidationError(self.env._("A lot cannot be linked with itself; choose two lots."))

    @api.depends("parent_lot_id", "child_lot_id")
    def _compute_display_name(self):
        for link in self:
            link.display_name = f"{link.parent_lot_id.name} → {link.child_lot_id.name}"

    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        links._plan_feed()
        return links

    def write(self, vals):
        result = super().write(vals)
        self._plan_feed()
        return result

    def unlink(self):
        self._plan_feed()
        return super().unlink()

    def action_confirm(self):
        self.write({"state": "confirmed", "user_id": self.env.uid})

    def action_refuse(self):
        self.write({"state": "refused", "user_id": self.env.uid})

    def _plan_feed(self):
        self.env["gantry.trace.edge"]._plan_feed({DOC_MODEL: self.ids})

    @api.model
    def _gantry_trace_source(self):
        return TraceSource(doc_model=DOC_MODEL, edges=self._edges_sql)

    @api.model
    def _edges_sql(self, ids):
        return SQL(
            """
            SELECT k.parent_lot_id, k.child_lot_id, p.product_id, c.product_id, k.kind,
                   CASE WHEN k.state = 'proposed' THEN 'derived' WHEN k.kind = 'relabel' THEN 'certain'
                        ELSE 'manual' END,
                   %s, k.id, k.qty, k.qty, k.date, NULL::timestamp, NULL::timestamp, k.company_id
              FROM gantry_trace_link k
              JOIN stock_lot p ON p.id = k.parent_lot_id
              JOIN stock_lot c ON c.id = k.child_lot_id
             WHERE k.state <> 'refused' AND %s
            """,
            DOC_MODEL, in_ids(SQL("k.id"), ids),
        )  # fmt: skip

    # -- relabels found in inventory adjustments -----------------------------------------------------------

    @api.model
    def _propose_relabels(self, lines):
        """Propose a link where an adjustment took away one lot and added as much of another one.

        Both happened at the same place within the window of the company, also in two separate adjustments. The
        quantity has to be the same to the last unit.
        """
        lines = lines.filtered(lambda line: line.lot_id and line.quantity_product_uom > 0)
        if not lines:
            return self
        self.env["gantry.trace.edge"]._flush_history()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (o.id, i.id) o.lot_id, i.lot_id, o.quantity_product_uom,
                       GREATEST(o.date, i.date), o.company_id
                  FROM stock_move_line o
                  JOIN (SELECT id, gantry_relabel_hours * interval '1 hour' AS span FROM res_company) c
                    ON c.id = o.company_id
                  JOIN stock_move om ON om.id = o.move_id AND om.is_inventory
                  JOIN stock_move_line i ON i.product_id = o.product_id AND i.location_dest_id = o.location_id
                   AND i.lot_id <> o.lot_id AND i.quantity_product_uom = o.quantity_product_uom AND i.state = 'done'
                   AND i.date BETWEEN o.date - c.span AND o.date + c.span
                  JOIN stock_move im ON im.id = i.move_id AND im.is_inventory
                  JOIN stock_location gone ON gone.id = o.location_dest_id AND gone.usage = 'inventory'
                  JOIN stock_location came ON came.id = i.location_id AND came.usage = 'inventory'
                 WHERE o.state = 'done' AND o.lot_id IS NOT NULL AND (o.id = ANY(%(ids)s) OR i.id = ANY(%(ids)s))
                   AND NOT EXISTS (SELECT FROM gantry_trace_link k
                                    WHERE k.parent_lot_id = o.lot_id AND k.child_lot_id = i.lot_id)
                """,
                ids=lines.ids,
            )
        )  # fmt: skip
        return self.sudo().create(
            [
                {
                    "kind": "relabel",
                    "state": "proposed",
                    "parent_lot_id": gone,
                    "child_lot_id": came,
                    "qty": float(qty),
                    "date": at,
                    "company_id": company_id,
                    "user_id": False,
                    "reason": self.env._("Same quantity counted away and counted in at the same place"),
                }
                for gone, came, qty, at, company_id in rows
            ]
        )
