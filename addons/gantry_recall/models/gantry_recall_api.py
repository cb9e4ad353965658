import base64

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

USER = "gantry_recall.group_recall_user"
MAX_LOTS = 1_000


class GantryRecallApi(models.AbstractModel):
    """Recalls for other programs: quality systems, drills by the clock, an ERP above. Runs as the caller."""

    _name = "gantry.recall.api"
    _inherit = "gantry.api"
    _description = "Gantry RPC: recalls"

    # -- reads

    @api.model
    @api.readonly
    def list_cases(
        self, *, state: str | None = None, is_drill: bool | None = None, limit: int = 100, offset: int = 0
    ) -> dict:
        """Cases of the caller's companies, newest first.

        :param state: draft, traced, held, notified, closed or cancel
        :param is_drill: only drills, or only real cases
        :param limit: how many, at most 1000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset``. An item has ``recall_id``, ``name``,
            ``title``, ``kind``, ``hazard_class``, ``state``, ``is_drill``, ``owner_id``, ``company_id``, ``opened_at``,
            ``closed_at``, ``lots``, ``consignees``, ``answered``
        """
        self._require_group(USER)
        Recall = self.env["gantry.recall"]
        domain = Domain.TRUE
        if state is not None:
            self._one_of("state", state, [name for name, _label in Recall._fields["state"].selection])
            domain &= Domain("state", "=", state)
        if is_drill is not None:
            domain &= Domain("is_drill", "=", bool(is_drill))
        answer = lambda page: [self._case_answer(recall) for recall in page]  # noqa: E731
        return self._page_of(Recall, domain, answer, limit=limit, offset=offset, order="id desc")

    @api.model
    @api.readonly
    def status(self, *, recall_id: int) -> dict:
        """Where a case stands: consignees told and answered, quantities, who does not answer, what is open.

        :param recall_id: id of the case
        :return: as an item of list_cases, and ``told``, ``page_opened``, ``reminded``, ``called``, ``to_call``,
            ``nobody`` (deliveries that name no customer), ``first_told_at``, ``quantities``, ``non_responders``,
            ``accounted`` (0 to 1), ``unexplained``, ``open_items`` of the checklist, ``chain_hash``,
            ``score`` of a drill
        """
        self._require_group(USER)
        recall = self._case(recall_id)
        last = recall.snapshot_ids.sorted("number")[-1:]
        answer = recall._status() | self._case_answer(recall)
        answer |= {
            "accounted": recall.accounted,
            "unexplained": recall.unexplained_count,
            "open_items": [item.code for item in recall.item_ids if not item.is_ok],
            "chain_hash": last.chain_hash or None,
            "score": recall.score if recall.is_drill and recall.state == "closed" else None,
        }
        return self._plain(self._json(answer))

    @api.model
    @api.readonly
    def list_notices(self, *, recall_id: int, limit: int = 100, offset: int = 0) -> dict:
        """Who is told of a case, what each one got, and what it answered.

        :param recall_id: id of the case
        :param limit: how many, at most 1000
        :param offset: how many to leave out at the beginning
        :return: a page of ``notice_id``, ``partner_id``, ``partner``, ``email``, ``phone``, ``state``, ``told_at``,
            ``answered_at``, ``to_call``, and ``lot_lines``: ``lot``, ``lot_id``, ``product_id``, ``delivered``,
            ``on_hand``, ``sold``, ``destroyed``, ``returned``, ``forwarded``, ``forwarded_to``, ``open``
        """
        self._require_group(USER)
        recall = self._case(recall_id)
        answer = lambda page: self._json([self._notice_answer(notice) for notice in page])  # noqa: E731
        domain = Domain("recall_id", "=", recall.id)
        return self._page_of(self.env["gantry.recall.notice"], domain, answer, limit=limit, offset=offset)

    @api.model
    @api.readonly
    def epcis(self, *, recall_id: int, limit: int = 1000, offset: int = 0) -> dict:
        """What happened to the lots of a case, and that they were recalled, as EPCIS 2.0 events.

        :param recall_id: id of the case
        :param limit: how many events, at most 10000
        :param offset: how many to leave out at the beginning
        :return: ``document`` (an EPCISDocument in JSON-LD with the events of this page), ``total``, ``limit``,
            ``offset``, ``next_offset`` and ``hidden``, how many movements the caller does not see
        """
        self._require_group(USER)
        limit, offset = self._page(limit, offset, maximum=10_000)
        recall = self._case(recall_id)
        events, hidden = recall._epcis_events()
        answer = self._page_answer(events[offset : offset + limit], len(events), limit, offset)
        document = self.env["gantry.trace"]._epcis_document(answer.pop("items"), f"recall/{recall.id}")
        return self._plain(answer | {"document": document, "hidden": hidden})

    # -- changes

    @api.model
    def open_case(
        self, *, title: str, reason: str, lot_ids: list[int], request_uid: str, kind: str = "recall",
        hazard_class: str | None = None, is_drill: bool = False,
    ) -> dict:  # fmt: skip
        """Open a case and trace its lots. A lot that an open case is about already is refused, with its number.

        :param title: a few words
        :param reason: what is wrong
        :param lot_ids: the defective lots, at most 1000
        :param request_uid: identifier of this request; the same one again returns the first answer
        :param kind: recall, withdrawal or recovery
        :param hazard_class: 1, 2 or 3
        :param is_drill: nothing leaves the house
        :return: ``recall_id``, ``name``, ``state``, ``lots``, ``consignees``, ``chain_hash``
        """
        self._require_group(USER)
        lots = self._lots(lot_ids)
        for name, value in (("title", title), ("reason", reason)):
            if not isinstance(value, str) or not value.strip():
                raise UserError(self.env._("%s must say something.", name))
        self._one_of("kind", kind, ("recall", "withdrawal", "recovery"))
        if hazard_class is not None:
            self._one_of("hazard_class", hazard_class, ("1", "2", "3"))
        vals = {
            "title": title, "reason": reason, "kind": kind, "hazard_class": hazard_class or False,
            "is_drill": bool(is_drill), "lot_ids": lots.ids,
        }  # fmt: skip

        def work():
            self._refuse_second_case(lots, vals["is_drill"])
            recall = self.env["gantry.recall"].create(vals)
            snapshot = recall._take_snapshot()
            return self._traced_answer(recall, snapshot)

        return self._change("open_case", request_uid, vals, work)

    @api.model
    def trace(self, *, recall_id: int, request_uid: str) -> dict:
        """Trace again and keep a snapshot.

        :param recall_id: id of the case
        :param request_uid: as in open_case
        :return: as open_case, and ``added`` and ``removed``: lots and consignees since the snapshot before
        """
        self._require_group(USER)
        recall = self._case(recall_id, "write")
        recall._require_open()
        return self._change(
            "trace", request_uid, {"recall_id": recall.id},
            lambda: self._traced_answer(recall, recall._take_snapshot()),
        )  # fmt: skip

    @api.model
    def hold(self, *, recall_id: int, request_uid: str) -> dict:
        """Put everything that the last snapshot found on hold; a drill holds nothing.

        :param recall_id: id of the case
        :param request_uid: as in open_case
        :return: ``hold_ids``, ``lots`` on hold, ``reservations_released``
        """
        self._require_group(USER)
        recall = self._case(recall_id, "write")
        recall._require_open()

        def work():
            holds = recall._hold_scope()
            hits = sum(hold.hit_count + hold.hidden_hit_count for hold in holds)
            return {"hold_ids": holds.ids, "lots": sum(holds.mapped("lot_count")), "reservations_released": hits}

        return self._change("hold", request_uid, {"recall_id": recall.id}, work)

    @api.model
    def notify(self, *, recall_id: int, request_uid: str) -> dict:
        """Tell every consignee that was not told yet; needs the role Recall manager unless it is a drill.

        :param recall_id: id of the case
        :param request_uid: as in open_case
        :return: ``told`` and ``to_call``, counts of all consignees of the case
        """
        self._require_group(USER)
        recall = self._case(recall_id, "write")

        def work():
            recall.action_notify()
            return {"told": recall.told_count, "to_call": recall.call_count}

        return self._change("notify", request_uid, {"recall_id": recall.id}, work)

    @api.model
    def evidence(self, *, recall_id: int, request_uid: str) -> dict:
        """Pack the evidence and keep it with the case.

        :param recall_id: id of the case
        :param request_uid: as in open_case
        :return: ``attachment_id``, ``name``, ``manifest_sha256``, ``size`` and ``content``, the ZIP in base64
        """
        self._require_group(USER)
        recall = self._case(recall_id, "write")

        def work():
            attachment = recall._pack_evidence()
            return {
                "attachment_id": attachment.id,
                "name": attachment.name,
                "manifest_sha256": attachment.description,
                "size": attachment.file_size,
            }

        answer = self._change("evidence", request_uid, {"recall_id": recall.id}, work)
        # not in the ledger, which would keep it twice
        raw = self.env["ir.attachment"].browse(answer["attachment_id"]).raw
        return answer | {"content": base64.b64encode(raw).decode()}

    # -- helpers

    def _change(self, name, request_uid, payload, work):
        answer = self.env["gantry.request"]._once(request_uid, f"{self._name}/{name}", payload, work)
        return self._plain(answer)

    def _case(self, recall_id, operation="read"):
        recall = self.env["gantry.recall"].browse(self._checked_id("recall_id", recall_id)).exists()
        if not recall:
            raise UserError(self.env._("There is no case with the id %s.", recall_id))
        recall.check_access(operation)
        return recall

    def _refuse_second_case(self, lots, is_drill):
        """Of two programs that open a case for the same lot at once the second waits, and is told of the first."""
        self.env.execute_query(
            SQL("SELECT id FROM stock_lot WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", lots.ids)
        )
        others = self.env["gantry.recall"]._other_cases(lots) if not is_drill else ()
        if others:
            raise UserError(self.env._("%s is open for these lots already; add to it.", others[0].name))

    def _lots(self, lot_ids):
        ids = self._checked_ids("lot_ids", lot_ids)
        if not 0 < len(ids) <= MAX_LOTS:
            raise UserError(self.env._("lot_ids must be a list of 1 to %s ids.", MAX_LOTS))
        lots = self.env["stock.lot"].browse(dict.fromkeys(ids))
        missing = lots - lots.exists()
        if missing:
            raise UserError(self.env._("There is no lot with the id %s.", missing[0].id))
        lots.check_access("read")
        return lots

    def _traced_answer(self, recall, snapshot):
        return {
            "recall_id": recall.id,
            "name": recall.name,
            "state": recall.state,
            "lots": snapshot.lot_count,
            "consignees": snapshot.customer_count,
            "chain_hash": snapshot.chain_hash,
            "added": snapshot.added,
            "removed": snapshot.removed,
        }

    def _case_answer(self, recall):
        return self._json(
            {
                "recall_id": recall.id,
                "name": recall.name,
                "title": recall.title,
                "kind": recall.kind,
                "hazard_class": recall.hazard_class or None,
                "state": recall.state,
                "is_drill": recall.is_drill,
                "owner_id": recall.owner_id.id,
                "company_id": recall.company_id.id,
                "opened_at": recall.date_opened,
                "closed_at": recall.date_closed or None,
                "lots": recall.scope_count,
                "consignees": recall.notice_count,
                "answered": recall.answered_count,
            }
        )

    def _notice_answer(self, notice):
        lines = [
            {
                "lot": line.name,
                "lot_id": line.lot_id.id or None,
                "product_id": line.product_id.id,
                "delivered": line.qty_net,
                "on_hand": line.qty_on_hand,
                "sold": line.qty_sold,
                "destroyed": line.qty_destroyed,
                "returned": line.qty_returned,
                "forwarded": line.qty_forwarded,
                "forwarded_to": line.forwarded_to or None,
                "open": line.qty_open,
            }
            for line in notice.line_ids
        ]
        return {
            "notice_id": notice.id,
            "partner_id": notice.partner_id.id,
            "partner": notice.partner_id.display_name,
            "email": notice.email or None,
            "phone": notice.phone or None,
            "state": notice.state,
            "told_at": notice.date_sent or None,
            "answered_at": notice.date_answered or None,
            "to_call": notice.to_call,
            "lot_lines": lines,
        }
