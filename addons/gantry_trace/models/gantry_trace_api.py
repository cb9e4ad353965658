import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..core import faults

READER = "stock.group_stock_user"
GS1_LOT = re.compile(r"\((?:10|21)\)([^()\x1d]{1,20})")
GS1_GTIN = re.compile(r"\(01\)(\d{14})")


class GantryTraceApi(models.AbstractModel):
    """The genealogy of lots for other programs and for the trace screen.

    Answers follow goods through all companies. Rows of companies that the caller does not see
    (``allowed_company_ids``) are left out and counted in ``hidden``.
    """

    _name = "gantry.trace.api"
    _inherit = "gantry.api"
    _description = "Gantry RPC: genealogy of lots"

    @api.model
    @api.readonly
    def find_lots(self, *, query: str, limit: int = 20, offset: int = 0) -> dict:
        """Lots and serial numbers by name, reference (the supplier's own number), product or scanned barcode.

        :param query: part of a lot name or reference, a product name, code or barcode, or a GS1 text with its
            application identifiers in brackets, such as ``(01)09506000134352(10)L-42``
        :param limit: how many, at most 200
        :param offset: how many to leave out at the beginning
        :return: ``items`` (``lot_id``, ``name``, ``reference``, ``product_id``, ``product_name``, ``on_hand``,
            ``unit``), ``total``, ``limit``, ``offset``, ``next_offset``; exact names come first
        """
        self._require_group(READER)
        limit, offset = self._page(limit, offset, maximum=200)
        if not isinstance(query, str) or not query.strip():
            raise UserError(self.env._("Say what to look for: a lot, a serial number, a product or a barcode."))
        exact, domain = self._find_domains(query.strip())
        Lot = self.env["stock.lot"]
        first = Lot.search(exact, limit=200)
        rest = Lot.search(domain & Domain("id", "not in", first.ids), limit=offset + limit, order="id desc")
        total = len(first) + Lot.search_count(domain & Domain("id", "not in", first.ids))
        lots = (first + rest)[offset : offset + limit]
        stock = self.env["gantry.trace"]._stock_of(lots.ids)
        items = [
            {
                "lot_id": lot.id,
                "name": lot.name,
                "reference": lot.ref or None,
                "product_id": lot.product_id.id,
                "product_name": lot.product_id.display_name,
                "on_hand": stock.get(lot.id, 0.0),
                "unit": lot.product_uom_id.name,
            }
            for lot in lots
        ]
        return self._plain(self._page_answer(items, total, limit, offset))

    @api.model
    @api.readonly
    def trace_lot(
        self,
        *,
        lot_id: int,
        direction: str = "both",
        since: str | None = None,
        until: str | None = None,
        stop_product_ids: list[int] | None = None,
        min_confidence: str | None = None,
        as_known_on: str | None = None,
        with_edges: bool = True,
        limit: int = 1000,
        offset: int = 0,
    ) -> dict:
        """Everything a lot went into and everything it came from, over all levels.

        :param lot_id: id of the lot
        :param direction: down (what it went into), up (what it came from) or both
        :param since: only steps done at this time (ISO, UTC) or later
        :param until: only steps done at this time or earlier
        :param stop_product_ids: lots of these products are found but not followed
        :param min_confidence: only steps at least as sure as certain, manual, derived or pooled
        :param as_known_on: what the books said at this time, before later corrections
        :param with_edges: also the steps between the lots of this page
        :param limit: how many lots, at most 10000
        :param offset: how many to leave out at the beginning
        :return: ``items`` by depth (``node``, ``lot_id`` or ``pool_id`` of untracked stock, ``name``, ``reference``,
            ``product_id``, ``product_name``, ``unit``, ``on_hand``, ``expiration_date``, ``depth``, ``direction``,
            ``confidence``), ``total``, ``limit``, ``offset``, ``next_offset``, ``hidden`` (lots of companies that the
            caller does not see), and with edges ``edges`` (``from``, ``to``, ``kind``, ``confidence``, ``doc_model``,
            ``doc_id``, ``doc_name``, ``qty`` used, ``unit``, ``made``, ``at``, ``corrected_at``), ``hubs`` (orders
            with so many lots that they stand between them as nodes) and ``more_edges``
        """
        self._require_group(READER)
        limit, offset = self._page(limit, offset, maximum=10_000)
        lot = self._lot(lot_id)
        options = self._options(since, until, min_confidence, as_known_on)
        Trace = self.env["gantry.trace"]
        closure = Trace._closure(lot.ids, direction, stop_product_ids=stop_product_ids or (), **options)
        seen, hidden = Trace._mask_closure(closure)
        page = seen[offset : offset + limit]
        items = [self._json(row) for row in Trace._describe_nodes(page)]
        answer = self._page_answer(items, len(seen), limit, offset) | {"hidden": hidden}
        if with_edges:
            edges, hubs, more = Trace._describe_edges(page, **options)
            answer |= {"edges": self._json(edges), "hubs": self._json(hubs), "more_edges": more}
        return self._plain(answer)

    @api.model
    @api.readonly
    def exposure(
        self,
        *,
        lot_id: int,
        expand: bool = True,
        direction: str = "both",
        since: str | None = None,
        until: str | None = None,
        stop_product_ids: list[int] | None = None,
        min_confidence: str | None = None,
        as_known_on: str | None = None,
    ) -> dict:
        """Who got a lot, or anything made from it, and where the rest is; and who it came from.

        :param lot_id: id of the lot
        :param expand: with everything made from the lot; without it, the lot alone
        :param direction: down (customers and places), up (suppliers) or both
        :param since: as in trace_lot
        :param until: as in trace_lot
        :param stop_product_ids: as in trace_lot
        :param min_confidence: as in trace_lot
        :param as_known_on: as in trace_lot
        :return: ``customers`` (``partner_id``, ``partner_name``, ``lot_id``, ``lot_name``, ``product_id``,
            ``product_name``, ``unit``, ``qty_out``, ``qty_returned``, ``qty_net``, ``first_date``, ``last_date``,
            ``picking_ids``, ``drop_ship``), ``suppliers`` (of the lot and of what it was made from), ``on_hand``,
            ``transit``, ``consignment``, ``subcontractor`` (with ``location_id``, ``location_name``, ``qty``),
            ``reserved`` (with ``picking_id``, ``reference``), ``scrapped``, and ``hidden``, how many of these rows
            belong to companies that the caller does not see
        """
        self._require_group(READER)
        lot = self._lot(lot_id)
        options = self._options(since, until, min_confidence, as_known_on)
        return self._plain(self._json(self._exposure_of(lot, expand, direction, stop_product_ids or (), options)))

    def _exposure_of(self, lot, expand, direction, stop_product_ids, options):
        """The exposure of a lot with names; places and customers for down, suppliers for up."""
        Trace = self.env["gantry.trace"]
        alone = [{"lot_id": lot.id, "pool_id": None, "direction": way} for way in ("down", "up")]
        rows = alone
        if expand:
            rows = Trace._closure(lot.ids, direction, stop_product_ids=stop_product_ids, **options)
        lots = {way: [row["lot_id"] for row in rows if row["direction"] == way and row["lot_id"]]
                for way in ("down", "up")}  # fmt: skip
        pools = {way: [row["pool_id"] for row in rows if row["direction"] == way and row["pool_id"]]
                 for way in ("down", "up")}  # fmt: skip
        answer = Trace._exposure(lots["down"], pool_ids=pools["down"])
        suppliers, hidden = Trace._origins(lots["up"], pool_ids=pools["up"])
        answer["suppliers"] = suppliers
        answer["hidden"] += hidden
        return Trace._name_exposure(answer)

    @api.model
    @api.readonly
    def balance(self, *, lot_id: int, expand: bool = True, limit: int = 1000, offset: int = 0) -> dict:
        """The mass balance of a lot and of everything made from it: what came, what went, what is there.

        :param lot_id: id of the lot
        :param expand: with everything made from the lot; without it, the lot alone
        :param limit: how many lots, at most 10000
        :param offset: how many to leave out at the beginning
        :return: ``items`` (``lot_id``, ``lot_name``, ``product_id``, ``product_name``, ``unit``, ``opening``,
            ``received``, ``produced``, ``returned``, ``relabelled_in``, ``adjusted``, ``consumed``, ``shipped``,
            ``sent_back``, ``scrapped``, ``relabelled_out``, ``on_hand``, ``difference``, ``reasons``: ``code``,
            ``qty``, ``text``), ``total``, ``limit``, ``offset``, ``next_offset`` and ``hidden``
        """
        self._require_group(READER)
        limit, offset = self._page(limit, offset, maximum=10_000)
        lot = self._lot(lot_id)
        Trace = self.env["gantry.trace"]
        seen, hidden = Trace._mask_closure(Trace._closure(lot.ids) if expand else [])
        ids = [row["lot_id"] for row in seen if row["lot_id"]] or lot.ids
        rows = Trace._name_rows(Trace._balance(ids[offset : offset + limit]))
        return self._plain(self._page_answer(self._json(rows), len(ids), limit, offset) | {"hidden": hidden})

    @api.model
    @api.readonly
    def epcis(
        self, *, lot_id: int, direction: str = "both", since: str | None = None, until: str | None = None,
        min_confidence: str | None = None, limit: int = 1000, offset: int = 0,
    ) -> dict:  # fmt: skip
        """What happened to a lot and to everything its trace finds, as EPCIS 2.0 events.

        :param lot_id: id of the lot
        :param direction: down, up or both, as in trace_lot
        :param since: as in trace_lot
        :param until: as in trace_lot
        :param min_confidence: as in trace_lot
        :param limit: how many events, at most 10000
        :param offset: how many to leave out at the beginning
        :return: ``document`` (an EPCISDocument in JSON-LD with the events of this page), ``total``, ``limit``,
            ``offset``, ``next_offset`` and ``hidden``, how many lots and movements the caller does not see
        """
        self._require_group(READER)
        limit, offset = self._page(limit, offset, maximum=10_000)
        lot = self._lot(lot_id)
        options = self._options(since, until, min_confidence, None)
        Trace = self.env["gantry.trace"]
        events, hidden = Trace._epcis_of_lot(lot, direction, options)
        answer = self._page_answer(events[offset : offset + limit], len(events), limit, offset)
        document = Trace._epcis_document(answer.pop("items"), f"trace/lot/{lot.id}")
        return self._plain(answer | {"document": document, "hidden": hidden})

    @api.model
    @api.readonly
    def check_epcis(self, *, document: dict) -> dict:
        """Whether an EPCIS 2.0 document of somebody else is sound; nothing of it is kept.

        :param document: the document as JSON
        :return: ``ok``, ``faults`` (sentences, at most about 100), ``events`` and ``lots``, the lots of this
            database that it names: ``lot_id``, ``name``, ``product_name``, ``uri``
        """
        self._require_group(READER)
        found = faults(document)
        if found:
            return {"ok": False, "faults": found, "events": 0, "lots": []}
        return self._plain({"ok": True, "faults": []} | self.env["gantry.trace"]._epcis_known(document))

    # -- what callers hand over ----------------------------------------------------------------------------

    def _find_domains(self, text):
        """Domains of exact and of other matches for what was typed or scanned."""
        gtin, lot = GS1_GTIN.search(text), GS1_LOT.search(text)
        if lot:
            exact = Domain("name", "=", lot[1]) | Domain("ref", "=", lot[1])
            if gtin:
                codes = [gtin[1], gtin[1].lstrip("0"), gtin[1][1:]]
                exact &= Domain("product_id.barcode", "in", codes)
            return exact, exact
        exact = Domain("name", "=", text) | Domain("ref", "=", text) | Domain("product_id.barcode", "=", text)
        return exact, Domain("name", "ilike", text) | Domain("ref", "ilike", text) | Domain("product_id", "ilike", text)

    def _lot(self, lot_id):
        lot = self.env["stock.lot"].browse(self._checked_id("lot_id", lot_id)).exists()
        if not lot:
            raise UserError(self.env._("There is no lot %s.", lot_id))
        lot.check_access("read")
        return lot

    def _options(self, since, until, min_confidence, as_known_on):
        times = {"since": since, "until": until, "as_known_on": as_known_on}
        return {name: self._time(name, value) for name, value in times.items()} | {
            "min_confidence": min_confidence or None
        }

    def _time(self, name, value):
        if not value:
            return None
        try:
            return fields.Datetime.to_datetime(value.replace("T", " ").removesuffix("Z"))
        except (AttributeError, ValueError):
            raise UserError(
                self.env._("%(name)s must be a time such as 2026-05-01T08:00:00Z, not %(value)s.",
                           name=name, value=value)  # fmt: skip
            ) from None
