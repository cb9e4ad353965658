import json
import tempfile
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import epcis, gs1

# UN/CEFACT codes of Odoo's units; pieces have none
UNITS = {
    "product_uom_unit": "", "product_uom_dozen": "DZN", "product_uom_kgm": "KGM", "product_uom_gram": "GRM",
    "product_uom_ton": "TNE", "product_uom_lb": "LBR", "product_uom_oz": "ONZ", "product_uom_litre": "LTR",
    "product_uom_cubic_meter": "MTQ", "product_uom_gal": "GLL", "product_uom_qt": "QT", "product_uom_floz": "OZA",
    "product_uom_meter": "MTR", "product_uom_cm": "CMT", "product_uom_millimeter": "MMT", "product_uom_km": "KMT",
    "product_uom_inch": "INH", "product_uom_foot": "FOT", "product_uom_yard": "YRD", "product_uom_mile": "SMI",
    "uom_square_meter": "MTK", "product_uom_hour": "HUR", "product_uom_day": "DAY",
}  # fmt: skip
# usage from, usage to -> business step, disposition; only movements across the fence
CROSSINGS = {
    ("supplier", "internal"): ("receiving", "in_progress"),
    ("transit", "internal"): ("receiving", "in_progress"),
    ("customer", "internal"): ("receiving", "returned"),
    ("internal", "customer"): ("shipping", "in_transit"),
    ("internal", "transit"): ("shipping", "in_transit"),
    ("supplier", "customer"): ("shipping", "in_transit"),
    ("internal", "supplier"): ("shipping", "returned"),
    ("customer", "supplier"): ("shipping", "returned"),
}
# kind of edge -> business step of the transformation; sister companies ship and receive, which has events of its own
TRANSFORMATIONS = {
    "consume": "commissioning", "unbuild": "disassembling", "repair": "repairing", "relabel": "commissioning",
    "manual": "other",
}  # fmt: skip
NO_CHANGE = datetime(1, 1, 1)


