import numpy as np

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core import GEOMETRY, BinPlan, BinProblem, Pattern, ShapeError, plan_bins, serpentine

WRITTEN = 2000  # rows per statement
COLUMNS = tuple(name for name in GEOMETRY if name not in ("aisle", "side"))


class GantryLayout(models.Model):
    _inherit = "gantry.layout"

    def _generate(self, name, parent, *, touch_stocked=False, barcode_prefix=None, **measures):
        """Lay out a new rack area with its bins; return it.

        :param parent: location that contains the bins
        :param measures: fields of the area
        """
        self.ensure_one()
        area = self.env["gantry.layout.block"].create(
            {"layout_id": self.id, "name": name, "parent_location_id": parent.id, **measures})
        prefix = f"{self.warehouse_id.code}-" if barcode_prefix is None else barcode_prefix
        area._apply_generation_plan(area._plan_bins(touch_stocked=touch_stocked), barcode_prefix=prefix)
        return area

    def _renumber(self):
        """Number the bins up one aisle and down the next."""
        self.env["stock.location"].flush_model()
        self.env["gantry.layout.aisle"].flush_model()
        for layout in self:
            rows = self.env.execute_query(SQL(
                """
                SELECT bin.id, COALESCE(aisle.place, -1), COALESCE(bin.gantry_access_x, bin.gantry_x, 0),
                       COALESCE(bin.gantry_access_y, bin.gantry_y, 0), COALESCE(bin.gantry_level, 0)
                  FROM stock_location bin
             LEFT JOIN (SELECT id, row_number() OVER (ORDER BY block_id, number, id) - 1 AS place
                          FROM gantry_layout_aisle WHERE layout_id = %s) aisle ON aisle.id = bin.gantry_aisle_id
                 WHERE bin.gantry_layout_id = %s ORDER BY bin.id
                """, layout.id, layout.id))
            if rows:
                ids, aisle, x, y, level = (np.array(column) for column in zip(*rows, strict=True))
                self._write_bins(ids.tolist(), {"gantry_sequence": serpentine(aisle, x, y, level).tolist()})
        self._bump()

    def _write_bins(self, location_ids, columns):
        """Write columns of many bins, a value per bin, straight into the table."""
        types = {name: self.env["stock.location"]._fields[name].column_type[1] for name in columns}
        for begin in range(0, len(location_ids), WRITTEN):
            part = slice(begin, begin + WRITTEN)
            values = [SQL("%s::%s[]", values[part], SQL(types[name])) for name, values in columns.items()]
            self.env.cr.execute(SQL(
                "UPDATE stock_location bin SET %s, write_uid = %s, write_date = %s "
                "FROM unnest(%s::int4[], %s) AS new(%s) WHERE bin.id = new.id",
                SQL(", ").join(SQL("%s = new.%s", SQL.identifier(name), SQL.identifier(name)) for name in columns),
                self.env.uid, self.env.cr.now(), location_ids[part], SQL(", ").join(values),
                SQL(", ").join(map(SQL.identifier, ("id", *columns)))))
        self.env["stock.location"].invalidate_model([*columns])
        self.env["gantry.layout"].invalidate_model(["bin_ids"])


