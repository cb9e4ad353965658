"""Genealogies written straight into the tables: thousands of them in a second, for properties and benchmarks."""

import io

from odoo.tools import SQL


class Bulk:
    """Collects lots, done lines and links, and writes them at once. Ids are given out before writing."""

    def __init__(self, env, company):
        self.env = env
        self.company = company
        self.locations = {
            usage: env["stock.location"].search(
                [("usage", "=", usage), ("company_id", "in", (company.id, False))], order="company_id", limit=1
            ).id
            for usage in ("internal", "production", "customer", "supplier", "inventory")
        }  # fmt: skip
        self.rows = {"stock_lot": [], "stock_move": [], "stock_move_line": [], "stock_move_line_consume_rel": []}
        self.ids = {}

    def next_id(self, table, block=20_000):
        """An id of the sequence of the table, taken in blocks."""
        if not self.ids.get(table):
            rows = self.env.execute_query(
                SQL("SELECT nextval(%s) FROM generate_series(1, %s)", f"{table}_id_seq", block)
            )
            self.ids[table] = [row[0] for row in reversed(rows)]
        return self.ids[table].pop()

    def lot(self, product, name):
        lot_id = self.next_id("stock_lot")
        self.rows["stock_lot"].append({"id": lot_id, "product_id": product.id, "name": name})
        return lot_id

    def line(self, product, lot_id, qty, source, dest, at, **columns):
        """A done move with one line; ``columns`` go to the move."""
        move_id, line_id = self.next_id("stock_move"), self.next_id("stock_move_line")
        common = {
            "company_id": self.company.id,
            "product_id": product.id,
            "location_id": self.locations[source],
            "location_dest_id": self.locations[dest],
            "state": "done",
            "date": at,
        }
        self.rows["stock_move"].append(
            {
                "id": move_id, "product_uom": product.uom_id.id, "product_uom_qty": qty, "quantity": qty,
                "procure_method": "make_to_stock", **common, **columns,
            }
        )  # fmt: skip
        self.rows["stock_move_line"].append(
            {
                "id": line_id, "move_id": move_id, "lot_id": lot_id, "product_uom_id": product.uom_id.id,
                "quantity": qty, "quantity_product_uom": qty, **common,
            }
        )  # fmt: skip
        return line_id

    def links(self, consumed, produced):
        """Odoo's own link between lines: every consumed one with every produced one."""
        self.rows["stock_move_line_consume_rel"] += [
            {"produce_line_id": used, "consume_line_id": made} for used in consumed for made in produced
        ]

    def defaults(self, table, given):
        """What other addons require of a row and have a default for."""
        model = self.env.get(table.replace("_", "."))
        if model is None:
            return {}
        required = [
            name for name, field in model._fields.items()
            if field.store and field.required and field.column_type and name not in given
        ]  # fmt: skip
        return {name: value for name, value in model.default_get(required).items() if value is not False}

    def write(self):
        for table, rows in self.rows.items():
            columns = list(dict.fromkeys(name for row in rows for name in row))
            missing = self.defaults(table, columns)
            columns += missing
            text = io.StringIO()
            for row in rows:
                values = (row.get(name, missing.get(name)) for name in columns)
                text.write("\t".join("\\N" if value is None else str(value) for value in values) + "\n")
            text.seek(0)
            self.env.cr._obj.copy_from(text, table, columns=columns)
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
            rows.clear()
        self.env.invalidate_all()
