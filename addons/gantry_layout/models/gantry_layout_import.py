import numpy as np

from odoo import models
from odoo.tools import SQL

from ..core import binfile
from ..core.binfile import Fault

PLAIN = (
    "bay", "level", "side", "position", "x", "y", "z", "width", "depth", "height", "max_weight", "access_x", "access_y",
    "sequence")
LINKS = ("zone_id", "aisle_id", "edge_id")
WRITTEN = ("barcode", "gantry_layout_id", *(f"gantry_{name}" for name in (*LINKS, *PLAIN)), "gantry_volume")


class GantryLayout(models.Model):
    """Bins, nodes and walkways from rows of a file or of a program: first everything is checked, then written."""

    _inherit = "gantry.layout"

    def _import_sheets(self, sheets, *, parent=None, touch_stocked=False, dry_run=True):
        """Check the tables of a file, write them unless something is wrong; return counts and faults."""
        self.ensure_one()
        self.check_access("write")
        counts, faults, work = {}, [], []
        kinds = ("nodes", "walkways", "bins")
        ordered = sorted(sheets, key=lambda sheet: kinds.index(binfile.kind_of(sheet.header)))
        names = self._node_names(ordered)
        for sheet in ordered:
            kind = binfile.kind_of(sheet.header)
            if kind == "bins":
                plan, found = self._check_bins(sheet, parent or self.warehouse_id.lot_stock_id, touch_stocked)
            elif kind == "nodes":
                plan, found = self._check_nodes(sheet)
            else:
                plan, found = self._check_walkways(sheet, names)
            faults += found
            work.append((kind, plan))
            for name, count in plan["counts"].items():
                counts[name] = counts.get(name, 0) + count
        if not faults and not dry_run:
            for kind, plan in work:
                getattr(self, f"_apply_{kind}_plan")(plan)
            self._renumber_imported(work)
        return counts, sorted(faults, key=lambda fault: (fault.sheet, fault.line, fault.column))

    def _renumber_imported(self, work):
        bins = [plan for kind, plan in work if kind == "bins" and plan["rows"]]
        numbered = any(values["sequence"] is not None for plan in bins for _line, values, _row in plan["rows"])
        if bins and not numbered:
            self._renumber()
        self._bump()

    # -- bins

    def _check_bins(self, sheet, parent, touch_stocked):
        rows, faults = binfile.parse(sheet, binfile.BINS)
        if not {"location", "barcode"} & set(sheet.header):
            faults.append(Fault(sheet.name, 1, "location", self.env._("The column is missing.")))
        check = BinCheck(self, sheet.name, parent, touch_stocked, faults)
        taken = [(line, values, check.find(line, values)) for line, values in rows]
        fresh = sum(row is not None and row["id"] is None for _line, _values, row in taken)
        counts = {"bins": len(taken), "new_bins": fresh, "moved_with_stock": check.moved_with_stock}
        return {"rows": taken, "counts": counts}, check.faults

    def _apply_bins_plan(self, plan):
        rows = plan["rows"]
        fresh = [row for _line, _values, row in rows if row["id"] is None]
        made = self.env["stock.location"].create([
            {"name": row["name"], "location_id": row["parent_id"], "usage": "internal",
             "company_id": self.company_id.id} for row in fresh])
        for row, location in zip(fresh, made, strict=True):
            row["id"] = location.id
        self.env.flush_all()
        ids = [row["id"] for _line, _values, row in rows]
        if not ids:
            return
        columns = SQL(", ").join(map(SQL.identifier, WRITTEN[:-1]))
        now = {row[0]: list(row[1:]) for row in self.env.execute_query(SQL(
            "SELECT id, %s FROM stock_location WHERE id IN %s", columns, tuple(ids)))}
        place = {name: number for number, name in enumerate(WRITTEN)}
        for _line, values, row in rows:
            kept = now[row["id"]]
            kept[place["gantry_layout_id"]] = self.id
            if values["barcode"] is not None:
                kept[place["barcode"]] = values["barcode"]
            for name in PLAIN:
                if values[name] is not None:
                    kept[place[f"gantry_{name}"]] = values[name]
            for name in LINKS:
                if row.get(name):
                    kept[place[f"gantry_{name}"]] = row[name]
            size = [kept[place[f"gantry_{name}"]] or 0.0 for name in ("width", "depth", "height")]
            kept.append(float(np.prod(size)))
        table = list(zip(*(now[location_id] for location_id in ids), strict=True))
        self._write_bins(ids, {name: list(column) for name, column in zip(WRITTEN, table, strict=True)})
        moved = [row["id"] for _line, values, row in rows if values["access_x"] is None and row["moves"]]
        self._reach_bins(self.env["stock.location"].browse(moved))

    # -- nodes and walkways

    def _node_names(self, sheets):
        names = set(self.node_ids.mapped("name"))
        for sheet in sheets:
            if binfile.kind_of(sheet.header) == "nodes":
                names |= {str(cells.get("node") or "").strip() for _line, cells in sheet.rows}
        return names

    def _check_nodes(self, sheet):
        rows, faults = binfile.parse(sheet, binfile.NODES, ("node", "x", "y"))
        seen = {}
        for line, values in rows:
            name = values["node"]
            if name in seen:
                faults.append(Fault(sheet.name, line, "node", self.env._("Also on line %s.", seen[name])))
            seen[name] = line
        return {"rows": rows, "counts": {"nodes": len(rows)}}, faults

    def _apply_nodes_plan(self, plan):
        known = {node.name: node for node in self.node_ids}
        missing = []
        for _line, values in plan["rows"]:
            vals = {"x": values["x"], "y": values["y"]}
            if values["node"] in known:
                known[values["node"]].write(vals)
            else:
                missing.append(vals | {"name": values["node"], "layout_id": self.id})
        self.env["gantry.layout.node"].create(missing)

    def _check_walkways(self, sheet, names):
        rows, faults = binfile.parse(sheet, binfile.WALKWAYS, ("from", "to"))
        seen = {}
        for line, values in rows:
            for column in ("from", "to"):
                if values[column] is not None and values[column] not in names:
                    faults.append(Fault(
                        sheet.name, line, column, self.env._("There is no node %s.", values[column])))
            if values["from"] is not None and values["from"] == values["to"]:
                faults.append(Fault(sheet.name, line, "to", self.env._("A walkway needs two different nodes.")))
            pair = (values["from"], values["to"])
            if pair in seen:
                faults.append(Fault(sheet.name, line, "from", self.env._("Also on line %s.", seen[pair])))
            seen[pair] = line
        return {"rows": rows, "counts": {"walkways": len(rows)}}, faults

    def _apply_walkways_plan(self, plan):
        all_nodes = self.env["gantry.layout.node"].search([("layout_id", "=", self.id)])
        nodes = {node.name: node.id for node in all_nodes}
        known = {(edge.start_id.name, edge.end_id.name): edge for edge in self.edge_ids}
        missing = []
        for _line, values in plan["rows"]:
            vals = {}
            if values["length"] is not None:
                vals["length_m"] = values["length"]
            if values["one_way"] is not None:
                vals["one_way"] = values["one_way"] == "yes"
            if values["passable_for"] is not None:
                vals["equipment"] = values["passable_for"]
            edge = known.get((values["from"], values["to"]))
            if edge:
                edge.write(vals)
            else:
                missing.append(vals | {
                    "layout_id": self.id, "start_id": nodes[values["from"]], "end_id": nodes[values["to"]]})
        self.env["gantry.layout.edge"].create(missing)