class GantryLayoutBlock(models.Model):
    """Bins of a rack area: compare what its measures want with what is there, and make it so."""

    _inherit = "gantry.layout.block"

    def _prepare_generation_problem(self, *, touch_stocked=False) -> BinProblem:
        """Measures and what stands below the parent location already."""
        self.ensure_one()
        rows = self._read_bins_below()
        try:
            return BinProblem(
                shape=self._shape(), pattern=Pattern.read(self.name_pattern), first_aisle=self.first_aisle,
                names=[row[1] for row in rows], touch_stocked=touch_stocked,
                geometry=np.array([row[4:] for row in rows], np.float64).reshape(len(rows), len(GEOMETRY)),
                stocked=np.array([row[2] for row in rows], bool), ours=np.array([row[3] for row in rows], bool))
        except ShapeError as error:
            raise UserError(str(error)) from error

    def _plan_bins(self, *, touch_stocked=False) -> BinPlan:
        try:
            return plan_bins(self._prepare_generation_problem(touch_stocked=touch_stocked))
        except ShapeError as error:
            raise UserError(str(error)) from error

    def _read_bins_below(self):
        """Id, name, holds stock, is ours and `GEOMETRY` of the bins below the parent, in the order of their ids."""
        self.env["stock.location"].flush_model()
        self.env["gantry.layout.aisle"].flush_model()
        self.env["stock.quant"].flush_model(["location_id", "quantity", "reserved_quantity"])
        own = self._origin.id or 0
        columns = [
            SQL("CASE WHEN aisle.block_id = %s THEN aisle.number END", own) if name == "aisle"
            else SQL("CASE bin.gantry_side WHEN 'left' THEN 0 WHEN 'right' THEN 1 END") if name == "side"
            else SQL("bin.%s", SQL.identifier(f"gantry_{name}")) for name in GEOMETRY]
        return self.env.execute_query(SQL(
            """
            SELECT bin.id, bin.name,
                   EXISTS (SELECT FROM stock_quant quant WHERE quant.location_id = bin.id
                              AND (quant.quantity != 0 OR quant.reserved_quantity != 0)),
                   COALESCE(aisle.block_id = %s, FALSE), %s
              FROM stock_location bin LEFT JOIN gantry_layout_aisle aisle ON aisle.id = bin.gantry_aisle_id
             WHERE bin.location_id = %s AND bin.active ORDER BY bin.id
            """, own, SQL(", ").join(columns), self.parent_location_id.id or 0))

    def _lay_aisles(self):
        """The aisles that the measures want; those that are there keep direction and blocking."""
        for block in self:
            shape, pattern = block._shape(), Pattern.read(block.name_pattern)
            low, high = shape.crossings[[0, -1]].tolist()
            known = {aisle.number: aisle for aisle in block.aisle_ids}
            missing = []
            for number, x in enumerate(shape.xs.tolist(), block.first_aisle):
                vals = {"name": pattern.aisle_name(number), "x": x, "y_from": low, "y_to": high}
                if number not in known:
                    missing.append(vals | {"number": number, "block_id": block.id, "layout_id": block.layout_id.id})
                elif any(known[number][name] != value for name, value in vals.items()):
                    known[number].write(vals)
            self.env["gantry.layout.aisle"].create(missing)

    def _apply_generation_plan(self, plan: BinPlan, *, barcode_prefix="", barcodes=True):
        """Make new bins, move changed ones; return the new ones."""
        self.ensure_one()
        below = [row[0] for row in self._read_bins_below()]
        self._lay_aisles()
        parent = self.parent_location_id
        fresh = self.env["stock.location"].create([
            {"name": plan.names[row], "location_id": parent.id, "usage": "internal", "company_id": parent.company_id.id,
             "barcode": f"{barcode_prefix}{plan.names[row]}" if barcodes else False}
            for row in plan.create.tolist()])
        self.env.flush_all()
        ids = fresh.ids + [below[row] for row in plan.row[plan.change]]
        self._write_geometry(ids, plan.geometry[np.concatenate([plan.create, plan.change])])
        self.layout_id._renumber()
        return fresh

    def _write_geometry(self, location_ids, geometry):
        if not location_ids:
            return
        values = dict(zip(GEOMETRY, geometry.T, strict=True))
        aisle_of = {aisle.number: aisle.id for aisle in self.aisle_ids}
        count = len(location_ids)
        fields_of = self.env["stock.location"]._fields
        columns = {
            f"gantry_{name}": (values[name].astype(int) if fields_of[f"gantry_{name}"].type == "integer"
                               else values[name]).tolist() for name in COLUMNS}
        columns |= {
            "gantry_aisle_id": [aisle_of[int(number)] for number in values["aisle"]],
            "gantry_side": ["right" if side else "left" for side in values["side"]],
            "gantry_volume": (values["width"] * values["depth"] * values["height"]).tolist(),
            "gantry_layout_id": [self.layout_id.id] * count,
        }
        if self.zone_id:
            columns["gantry_zone_id"] = [self.zone_id.id] * count
        self.layout_id._write_bins(location_ids, columns)
        self.env["stock.location"].invalidate_model()
