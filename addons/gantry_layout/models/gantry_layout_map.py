from datetime import timedelta

import numpy as np

from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.tools import SQL

PICK_DAYS = 28
BIN_SIZE = 1.0  # metres, for bins whose size nobody entered
CORRIDOR = 1.2
COLORINGS = ("picks", "fill", "age")
SHOWN_BINS = 60
SHOWN_MOVES = 12
FOUND = 8


class GantryLayoutMap(models.Model):
    """What the map shows: few queries, columns rather than a dictionary per bin, only what the reader may see."""

    _inherit = "gantry.layout"

    # -- for the map

    @api.model
    @api.readonly
    def get_map_data(self, layout_id, color_by=None):
        """The floor plan of a layout, and the figures to colour it by.

        :param int layout_id: the layout
        :param color_by: ``picks``, ``fill`` or ``age``; other colours need no figures
        :return: ``layout``, ``bins`` (columns of equal length), ``zones``, ``blocks``, ``aisles``, ``nodes``,
            ``edges``, ``points`` (a dictionary each) and ``figures`` as of `get_map_figures`; metres everywhere
        :rtype: dict
        """
        layout = self._map_layout(layout_id)
        zones = [
            {"id": zone.id, "name": zone.name, "kind": zone.kind, "color": zone.color} for zone in layout.zone_ids]
        aisles, edges, blocks = layout._map_aisles(), layout._map_edges(), layout._map_blocks()
        rows = {
            name: {part["id"]: row for row, part in enumerate(parts)}
            for name, parts in (("zone", zones), ("aisle", aisles), ("edge", edges))}
        nodes = {node.id: row for row, node in enumerate(layout.node_ids)}
        for edge in edges:
            edge.update(start=nodes[edge["start"]], end=nodes[edge["end"]])
        block_rows = {block["id"]: row for row, block in enumerate(blocks)}
        for aisle in aisles:
            aisle["block"] = block_rows.get(aisle["block"], -1)
        return {
            "layout": {
                "id": layout.id, "name": layout.name, "kind": layout.kind, "revision": layout.revision,
                "warehouse_id": layout.warehouse_id.id, "warehouse": layout.warehouse_id.name,
                "can_edit": layout.has_access("write"), "pick_days": PICK_DAYS,
            },
            "bins": layout._map_bins(rows),
            "zones": zones, "blocks": blocks, "aisles": aisles, "edges": edges,
            "nodes": [{"id": node.id, "name": node.name, "x": node.x, "y": node.y} for node in layout.node_ids],
            "points": [
                {"id": point.id, "name": point.name, "kind": point.kind, "x": point.x, "y": point.y}
                for point in layout.point_ids],
            "figures": layout._map_figures(color_by),
        }

    @api.model
    @api.readonly
    def get_map_figures(self, layout_id, color_by=None):
        """Fresh figures for the colours; a revision other than that of the plan says that the plan is old.

        :return: ``by``, ``revision``, and ``id`` and ``value`` of the bins that have a figure: picks a day over the
            last 28 days, per cent full (-1 when the size of the goods or the bin is unknown), or days since the
            oldest stock came in
        :rtype: dict
        """
        return self._map_layout(layout_id)._map_figures(color_by)

    @api.model
    @api.readonly
    def get_map_bins(self, layout_id, location_ids):
        """What lies in some bins (those above each other), and the last moves in and out.

        :return: ``bins``, each with its ``content``, and ``moves``
        :rtype: dict
        """
        layout = self._map_layout(layout_id)
        bins = self.env["stock.location"].search(
            [("id", "in", list(location_ids)[:SHOWN_BINS]), ("gantry_layout_id", "=", layout.id)],
            order="gantry_level, id")
        content = bins._gantry_map_content()
        figures = {by: dict(zip(*layout._map_figures_of(by, bins.ids), strict=True)) for by in COLORINGS}
        return {
            "bins": [
                {
                    **location._gantry_map_bin(), "content": content.get(location.id, []),
                    **{by: figures[by].get(location.id) for by in COLORINGS},
                }
                for location in bins],
            "moves": bins._gantry_map_moves(),
        }

    @api.model
    @api.readonly
    def find_on_map(self, layout_id, query):
        """Bins, products and lots whose name, reference or barcode has the words, with the bins where they are.

        :return: ``items``: ``kind`` (bin, product or lot), ``id``, ``name``, ``detail``, ``location_ids``
        :rtype: dict
        """
        layout = self._map_layout(layout_id)
        query = (query or "").strip()
        if not query:
            return {"items": []}
        bins = self.env["stock.location"].search(
            [("gantry_layout_id", "=", layout.id), "|", ("name", "ilike", query), ("barcode", "=ilike", query)],
            order="name", limit=FOUND)
        products = self.env["product.product"].search(
            [("is_storable", "=", True), ("display_name", "ilike", query)], limit=FOUND)
        lots = self.env["stock.lot"].search([("name", "ilike", query)], limit=FOUND)
        items = [("bin", location, location.name, location.gantry_zone_id.name or "", [location.id])
                 for location in bins]
        for kind, records, field in (("product", products, "product_id"), ("lot", lots, "lot_id")):
            where = layout._map_whereabouts(field, records)
            items += [
                (kind, record, record.display_name, where.get(record.id, ("", []))[0],
                 where.get(record.id, ("", []))[1])
                for record in records]
        first = [item for item in items if item[4]] + [item for item in items if not item[4]]
        return {"items": [
            {"kind": kind, "id": record.id, "name": name, "detail": detail, "location_ids": location_ids}
            for kind, record, name, detail, location_ids in first]}

    # -- parts

    def _map_layout(self, layout_id):
        layout = self.search([("id", "=", layout_id)])
        if not layout:
            raise MissingError(self.env._("This layout does not exist, or it belongs to another company."))
        return layout

    def _map_state(self, way, now):
        if way.is_blocked:
            return "blocked"
        return "planned" if way.blocked_from and way.blocked_from > now else "open"

    def _map_way(self, way, now):
        return {
            "id": way.id, "name": way.name, "state": self._map_state(way, now), "equipment": way.equipment,
            "blocked_from": fields.Datetime.to_string(way.blocked_from) if way.blocked_from else False,
            "blocked_until": fields.Datetime.to_string(way.blocked_until) if way.blocked_until else False,
            "reason": way.blocked_reason or "",
        }

    def _map_aisles(self):
        now = fields.Datetime.now()
        widths = {}
        for block in self.block_ids:
            left = block.aisle_pitch - int(block.side_count) * block.depth
            widths[block.id] = left if left > 0 else CORRIDOR
        return [
            {
                **self._map_way(aisle, now), "one_way": aisle.one_way, "block": aisle.block_id.id, "x": aisle.x,
                "y_from": min(aisle.y_from, aisle.y_to), "y_to": max(aisle.y_from, aisle.y_to),
                "width": widths.get(aisle.block_id.id, CORRIDOR),
            }
            for aisle in self.aisle_ids]

    def _map_edges(self):
        now = fields.Datetime.now()
        return [
            {
                **self._map_way(edge, now), "one_way": "forth" if edge.one_way else "none",
                "start": edge.start_id.id, "end": edge.end_id.id, "length_m": edge.length_m,
            }
            for edge in self.edge_ids]

    def _map_blocks(self):
        blocks = []
        for block in self.block_ids:
            shape = block._shape()
            blocks.append({
                "id": block.id, "name": block.name, "x": block.origin_x, "y": block.origin_y,
                "w": round(shape.width_m, 2), "h": round(shape.length_m, 2)})
        return blocks

    def _map_query(self, model, domain, columns, group_by=None):
        """Rows of a table as far as the reader may see them."""
        self.env[model].flush_model()
        query = self.env[model]._search(domain)
        if group_by:
            query.groupby = group_by
        return self.env.execute_query(query.select(*columns))

    def _map_bins(self, rows):
        """Columns of all bins with a position, in the order of their ids."""
        names = ("x", "y", "width", "depth", "access_x", "access_y", "level", "zone_id", "aisle_id", "edge_id")
        found = self._map_query(
            "stock.location", [("gantry_layout_id", "=", self.id)],
            [SQL.identifier("stock_location", column)
             for column in ("id", "name", *(f"gantry_{name}" for name in names))])
        found = sorted(row for row in found if row[2] is not None and row[3] is not None)
        ids, bin_names, *columns = map(list, zip(*found, strict=True)) if found else ([] for _ in range(len(names) + 2))
        x, y, width, depth, access_x, access_y = np.array(columns[:6], np.float64).reshape(6, -1)
        level, zone, aisle, edge = columns[6:]
        size = np.array([depth, width])  # across and along the aisle
        size = np.where(np.nan_to_num(size) > 0, size, BIN_SIZE)
        # without an aisle a bin faces where it is reached from: the front or the back, rather than a side
        turned = (np.array([not one for one in aisle], bool)) & (np.abs(access_y - y) > np.abs(access_x - x))
        size[:, turned] = size[::-1, turned]
        place = {name: row.round(2).tolist() for name, row in zip("xywh", (x, y, *size), strict=True)}
        return {
            "id": ids, "name": bin_names, **place, "level": [one or 0 for one in level],
            **{
                part: [rows[part].get(one, -1) for one in column]
                for part, column in (("zone", zone), ("aisle", aisle), ("edge", edge))},
        }

    # -- figures

    def _map_figures(self, by):
        ids, values = self._map_figures_of(by)
        return {"by": by, "revision": self.revision, "id": ids, "value": values}

    def _map_figures_of(self, by, bin_ids=None):
        """Ids and figures, in the order of the ids; of all bins or of some."""
        measure = {"picks": self._map_picks, "fill": self._map_fill, "age": self._map_age}.get(by)
        if not measure:
            return [], []
        domain = [("gantry_layout_id", "=", self.id)]
        if bin_ids is not None:
            domain.append(("id", "in", bin_ids))
        rows = sorted(measure(self.env["stock.location"]._search(domain)))
        return [row[0] for row in rows], [row[1] for row in rows]

    def _map_picks(self, bins):
        """Lines taken out a day; corrections of the count are no picks."""
        since = fields.Datetime.now() - timedelta(days=PICK_DAYS)
        rows = self._map_query(
            "stock.move.line",
            [("state", "=", "done"), ("date", ">=", since), ("location_id", "in", bins),
             ("location_dest_id.usage", "!=", "inventory")],
            [SQL.identifier("stock_move_line", "location_id"), SQL("COUNT(*)")],
            SQL.identifier("stock_move_line", "location_id"))
        return [(bin_id, round(count / PICK_DAYS, 3)) for bin_id, count in rows]

    def _map_age(self, bins):
        now = fields.Datetime.now()
        rows = self._map_query(
            "stock.quant", [("quantity", ">", 0), ("location_id", "in", bins)],
            [SQL.identifier("stock_quant", "location_id"), SQL("MIN(stock_quant.in_date)")],
            SQL.identifier("stock_quant", "location_id"))
        return [(bin_id, max((now - since).days, 0)) for bin_id, since in rows]

    def _map_fill(self, bins):
        """Per cent of the volume or of the weight limit, whichever is fuller; -1 when neither can be told."""
        quants = self.env["stock.quant"]._search([("quantity", ">", 0), ("location_id", "in", bins)])
        self.env["product.product"].flush_model(["volume", "weight"])
        self.env["stock.location"].flush_model(["gantry_volume", "gantry_max_weight", "storage_category_id"])
        rows = self.env.execute_query(SQL(
            """
            WITH held AS (
                SELECT quant.location_id, SUM(quant.quantity * product.volume) AS volume,
                       SUM(quant.quantity * product.weight) AS weight,
                       BOOL_AND(COALESCE(product.volume, 0) > 0) AS volume_known,
                       BOOL_AND(COALESCE(product.weight, 0) > 0) AS weight_known
                  FROM stock_quant quant JOIN product_product product ON product.id = quant.product_id
                 WHERE quant.id IN %s
              GROUP BY quant.location_id)
            SELECT held.location_id,
                   CASE WHEN volume_known AND bin.gantry_volume > 0 THEN held.volume / bin.gantry_volume END,
                   CASE WHEN weight_known AND COALESCE(NULLIF(bin.gantry_max_weight, 0), category.max_weight, 0) > 0
                        THEN held.weight / COALESCE(NULLIF(bin.gantry_max_weight, 0), category.max_weight) END
              FROM held JOIN stock_location bin ON bin.id = held.location_id
              LEFT JOIN stock_storage_category category ON category.id = bin.storage_category_id
            """, quants.subselect()))
        found = []
        for bin_id, *shares in rows:
            known = [float(share) for share in shares if share is not None]
            found.append((bin_id, round(100 * max(known), 1) if known else -1))
        return found

    def _map_whereabouts(self, field, records):
        """How much of each product or lot lies where: {id: ("12 Units in 2 bins", [location ids])}."""
        if not records:
            return {}
        groups = self.env["stock.quant"]._read_group(
            [(field, "in", records.ids), ("quantity", ">", 0), ("location_id.gantry_layout_id", "=", self.id)],
            [field], ["quantity:sum", "location_id:array_agg_distinct"])
        found = {}
        for record, quantity, location_ids in groups:
            product = record if field == "product_id" else record.product_id
            text = self.env._(
                "%(quantity)s %(unit)s in %(bins)s bins", quantity=f"{quantity:.2f}".rstrip("0").rstrip("."),
                unit=product.uom_id.name, bins=len(location_ids))
            if field == "lot_id":
                text = f"{product.display_name}, {text}"
            found[record.id] = (text, sorted(location_ids))
        return found

    # -- buttons

    def action_map(self):
        """The living map."""
        return self._map_action(layout_id=self.id)

    @api.model
    def _map_action(self, **params):
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_layout.gantry_layout_map_action")
        return {**action, "params": params, "context": {"params": params}}