class GantryTrace(models.AbstractModel):
    """What happened to lots, as EPCIS 2.0 events (ISO/IEC 19987) in JSON-LD."""

    _inherit = "gantry.trace"

    @api.model
    def _epcis_events(self, lot_ids):
        """Events of these lots (exactly these: take them from ``_closure``), in the order of their time.

        Movements of companies that the user may not see are left out.

        :return: list of dicts, and how many movements were left out
        """
        self.env["gantry.trace.edge"]._feed_pending()
        self.env["gantry.trace.edge"]._flush_history()
        visible = self._visible_company_ids()
        lines = self._epcis_lines(list(lot_ids))
        seen = [row for row in lines if visible is None or row["company_id"] in visible]
        book = EpcisBook(self.env(su=True))  # sudo: names and keys of partners and places of the movements seen
        book.read(seen)
        edges = self._epcis_edges(list(lot_ids), visible)
        book.read_edges(edges)
        events = [event for step in self._epcis_steps(book, seen, edges) for event in step]
        unique = {(event["eventID"], "errorDeclaration" in event): event for event in events}
        return sorted(unique.values(), key=lambda event: event["eventTime"]), len(lines) - len(seen)

    @api.model
    def _epcis_steps(self, book, lines, edges):
        """Lists of events that belong together."""
        made = {edge["child_node"] for edge in edges}
        yield from self._epcis_first(book, lines, made)
        yield from self._epcis_crossings(book, lines)
        yield from self._epcis_packs(book, lines)
        yield from self._epcis_scraps(book, lines)
        yield from self._epcis_transformations(book, edges)

    @api.model
    def _epcis_lines(self, lot_ids):
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT l.id, l.date, l.lot_id, l.product_id, l.quantity_product_uom::float8 AS qty, l.company_id,
                       l.location_id, l.location_dest_id, s.usage AS source, d.usage AS target, l.picking_id,
                       l.move_id, l.result_package_id AS pack_id, m.scrap_id IS NOT NULL AS scrap,
                       COALESCE(p.partner_id, m.partner_id) AS partner_id
                  FROM unnest(%s::int[]) lot(id) JOIN stock_move_line l ON l.lot_id = lot.id
                  JOIN stock_location s ON s.id = l.location_id
                  JOIN stock_location d ON d.id = l.location_dest_id
                  LEFT JOIN stock_move m ON m.id = l.move_id
                  LEFT JOIN stock_picking p ON p.id = l.picking_id
                 WHERE l.state = 'done' AND l.quantity_product_uom > 0
                 ORDER BY l.date, l.id
                """,
                lot_ids,
            )
        )

    @api.model
    def _epcis_edges(self, lot_ids, visible):
        """All edges of every document that made one of the lots or used it: a transformation is told as a whole."""
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT e.* FROM gantry_trace_edge e
                  JOIN (SELECT DISTINCT doc_model, doc_id FROM gantry_trace_edge
                         WHERE (parent_node = ANY(%(lots)s) OR child_node = ANY(%(lots)s))
                           AND kind = ANY(%(kinds)s)) doc ON doc.doc_model = e.doc_model AND doc.doc_id = e.doc_id
                 WHERE e.kind = ANY(%(kinds)s)
                   AND (%(anywhere)s OR e.company_id IS NULL OR e.company_id = ANY(%(companies)s))
                 ORDER BY e.at, e.id
                """,
                lots=lot_ids, kinds=list(TRANSFORMATIONS), anywhere=visible is None, companies=list(visible or ()),
            )
        )  # fmt: skip

    @api.model
    def _epcis_first(self, book, lines, made):
        """Lots that began here and were not made of anything that is known: counted in, or made of nothing."""
        first = {}
        for line in lines:
            first.setdefault(line["lot_id"], line)
        for lot_id, line in first.items():
            if line["source"] in ("inventory", "production") and line["target"] == "internal" and lot_id not in made:
                yield [
                    book.event(
                        line, "commissioning", "active", action="ADD", place=book.place(line["location_dest_id"]),
                        items=(book.item(lot_id, line["qty"]),), ilmd=book.master_data([lot_id]),
                    )
                ]  # fmt: skip

    @api.model
    def _epcis_crossings(self, book, lines):
        """One event per transfer, way and place."""
        groups = {}
        for line in lines:
            if (line["source"], line["target"]) in CROSSINGS:
                inside = line["location_dest_id"] if line["target"] == "internal" else line["location_id"]
                document = ("picking", line["picking_id"]) if line["picking_id"] else ("move", line["move_id"])
                groups.setdefault((document, line["source"], line["target"], book.house(inside)), []).append(line)
        for (_document, source, target, _house), group in groups.items():
            biz_step, disposition = CROSSINGS[source, target]
            last = group[-1]
            inside = last["location_dest_id"] if target == "internal" else last["location_id"]
            own, other = book.company(last["company_id"]), book.party(last["partner_id"])
            if target == "internal":
                source_uri, target_uri = other, own
            elif source == "supplier":  # straight to the customer: the document names one of the two
                source_uri, target_uri = None, other
            else:
                source_uri, target_uri = own, other
            yield [
                book.event(
                    last, biz_step, disposition, place=None if source == "supplier" and target == "customer"
                    else book.place(inside), transaction=book.document(last, target), source=source_uri,
                    destination=target_uri, items=tuple(book.item(line["lot_id"], line["qty"]) for line in group),
                )
            ]  # fmt: skip

    @api.model
    def _epcis_packs(self, book, lines):
        """What was put into a pack, per pack and transfer."""
        groups = {}
        for line in lines:
            if line["pack_id"]:
                groups.setdefault((line["pack_id"], line["picking_id"], line["target"]), []).append(line)
        packed = set()
        for (pack_id, _picking, _target), group in groups.items():
            group = [line for line in group if (pack_id, line["lot_id"]) not in packed]
            packed |= {(pack_id, line["lot_id"]) for line in group}
            if group:
                yield [
                    book.event(
                        group[-1], "packing", "in_progress", kind="AggregationEvent", action="ADD",
                        parent=book.pack(pack_id), place=book.place(group[-1]["location_id"]),
                        items=tuple(book.item(line["lot_id"], line["qty"]) for line in group),
                    )
                ]  # fmt: skip

    @api.model
    def _epcis_scraps(self, book, lines):
        for line in lines:
            if line["scrap"] and line["target"] == "inventory":
                # part of a lot is gone, not the lot: its identifier lives on
                whole = book.is_serial(line["lot_id"])
                yield [
                    book.event(
                        line, "destroying", "destroyed", action="DELETE" if whole else "OBSERVE",
                        place=book.place(line["location_id"]), items=(book.item(line["lot_id"], line["qty"]),),
                    )
                ]  # fmt: skip

    @api.model
    def _epcis_transformations(self, book, edges):
        """What became what, per document; what was corrected later is told as it was, and taken back."""
        documents = {}
        for edge in edges:
            documents.setdefault((edge["doc_model"], edge["doc_id"]), []).append(edge)
        for document, group in documents.items():
            now = [edge for edge in group if not edge["known_until"]]
            events = [book.transformation(document, now)] if now else []
            wrong = [edge for edge in group if edge["known_until"]]
            if wrong:
                before = [edge for edge in group if not edge["known_from"] or edge["known_until"]]
                was = book.transformation(document, before)
                until = max(edge["known_until"] for edge in wrong)
                events += [was, epcis.taken_back(was, until.replace(tzinfo=timezone.utc), events)]
            yield [event for event in events if event]

    # -- the document

    @api.model
    def _epcis_document(self, events, path):
        stem = self.get_base_url()
        return epcis.document(events, datetime.now(timezone.utc), epcis.own_uri(stem, path))

    @api.model
    def _epcis_file(self, events, path):
        """A temporary file with the document, written event by event."""
        output = tempfile.TemporaryFile()  # noqa: SIM115
        head, tail = json.dumps(self._epcis_document([], path), ensure_ascii=False).rsplit("[]", 1)
        output.write(head.encode() + b"[\n")
        for number, event in enumerate(events):
            output.write((b",\n" if number else b"") + json.dumps(event, ensure_ascii=False).encode())
        output.write(b"\n]" + tail.encode())
        output.seek(0)
        return output

    @api.model
    def _epcis_of_lot(self, lot, direction, options):
        """Events of everything that a trace of a lot finds, and how many movements were left out."""
        closure, hidden = self._mask_closure(self._closure(lot.ids, direction, **options))
        events, unseen = self._epcis_events(list(dict.fromkeys(row["lot_id"] for row in closure if row["lot_id"])))
        return events, hidden + unseen


