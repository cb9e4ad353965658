from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# values that decide whether a line takes a held lot where it may not go
WATCHED = {
    "lot_id", "quant_id", "location_id", "location_dest_id", "quantity", "quantity_product_uom", "product_uom_id",
    "picked", "move_id", "picking_id", "product_id",
}  # fmt: skip
NAMED_LOTS = 5


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    gantry_hold_state = fields.Selection(related="lot_id.gantry_hold_state")
    gantry_hold_refused = fields.Boolean(
        compute="_compute_gantry_hold_refused",
        help="The lot is on hold and may not go where this line takes it.",
    )

    @api.depends("lot_id.gantry_hold_state", "location_id", "location_dest_id", "move_id.scrap_id")
    def _compute_gantry_hold_refused(self):
        quarantine = self.env["stock.location"]._gantry_quarantine_ids()
        for line in self:
            # sudo: a lot is on hold for everybody, also for those who may not read it
            lot = line.sudo().lot_id
            line.gantry_hold_refused = lot.gantry_hold_state not in (False, "free") and not line._gantry_may_go(
                lot.gantry_hold_state, quarantine
            )

    def _gantry_may_go(self, state, quarantine):
        """Whether a lot in this state may go where the line takes it."""
        source, dest = self.sudo().location_id, self.sudo().location_dest_id
        if dest.id in quarantine or source == dest:
            return True
        if source.usage != "internal" and dest.usage == "internal":
            return True  # goods that come in are safer here than outside
        if source.usage == "customer" and dest.usage in ("supplier", "transit"):
            return True  # on their way back
        if state == "rejected":  # decided: destroy or send back
            return dest.usage == "supplier" or bool(self.sudo().move_id.scrap_id)
        return False

    def _gantry_would_be_refused(self):
        """Whether the line could not stay if its lot were put on hold now."""
        return not self._gantry_may_go("held", self.env["stock.location"]._gantry_quarantine_ids())

    def _gantry_check_hold(self):
        """Refuse lines that take a lot on hold out of the house or out of its place."""
        refused = self.filtered(lambda line: line.gantry_hold_refused and line.quantity > 0)
        if not refused:
            return
        places = "\n".join(
            self.env._(
                "- lot %(lot)s of %(product)s, from %(origin)s to %(dest)s (%(why)s)",
                lot=line.lot_id.name,
                product=line.product_id.display_name,
                origin=line.location_id.display_name,
                dest=line.location_dest_id.display_name,
                why=line.lot_id.gantry_hold_text,
            )
            for line in refused.sudo()[:NAMED_LOTS]
        )
        raise UserError(
            self.env._(
                "Lots on hold may only go to a quarantine location:\n%(places)s\n"
                "Release them first, or take other lots.",
                places=places,
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._gantry_check_hold()
        return lines

    def write(self, vals):
        if not WATCHED & set(vals):
            return super().write(vals)
        before = {line.id: line._gantry_shipment() for line in self if line.state == "done"}
        result = super().write(vals)
        # a delivery that was done before the hold may still be corrected downwards, never upwards
        self.filtered(
            lambda line: line.id not in before or line._gantry_worse_than(before[line.id])
        )._gantry_check_hold()
        return result

    def _gantry_shipment(self):
        return (self.lot_id, self.location_id, self.location_dest_id), self.quantity_product_uom

    def _gantry_worse_than(self, before):
        where, quantity = self._gantry_shipment()
        return where != before[0] or self.product_id.uom_id.compare(quantity, before[1]) > 0

    def _action_done(self):
        self._gantry_lock_lots()
        self._gantry_take_to_quarantine()
        self._gantry_check_hold()
        return super()._action_done()

    def _gantry_lock_lots(self):
        """Nobody puts these lots on hold while they leave.

        A hold that was committed since this transaction began fails the lock; Odoo then tries again, and sees it.
        """
        lot_ids = self.filtered(lambda line: line.location_dest_id != line.location_id).lot_id.ids
        if lot_ids:
            self.env["stock.lot"].flush_model(["gantry_hold_state"])
            self.env.execute_query(
                SQL("SELECT id FROM stock_lot WHERE id = ANY(%s) ORDER BY id FOR SHARE", sorted(lot_ids))
            )

    def _gantry_take_to_quarantine(self):
        """What comes back of a lot on hold arrives in the quarantine location, where there is one."""
        for line in self:
            source, dest = line.location_id, line.location_dest_id
            if line.is_inventory or source.usage in ("internal", "inventory") or dest.usage != "internal":
                continue
            place = dest.sudo().warehouse_id.gantry_quarantine_location_id
            if place and not dest._gantry_is_quarantine() and line._gantry_arriving_lot_is_held():
                line.location_dest_id = place

    def _gantry_arriving_lot_is_held(self):
        lot = self.lot_id
        if not lot and self.lot_name:
            lot = self.env["stock.lot"].search(
                [
                    ("product_id", "=", self.product_id.id),
                    ("name", "=", self.lot_name),
                    ("company_id", "in", (False, self.company_id.id)),
                ],
                limit=1,
            )
        return bool(lot) and lot.sudo().gantry_hold_state != "free"

    def _gantry_unreserve(self):
        """Delete the lines and free what they reserved, with one update for all quants.

        Odoo's own way takes half a dozen queries per line, which is minutes for a recall.
        """
        if not self:
            return
        wanted = defaultdict(float)
        for line in self:
            if line.product_id.is_storable and not line.move_id._should_bypass_reservation(line.location_id):
                wanted[line._gantry_quant_key()] += line.quantity_product_uom
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("location_id", "in", self.location_id.ids),
                ("lot_id", "in", [*self.lot_id.ids, False]),
                ("reserved_quantity", ">", 0),
            ]
        )
        by_key = quants.grouped(
            lambda quant: (
                quant.product_id.id, quant.location_id.id, quant.lot_id.id, quant.package_id.id, quant.owner_id.id
            )
        )  # fmt: skip
        for key, quantity in wanted.items():
            without_lot = (*key[:2], False, *key[3:])
            # like Odoo: the quants of the lot first, then those without a lot
            for quant in [*by_key.get(key, ()), *by_key.get(without_lot, ())]:
                taken = min(quant.reserved_quantity, quantity)
                if taken > 0:
                    quant.with_prefetch(quants.ids).reserved_quantity -= taken
                    quantity -= taken
        self.flush_recordset()
        # the quants are free already: a line of nothing is deleted without touching them again
        self.env.cr.execute(
            SQL("UPDATE stock_move_line SET quantity = 0, quantity_product_uom = 0 WHERE id = ANY(%s)", self.ids)
        )
        self.invalidate_recordset(["quantity", "quantity_product_uom"], flush=False)
        self.unlink()

    def _gantry_quant_key(self):
        return self.product_id.id, self.location_id.id, self.lot_id.id, self.package_id.id, self.owner_id.id