class BinCheck:
    """Which bin a row means, and whether everything it names exists."""

    def __init__(self, layout, sheet, parent, touch_stocked, faults):
        self.layout, self.env, self.sheet, self.parent = layout, layout.env, sheet, parent
        self.touch_stocked, self.faults, self.moved_with_stock = touch_stocked, faults, 0
        self.lines, self.codes = {}, {}
        self._read_places()
        self.zones = self._named("zone_ids", lambda zone: (zone.code, zone.name))
        self.aisles = self._named("aisle_ids", lambda aisle: (aisle.name,))
        self.edges = self._named("edge_ids", lambda edge: (
            edge.name, f"{edge.start_id.name} > {edge.end_id.name}", f"{edge.end_id.name} > {edge.start_id.name}"))

    def _read_places(self):
        """Every location of the company: by full name, by name and by barcode."""
        self.env["stock.location"].flush_model()
        self.env["stock.quant"].flush_model(["location_id", "quantity", "reserved_quantity"])
        view = self.layout.warehouse_id.view_location_id
        rows = self.env.execute_query(SQL(
            """
            SELECT id, name, complete_name, barcode, parent_path LIKE %s, gantry_layout_id, gantry_x, gantry_y,
                   gantry_z, usage, company_id,
                   EXISTS (SELECT FROM stock_quant quant WHERE quant.location_id = location.id
                              AND (quant.quantity != 0 OR quant.reserved_quantity != 0))
              FROM stock_location location
             WHERE active AND (company_id = %s OR company_id IS NULL) ORDER BY id
            """, f"{view.parent_path}%", self.layout.company_id.id))
        names = (
            "id", "name", "full", "barcode", "ours", "layout_id", "x", "y", "z", "usage", "company_id", "stocked")
        places = [dict(zip(names, row, strict=True)) for row in rows]
        self.by_full, self.by_name, self.by_code = {}, {}, {}
        for place in places:
            if place["ours"] or place["full"] not in self.by_full:
                self.by_full[place["full"]] = place
            if place["ours"] and place["usage"] in ("internal", "transit"):
                self.by_name.setdefault(place["name"], []).append(place)
            if place["barcode"] and place["company_id"]:
                self.by_code[place["barcode"]] = place

    def _named(self, field, words_of):
        found = {}
        for record in self.layout[field]:
            for word in dict.fromkeys(str(word or "").lower() for word in words_of(record)):
                found.setdefault(word, []).append(record.id)
        return found

    def fault(self, line, column, sentence):
        self.faults.append(Fault(self.sheet, line, column, sentence))

    def find(self, line, values):
        """The bin of a row with its links: `id` is None for a bin to be made; None when the row cannot be used."""
        place = self._place(line, values)
        if place is None:
            return None
        key = place["id"] or (place["parent_id"], place["name"])
        if key in self.lines:
            return self.fault(line, "location", self.env._("The same bin as on line %s.", self.lines[key]))
        self.lines[key] = line
        row = {"id": place["id"], "name": place["name"], "parent_id": place.get("parent_id")}
        row["moves"] = self._check_position(line, values, place)
        self._check_barcode(line, values, place)
        for column, known, name in (
                ("zone", self.zones, "zone_id"), ("aisle", self.aisles, "aisle_id"),
                ("walkway", self.edges, "edge_id")):
            if values[column] is not None:
                row[name] = self._link(line, column, known, values[column])
        return row

    def _place(self, line, values):
        wanted, code = values["location"], values["barcode"]
        if wanted is None:
            if code in self.by_code:
                return self._usable(line, self.by_code[code])
            return self.fault(line, "location", self.env._("Nothing is written here, and no bin has this barcode."))
        if wanted in self.by_full:
            return self._usable(line, self.by_full[wanted])
        alike = self.by_name.get(wanted, [])
        if len(alike) > 1:
            return self.fault(line, "location", self.env._(
                "%(count)s bins are called so: write the full name, such as %(example)s.", count=len(alike),
                example=alike[0]["full"]))
        if alike:
            return self._usable(line, alike[0])
        return self._new_place(line, wanted)

    def _usable(self, line, place):
        if not place["ours"]:
            return self.fault(line, "location", self.env._("%s belongs to another warehouse.", place["full"]))
        if place["usage"] not in ("internal", "transit"):
            return self.fault(line, "location", self.env._("%s holds no stock, so it is no bin.", place["full"]))
        return place

    def _new_place(self, line, wanted):
        above, _slash, name = wanted.rpartition("/")
        parent_id = self.parent.id
        if above:
            parent = self.by_full.get(above)
            if not parent or not parent["ours"]:
                return self.fault(line, "location", self.env._("There is no location %s to put it in.", above))
            parent_id = parent["id"]
        if not name.strip():
            return self.fault(line, "location", self.env._("The name ends with a slash."))
        return {"id": None, "name": name.strip(), "parent_id": parent_id, "layout_id": None, "stocked": False}

    def _check_position(self, line, values, place):
        """Whether the bin gets another position."""
        if not place["layout_id"]:
            for axis in "xy":
                if values[axis] is None:
                    self.fault(line, axis, self.env._("The bin has no position yet: write x and y."))
            return True
        moves = any(
            values[axis] is not None and abs(values[axis] - (place[axis] or 0.0)) > 5e-4 for axis in "xyz")
        if moves and place["stocked"]:
            self.moved_with_stock += 1
            if not self.touch_stocked:
                self.fault(line, "x", self.env._(
                    "The bin holds stock and would get another position: allow it, or leave its x, y and z empty."))
        return moves

    def _check_barcode(self, line, values, place):
        code = values["barcode"]
        if code is None:
            return
        other = self.by_code.get(code)
        if other and other["id"] != place["id"]:
            self.fault(line, "barcode", self.env._(
                "%(code)s is the barcode of %(other)s.", code=code, other=other["full"]))
        elif code in self.codes:
            self.fault(line, "barcode", self.env._("The same barcode as on line %s.", self.codes[code]))
        self.codes[code] = line

    def _link(self, line, column, known, word):
        ids = known.get(word.lower(), [])
        if len(ids) == 1:
            return ids[0]
        if ids:
            return self.fault(line, column, self.env._("%(count)s are called %(name)s.", count=len(ids), name=word))
        some = ", ".join(sorted(known)[:10]) or self.env._("none yet")
        return self.fault(line, column, self.env._("There is no %(name)s. Known: %(some)s.", name=word, some=some))