class EpcisBook:
    """Names, keys and units of what the movements point at, read in a few queries."""

    def __init__(self, env):
        self.env = env
        self.stem = env["gantry.trace"].get_base_url()
        self.items = {}
        self.units = {}
        for name, code in UNITS.items():
            unit = env.ref(f"uom.{name}", raise_if_not_found=False)
            if unit:
                self.units[unit.id] = code
        self.zones = {}

    def read(self, lines):
        self._lots({line["lot_id"] for line in lines})
        places = {line[name] for line in lines for name in ("location_id", "location_dest_id")}
        self.places = {place.id: place for place in self.env["stock.location"].browse(places)}
        self.env["stock.picking"].browse({line["picking_id"] for line in lines} - {None}).fetch(["name", "origin"])

    def read_edges(self, edges):
        nodes = {edge[name] for edge in edges for name in ("parent_node", "child_node")}
        self._lots({node for node in nodes if node > 0} - set(self.items))
        pools = self.env["gantry.trace.pool"].browse(-node for node in nodes if node < 0).exists()
        self.hubs = {-pool.id for pool in pools if pool.kind == "order"}
        self.pools = {-pool.id: pool.product_id for pool in pools if pool.kind != "order"}

    def _lots(self, ids):
        lots = self.env["stock.lot"].with_context(active_test=False).browse(ids).exists()
        dated = "expiration_date" in lots._fields
        for lot in lots:
            product = lot.product_id
            self.items[lot.id] = {
                "gtin": product.barcode, "lot": lot.name, "serial": product.tracking == "serial",
                "unit": self.units.get(product.uom_id.id), "expires": lot.expiration_date if dated else False,
            }  # fmt: skip

    def item(self, node, qty):
        """A lot, a pool of stock without lots, or a lot that is gone."""
        if node < 0:
            product = self.pools.get(node)
            return epcis.Item(
                node=f"pool/{-node}", quantity=qty or 0.0, gtin=product.barcode if product else None,
                unit=self.units.get(product.uom_id.id) if product else None,
            )  # fmt: skip
        lot = self.items.get(node, {"gtin": None, "lot": None, "serial": False, "unit": None})
        return epcis.Item(
            node=f"lot/{node}", quantity=qty or 0.0, gtin=lot["gtin"] or None, lot=lot["lot"], serial=lot["serial"],
            unit=lot["unit"],
        )  # fmt: skip

    def is_serial(self, lot_id):
        return self.items.get(lot_id, {}).get("serial", False)

    def master_data(self, lot_ids):
        """Lot number and expiry, when all lots of the event share them."""
        lots = [self.items[lot_id] for lot_id in lot_ids if lot_id in self.items]
        found = {}
        names, dates = {lot["lot"] for lot in lots if not lot["serial"]}, {lot["expires"] for lot in lots}
        if len(names) == 1:
            found["lotNumber"] = names.pop()
        if len(dates) == 1 and any(dates):
            found["itemExpirationDate"] = fields.Date.to_string(dates.pop())
        return found

    # -- who and where

    def _gln(self, partner):
        if "global_location_number" in partner._fields and partner.global_location_number:
            return partner.global_location_number
        return partner.barcode or None

    def party(self, partner_id):
        if not partner_id:
            return None
        partner = self.env["res.partner"].browse(partner_id).commercial_partner_id
        return epcis.party_uri(self.stem, self._gln(partner), f"partner/{partner.id}")

    def company(self, company_id):
        return self.party(self.env["res.company"].browse(company_id).partner_id.id)

    def house(self, location_id):
        return self.places[location_id].warehouse_id.id

    def place(self, location_id):
        location = self.places[location_id]
        owner = location.warehouse_id.partner_id or location.company_id.partner_id
        own = location.barcode if gs1.is_key(location.barcode or "", 13) else None
        gln = own or self._gln(owner)
        return epcis.place_uri(self.stem, gln, f"location/{location.id}", None if own else str(location.id))

    def pack(self, pack_id):
        pack = self.env["stock.package"].browse(pack_id)
        return epcis.pack_uri(self.stem, pack.name, f"package/{pack_id}")

    def document(self, line, target):
        if not line["picking_id"]:
            return None
        kind = "recadv" if target == "internal" else "desadv"
        return kind, epcis.own_uri(self.stem, f"stock.picking/{line['picking_id']}")

    # -- events

    def _offset(self, company_id, moment):
        """Minutes from UTC in the time zone of the company."""
        name = self.zones.get(company_id)
        if name is None:
            name = self.zones[company_id] = self.env["res.company"].browse(company_id).partner_id.tz or "UTC"
        offset = ZoneInfo(name).utcoffset(moment) or timedelta()
        return int(offset.total_seconds() // 60)

    def event(self, line, biz_step, disposition, **values):
        moment = line["date"]
        return epcis.event(
            epcis.Step(
                at=moment.replace(tzinfo=timezone.utc), offset_min=self._offset(line["company_id"], moment),
                biz_step=biz_step, disposition=disposition, **values,
            ),
            self.stem,
        )  # fmt: skip

    def transformation(self, document, edges):
        """One event of a document; None when only crowded halves of it are left."""
        inputs, outputs = {}, {}
        for edge in edges:
            if edge["parent_node"] not in self.hubs:
                inputs[edge["parent_node"]] = max(edge["qty"] or 0.0, inputs.get(edge["parent_node"], 0.0))
            if edge["child_node"] not in self.hubs:
                outputs[edge["child_node"]] = max(edge["child_qty"] or 0.0, outputs.get(edge["child_node"], 0.0))
        if not inputs or not outputs:
            return None
        last = max(edges, key=lambda edge: edge["at"] or NO_CHANGE)
        company_id = last["company_id"] or self.env.company.id
        moment = last["at"]
        unsure = sorted({edge["confidence"] for edge in edges} - {"certain"})
        return epcis.event(
            epcis.Step(
                at=moment.replace(tzinfo=timezone.utc), offset_min=self._offset(company_id, moment),
                kind="TransformationEvent", biz_step=TRANSFORMATIONS[last["kind"]], disposition="active",
                items=tuple(self.item(node, float(qty)) for node, qty in inputs.items()),
                outputs=tuple(self.item(node, float(qty)) for node, qty in outputs.items()),
                identifier=epcis.own_uri(self.stem, "{}/{}".format(*document)),
                ilmd=self.master_data([node for node in outputs if node > 0]),
                extra={"confidence": ",".join(unsure)} if unsure else {},
            ),
            self.stem,
        )  # fmt: skip
