from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .gantry_hold import KINDS

# more lots than these get no note of their own, which would cost as much as the hold; they show their holds anyway
NOTED_LOTS = 200


class GantryHold(models.Model):
    """Placing a hold: states of lots, reservations released in one go, a list of what was hit."""

    _inherit = "gantry.hold"

    @api.model
    def _hold_lots(self, lots, *, reason, kind="quality", origin_ref=None, **vals):
        """Put lots on hold, release their reservations and list them.

        The caller needs the rights of a stock user; reservations of other companies are released too.

        :param lots: ``stock.lot`` records; lots of several companies give one hold per company
        :param str reason: why, in words
        :param str kind: one of the kinds of ``gantry.hold``; ``inspection`` gives the state *Waiting for release*
        :param str origin_ref: document that led to it
        :param vals: further values of the hold, such as ``owner_id``, ``scope``, ``picking_id``
        :return: the ``gantry.hold``, one per company of the lots
        """
        if not lots:
            raise UserError(self.env._("There is no lot to put on hold."))
        if not (reason or "").strip():
            raise UserError(self.env._("A hold needs a reason."))
        if kind not in dict(KINDS):
            known = ", ".join(dict(KINDS))
            raise UserError(self.env._("There is no kind %(kind)s; take one of %(known)s.", kind=kind, known=known))
        lots.check_access("read")
        by_company = defaultdict(lambda: self.env["stock.lot"])
        for company, group in lots.grouped("company_id").items():
            by_company[company or self.env.company] |= group
        holds = self.create(
            [
                {
                    "reason": reason,
                    "kind": kind,
                    "origin_ref": origin_ref,
                    "company_id": company.id,
                    **vals,
                    "line_ids": [fields.Command.create({"lot_id": lot.id}) for lot in group],
                }
                for company, group in by_company.items()
            ]
        )
        holds._place()
        return holds

    def action_hold(self):
        """Put the lots of draft holds on hold."""
        self._place()
        return True

    def _place(self):
        """Draft holds become effective: lots blocked, reservations released and listed, documents told."""
        self.check_access("write")
        self.line_ids.lot_id.check_access("read")
        for hold in self:
            if hold.state != "draft":
                raise UserError(self.env._("The hold %s is placed already.", hold.name))
            if not hold.line_ids:
                raise UserError(self.env._("The hold %s has no lots.", hold.name))
        for hold in self.sudo():  # sudo: lines are written by the buttons of the hold only
            hold._place_lines()
            hits = hold._release_reservations(hold.line_ids.lot_id)
            hold._log_placed(hits)

    def _place_lines(self):
        now = fields.Datetime.now()
        who = self.env.user
        quantities = dict(
            self.env["stock.quant"]._read_group(
                [("lot_id", "in", self.line_ids.lot_id.ids), ("location_id.usage", "in", ("internal", "transit"))],
                ["lot_id"],
                ["quantity:sum"],
            )
        )
        self.line_ids.write(
            {
                "state": "quarantine" if self.kind == "inspection" else "held",
                "date_held": now,
                "held_by_id": who.id,
            }
        )
        for quantity, lines in self.line_ids.grouped(lambda line: quantities.get(line.lot_id, 0.0)).items():
            if quantity:
                lines.qty_at_hold = quantity
        self.write({"date_held": now, "held_by_id": who.id})
        self.line_ids.lot_id._gantry_update_hold_state()

    # -- reservations

    def _release_reservations(self, lots):
        """Take held lots out of everything that is reserved or picked; return the list of what was hit."""
        lines = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", lots.ids),
                ("state", "not in", ("draft", "done", "cancel")),
                ("quantity", ">", 0),
            ]
        )
        lines = lines.filtered("gantry_hold_refused")
        hits = self.env["gantry.hold.hit"].create([self._prepare_hit_vals(line) for line in lines])
        lines._gantry_unreserve()
        return hits

    def _prepare_hit_vals(self, line):
        move = line.move_id
        source = line.picking_id or move._get_source_document()
        return {
            "hold_id": self.id,
            "lot_id": line.lot_id.id,
            "move_id": move.id,
            "picking_id": line.picking_id.id,
            "company_id": line.company_id.id or move.company_id.id or self.company_id.id,
            "reference": (source and source.display_name) or move.reference or line.reference,
            "partner_id": line.picking_id.partner_id.id or move.partner_id.id,
            "location_id": line.location_id.id,
            "location_dest_id": line.location_dest_id.id,
            "quantity": line.quantity_product_uom,
            "picked": line.picked,
            "date_planned": move.date,
        }

    def _log_placed(self, hits):
        """Notes on the lots and on the transfers that lost a reservation."""
        self._log_on_lots(
            self.line_ids.lot_id, self.env._("On hold by %(hold)s: %(reason)s", hold=self.name, reason=self.reason)
        )
        bodies = {}
        for picking, group in hits.filtered("picking_id").grouped("picking_id").items():
            names = ", ".join(sorted(set(group.lot_id.mapped("name"))))
            bodies[picking.id] = self.env._(
                "%(hold)s released the reservation of %(lots)s: %(reason)s",
                hold=self.name, lots=names, reason=self.reason,
            )  # fmt: skip
        if bodies:
            self.env["stock.picking"].browse(bodies)._message_log_batch(bodies=bodies)

    @api.model
    def _log_on_lots(self, lots, text):
        if len(lots) <= NOTED_LOTS:
            lots._message_log_batch(bodies=dict.fromkeys(lots.ids, text))

    @api.model
    def _cron_sweep(self):
        """Release what was reserved in the very moment in which its lot was put on hold."""
        lines = self.env["stock.move.line"].search(
            Domain("lot_id.gantry_hold_state", "!=", "free")
            & Domain("state", "not in", ("draft", "done", "cancel"))
            & Domain("quantity", ">", 0)
        )
        lines = lines.filtered("gantry_hold_refused")
        for lot, group in lines.grouped("lot_id").items():
            hold = lot.gantry_hold_line_ids.filtered("is_active").hold_id[:1]
            if hold:
                self.env["gantry.hold.hit"].create([hold._prepare_hit_vals(line) for line in group])
        lines._gantry_unreserve()
