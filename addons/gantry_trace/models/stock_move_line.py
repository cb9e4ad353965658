from odoo import api, fields, models

from .gantry_trace_correction import WATCHED


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    gantry_for_lot_id = fields.Many2one(
        "stock.lot",
        "For unit",
        copy=False,
        ondelete="set null",
        help="The finished lot or serial number that this component went into. Without it, a component of an order"
        " with several finished units counts as possibly in each of them.",
    )

    _gantry_trace_lot_idx = models.Index("(lot_id) WHERE lot_id IS NOT NULL")
    _gantry_trace_untracked_idx = models.Index("(product_id, company_id, date) WHERE lot_id IS NULL AND state = 'done'")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        late = lines.filtered(lambda line: line.state == "done")
        if late:
            late._gantry_trace_changed()
        return lines

    def write(self, vals):
        if not ("consume_line_ids" in vals or "produce_line_ids" in vals or "gantry_for_lot_id" in vals
                or WATCHED & vals.keys()):  # fmt: skip
            return super().write(vals)
        done = self.filtered(lambda line: line.state == "done")
        before = self.env["gantry.trace.correction"]._remember(done)
        result = super().write(vals)
        if done:
            self.env["gantry.trace.correction"]._journal(before)
            done._gantry_trace_changed(past=bool(vals.keys() & {"date", "quantity", "lot_id", "product_uom_id"}))
        return result

    def _gantry_trace_changed(self, past=False):
        """Have the edges on these done lines renewed; ``past`` when their date, lot or quantity was another one."""
        documents = self.move_id._gantry_trace_documents()
        links = (self | self.produce_line_ids).filtered("consume_line_ids") if self.ids else self
        documents.setdefault("stock.move", set()).update(links.move_id.ids)
        if past:
            for model, ids in self.env["gantry.trace.pool"]._revise(self).items():
                documents.setdefault(model, set()).update(ids)
        self.env["gantry.trace.edge"]._plan_feed(documents)
