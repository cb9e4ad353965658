from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .gantry_hold import KINDS

USER = "stock.group_stock_user"
RELEASE = "gantry_hold.group_quality_release"
MAX_LOTS = 10_000


class GantryHoldApi(models.AbstractModel):
    """Holds for other programs: laboratory systems, scanners, an ERP above. Everything runs as the caller."""

    _name = "gantry.hold.api"
    _inherit = "gantry.api"
    _description = "Gantry RPC: holds and quality release"

    # -- reads

    @api.model
    @api.readonly
    def list_holds(
        self, *, state: str | None = None, kind: str | None = None, lot_id: int | None = None,
        limit: int = 100, offset: int = 0,
    ) -> dict:  # fmt: skip
        """Holds of the caller's companies, newest first.

        :param state: draft, held, released or rejected
        :param kind: quality, inspection, supplier, complaint, recall, expiry or other
        :param lot_id: only holds of this lot
        :param limit: how many, at most 1000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset`` (null on the last page). An item has
            ``hold_id``, ``name``, ``state``, ``kind``, ``reason``, ``origin_ref``, ``owner_id``, ``company_id``,
            ``held_by_id``, ``held_at``, ``lots``, ``lots_on_hold``, ``reservations_released``
        """
        self._require_group(USER)
        limit, offset = self._page(limit, offset)
        Hold = self.env["gantry.hold"]
        domain = Domain.TRUE
        for name, value in (("state", state), ("kind", kind)):
            if value is not None:
                self._one_of(name, value, dict(Hold._fields[name]._description_selection(self.env)))
                domain &= Domain(name, "=", value)
        if lot_id is not None:
            domain &= Domain("line_ids.lot_id", "=", lot_id)
        holds = Hold.search(domain, limit=limit, offset=offset) if limit else Hold
        items = [self._hold_answer(hold) for hold in holds]
        return self._plain(self._page_answer(items, Hold.search_count(domain), limit, offset))

    @api.model
    @api.readonly
    def get_hold(self, *, hold_id: int) -> dict:
        """A hold with its lots and with the reservations that it released.

        :param hold_id: id of the hold
        :return: as an item of list_holds, and ``lot_lines``: a list of ``lot_id``, ``lot``, ``product_id``, ``state``
            (quarantine, held, rejected, released), ``on_hand``, ``not_in_quarantine``, ``held_by_id``,
            ``released_by_id``, ``decided_at``, ``decision_reason``; ``hits``: a list of ``lot_id``, ``document``,
            ``transfer_id``, ``move_id``, ``partner_id``, ``quantity``, ``picked``, ``planned_at``, ``move_state``
        """
        self._require_group(USER)
        hold = self._record("gantry.hold", hold_id)
        lines = [
            {
                "lot_id": line.lot_id.id,
                "lot": line.lot_id.name,
                "product_id": line.product_id.id,
                "state": line.state,
                "on_hand": line.qty_on_hand,
                "not_in_quarantine": line.qty_outside_quarantine,
                "held_by_id": line.held_by_id.id or None,
                "released_by_id": line.released_by_id.id or None,
                "decided_at": line.date_decided or None,
                "decision_reason": line.decision_reason or None,
            }
            for line in hold.line_ids
        ]
        hits = [
            {
                "lot_id": hit.lot_id.id,
                "document": hit.reference or None,
                "transfer_id": hit.picking_id.id or None,
                "move_id": hit.move_id.id or None,
                "partner_id": hit.partner_id.id or None,
                "quantity": hit.quantity,
                "picked": hit.picked,
                "planned_at": hit.date_planned or None,
                "move_state": hit.move_state or None,
            }
            for hit in hold.hit_ids
        ]
        return self._plain(self._hold_answer(hold) | self._json({"lot_lines": lines, "hits": hits}))

    @api.model
    @api.readonly
    def find_lots(
        self, *, supplier_lot: str | None = None, transfer_id: int | None = None, partner_id: int | None = None,
        product_id: int | None = None, limit: int = 1000, offset: int = 0,
    ) -> dict:  # fmt: skip
        """Lots by the number of their supplier or by the transfer they came with.

        :param supplier_lot: number of the supplier: found as lot, reference or supplier's lot, in any case
        :param transfer_id: lots of this receipt
        :param partner_id: with ``supplier_lot``, only lots received from this supplier
        :param product_id: with ``supplier_lot``, only lots of this product
        :param limit: how many, at most 1000
        :param offset: how many to leave out at the beginning
        :return: a page of ``lot_id``, ``lot``, ``product_id``, ``hold_state``, ``on_hand``
        """
        self._require_group(USER)
        limit, offset = self._page(limit, offset)
        if (supplier_lot is None) == (transfer_id is None):
            raise UserError(self.env._("Give either supplier_lot or transfer_id."))
        Wizard = self.env["gantry.hold.wizard"]
        if transfer_id is not None:
            picking = self._record("stock.picking", transfer_id)
            lots = Wizard.new({"scope": "receipt", "picking_id": picking.id})._find_lots()
        else:
            values = {"scope": "supplier_lot", "supplier_lot": supplier_lot}
            values |= {"partner_id": partner_id, "product_id": product_id}
            lots = Wizard.new(values)._find_lots()
        lots = lots.sorted("id")
        items = [self._lot_answer(lot) for lot in lots[offset : offset + limit]]
        return self._plain(self._page_answer(items, len(lots), limit, offset))

    @api.model
    @api.readonly
    def check_lots(self, *, lot_ids: list[int]) -> list:
        """Whether lots may go, before anything is done with them.

        :param lot_ids: ids of lots, at most 10000
        :return: a list of ``lot_id``, ``lot``, ``product_id``, ``hold_state`` (free, quarantine, held, rejected),
            ``on_hand`` and ``why`` (null when free)
        """
        self._require_group(USER)
        return self._plain([self._lot_answer(lot) for lot in self._lots(lot_ids)])

    # -- changes

    @api.model
    def hold_lots(
        self, *, lot_ids: list[int], reason: str, request_uid: str, kind: str = "quality",
        origin_ref: str | None = None, owner_id: int | None = None, to_quarantine: bool = False,
    ) -> dict:  # fmt: skip
        """Put lots on hold, release their reservations, and say what was hit.

        :param lot_ids: ids of lots, at most 10000
        :param reason: why, in words
        :param request_uid: identifier of this request; the same one again returns the first answer
        :param kind: as in list_holds, without inspection
        :param origin_ref: document that led to it
        :param owner_id: user who looks after the hold; the caller when left out
        :param to_quarantine: also move what is on hand to the quarantine locations
        :return: ``hold_ids`` (one per company of the lots), ``lots``, ``reservations_released``
        """
        self._require_group(USER)
        kinds = {name: label for name, label in KINDS if name != "inspection"}
        self._one_of("kind", kind, kinds)
        payload = {"lot_ids": lot_ids, "reason": reason, "kind": kind, "origin_ref": origin_ref}
        payload |= {"owner_id": owner_id, "to_quarantine": to_quarantine}

        def hold():
            lots = self._lots(lot_ids)
            vals = {"owner_id": self._record("res.users", owner_id).id} if owner_id is not None else {}
            holds = self.env["gantry.hold"]._hold_lots(lots, reason=reason, kind=kind, origin_ref=origin_ref, **vals)
            if to_quarantine:
                holds.filtered("qty_outside_quarantine").action_move_to_quarantine()
            return {
                "hold_ids": holds.ids,
                "lots": len(lots),
                "reservations_released": sum(hold.hit_count + hold.hidden_hit_count for hold in holds),
            }

        return self.env["gantry.request"]._once(request_uid, "gantry.hold.api/hold_lots", payload, hold)

    @api.model
    def release(self, *, hold_id: int, reason: str, request_uid: str, lot_ids: list[int] | None = None) -> dict:
        """Let lots go again. Needs the role Quality release and another person than the one who held them.

        :param hold_id: id of the hold
        :param reason: why they may go
        :param request_uid: identifier of this request; the same one again returns the first answer
        :param lot_ids: only these lots; all that are still on hold when left out
        :return: ``hold_id``, ``state`` of the hold, ``lot_ids`` that were released
        """
        return self._decide("release", hold_id, reason, request_uid, lot_ids)

    @api.model
    def reject(self, *, hold_id: int, reason: str, request_uid: str, lot_ids: list[int] | None = None) -> dict:
        """Lots never become free, but may be scrapped or sent back to a vendor. Needs the role Quality release.

        :param hold_id: id of the hold
        :param reason: why they are rejected
        :param request_uid: identifier of this request; the same one again returns the first answer
        :param lot_ids: only these lots; all that are not decided when left out
        :return: ``hold_id``, ``state`` of the hold, ``lot_ids`` that were rejected
        """
        return self._decide("reject", hold_id, reason, request_uid, lot_ids)

    @api.model
    def move_to_quarantine(self, *, hold_id: int, request_uid: str) -> dict:
        """Move what a hold has on hand to the quarantine locations of its warehouses.

        :param hold_id: id of the hold
        :param request_uid: identifier of this request; the same one again returns the first answer
        :return: ``hold_id``, ``moved`` (quantity over all lots)
        """
        self._require_group(USER)

        def move():
            hold = self._record("gantry.hold", hold_id)
            quantity = hold.qty_outside_quarantine
            hold.action_move_to_quarantine()
            return {"hold_id": hold.id, "moved": quantity}

        return self.env["gantry.request"]._once(
            request_uid, "gantry.hold.api/move_to_quarantine", {"hold_id": hold_id}, move
        )

    # -- parts

    def _decide(self, decision, hold_id, reason, request_uid, lot_ids):
        self._require_group(RELEASE)

        def decide():
            hold = self._record("gantry.hold", hold_id)
            lots = None if lot_ids is None else self._lots(lot_ids)
            decided = hold._release(lots, reason) if decision == "release" else hold._reject(lots, reason)
            return {"hold_id": hold.id, "state": hold.state, "lot_ids": decided.ids}

        payload = {"hold_id": hold_id, "reason": reason, "lot_ids": lot_ids}
        return self.env["gantry.request"]._once(request_uid, f"gantry.hold.api/{decision}", payload, decide)

    def _record(self, model, record_id):
        if not isinstance(record_id, int) or isinstance(record_id, bool):
            raise UserError(self.env._("An id must be a whole number, not %s.", record_id))
        record = self.env[model].browse(record_id).exists()
        if not record:
            name = self.env["ir.model"]._get(model).name
            raise UserError(self.env._("There is no %(model)s with the id %(id)s.", model=name, id=record_id))
        record.check_access("read")
        return record

    def _lots(self, lot_ids):
        whole = isinstance(lot_ids, list) and all(type(lot_id) is int for lot_id in lot_ids)
        if not whole or not 0 < len(lot_ids) <= MAX_LOTS:
            raise UserError(self.env._("lot_ids must be a list of 1 to %s whole numbers.", MAX_LOTS))
        lots = self.env["stock.lot"].browse(dict.fromkeys(lot_ids))
        missing = lots - lots.exists()
        if missing:
            raise UserError(self.env._("There is no lot with the id %s.", missing[0].id))
        lots.check_access("read")
        return lots

    def _lot_answer(self, lot):
        return {
            "lot_id": lot.id,
            "lot": lot.name,
            "product_id": lot.product_id.id,
            "hold_state": lot.gantry_hold_state,
            "on_hand": lot.product_qty,
            "why": lot.gantry_hold_text or None,
        }

    def _hold_answer(self, hold):
        return self._json(
            {
                "hold_id": hold.id,
                "name": hold.name,
                "state": hold.state,
                "kind": hold.kind,
                "reason": hold.reason,
                "origin_ref": hold.origin_ref or None,
                "owner_id": hold.owner_id.id,
                "company_id": hold.company_id.id,
                "held_by_id": hold.held_by_id.id or None,
                "held_at": hold.date_held or None,
                "lots": hold.lot_count,
                "lots_on_hold": hold.active_count,
                "reservations_released": hold.hit_count + hold.hidden_hit_count,
            }
        )
