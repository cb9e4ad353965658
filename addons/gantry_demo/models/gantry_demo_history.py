from datetime import timedelta

from odoo import models
from odoo.addons.gantry_base.jobs import Progress
from odoo.tools import SQL

from .. import core
from ..tools.bulk import copy_rows, new_ids

PICKING = (
    "id", "name", "origin", "picking_type_id", "location_id", "location_dest_id", "partner_id", "company_id", "user_id",
    "move_type", "state", "priority", "is_locked", "has_deadline_issue", "printed", "scheduled_date", "date_done",
    "backorder_id", "return_id", "shipping_weight", "create_uid", "write_uid", "create_date", "write_date",
)
MOVE = (
    "id", "sequence", "company_id", "product_id", "product_uom", "packaging_uom_id", "location_id", "location_dest_id",
    "partner_id", "picking_id", "picking_type_id", "warehouse_id", "origin_returned_move_id", "priority", "state",
    "origin", "procure_method", "inventory_name", "reference", "reservation_date", "product_qty", "product_uom_qty",
    "quantity", "packaging_uom_qty", "picked", "propagate_cancel", "is_inventory", "additional", "date",
    "create_uid", "write_uid", "create_date", "write_date",
)
LINE = (
    "id", "picking_id", "move_id", "company_id", "product_id", "product_uom_id", "location_id", "location_dest_id",
    "state", "quantity", "quantity_product_uom", "picked", "date", "create_uid", "write_uid", "create_date",
    "write_date",
)


class GantryDemo(models.AbstractModel):
    _inherit = "gantry.demo"

    def _chapter_history(self, tale, start):
        """Write two years of finished transfers, and the stock that they leave, past the ORM.

        It is all or nothing: a history that is half there would not add up.
        """
        self.env.flush_all()
        _History(tale).write()
        self.env.invalidate_all()
        yield Progress(1, 1)


class _History:
    """The rows of finished transfers, as core would have left them."""

    def __init__(self, tale):
        self.tale, self.env, self.story = tale, tale.env, tale.story
        self.cr = self.env.cr
        self.uid = self.env.uid
        self.company_id = tale.company.id
        self.documents, self.moves = self.story.documents, self.story.moves
        self.now = self.cr.now()
        self.places = self._places()
        self.user_id = tale.users["picker"].id if "picker" in tale.users else None

    def _places(self):
        """Operation type, source and destination of every kind of document, per warehouse."""
        env, tale = self.env, self.tale
        customers = env.ref("stock.stock_location_customers").id
        suppliers = env.ref("stock.stock_location_suppliers").id
        transit = tale.company.internal_transit_location_id.id
        places = {}
        for house, warehouse in enumerate(tale.warehouses):
            stock = warehouse.lot_stock_id.id
            returns = (warehouse.out_type_id.return_picking_type_id or warehouse.in_type_id).id
            receipts, deliveries = warehouse.in_type_id.id, warehouse.out_type_id.id
            places |= {
                (core.RECEIPT, house): (receipts, suppliers, stock),
                (core.RETURN, house): (returns, customers, stock),
                (core.TRANSFER_IN, house): (receipts, transit, stock),
                (core.DELIVERY, house): (deliveries, stock, customers),
                (core.TRANSFER_OUT, house): (deliveries, stock, transit),
            }
        return places

    def write(self):
        self._number()
        copy_rows(self.cr, "stock_picking", PICKING, self._pickings())
        copy_rows(self.cr, "stock_move", MOVE, self._moves())
        copy_rows(self.cr, "stock_move_line", LINE, self._lines())
        self._link_transfers()
        self._write_quants()

    def _number(self):
        """Take ids for everything and names from the sequences of the operation types."""
        documents = self.documents
        self.kinds, self.houses = documents.kind.tolist(), documents.house.tolist()
        real = [number for number, kind in enumerate(self.kinds) if kind != core.COUNT]
        self.picking_ids = [None] * len(documents)
        for number, picking_id in zip(real, new_ids(self.cr, "stock_picking", len(real)), strict=True):
            self.picking_ids[number] = picking_id
        self.move_ids = new_ids(self.cr, "stock_move", len(self.moves))
        self.names = [None] * len(documents)
        by_type = {}
        for number in real:
            by_type.setdefault(self.places[self.kinds[number], self.houses[number]][0], []).append(number)
        for type_id, numbers in by_type.items():
            sequence = self.env["stock.picking.type"].browse(type_id).sequence_id
            prefix, suffix = sequence._get_prefix_suffix()
            first = sequence.number_next_actual
            for place, number in enumerate(numbers):
                self.names[number] = f"{prefix}{first + place:0{sequence.padding}d}{suffix}"
            sequence.number_next_actual = first + len(numbers)
        self.dates = [self.tale.minute(minute) for minute in documents.minute.tolist()]
        self.origins = [self._origin(number) for number in range(len(documents))]
        self.partner_ids = [self._partner(number) for number in range(len(documents))]

    def _origin(self, number):
        kind, order = self.kinds[number], int(self.documents.order[number])
        if kind == core.RECEIPT:
            return f"P{order:05d}"
        if kind == core.DELIVERY:
            return f"S{order:05d}"
        if kind == core.RETURN:
            return self.env._("Return of %s", self.names[self.documents.source[number]])
        if kind in (core.TRANSFER_IN, core.TRANSFER_OUT):
            return self.env._("Resupply of %s", self.tale.warehouses[1].name)
        return None

    def _partner(self, number):
        kind, partner = self.kinds[number], int(self.documents.partner[number])
        if partner < 0:
            return None
        if kind == core.RECEIPT:
            return self.tale.suppliers[partner].id
        return self.tale.addresses[partner][int(self.documents.address[number])]

    def _pickings(self):
        documents = self.documents
        sources, lateness = documents.source.tolist(), documents.lateness.tolist()
        weights = [row.weight_kg for row in self.story.products]
        total = [0.0] * len(documents)
        for document, product, quantity in zip(
            self.moves.document.tolist(), self.moves.product.tolist(), self.moves.quantity.tolist(), strict=True
        ):
            total[document] += weights[product] * quantity
        for number, picking_id in enumerate(self.picking_ids):
            if picking_id is None:
                continue
            kind = self.kinds[number]
            type_id, origin, destination = self.places[kind, self.houses[number]]
            done = self.dates[number]
            planned = done.replace(hour=8, minute=0) - timedelta(days=max(0, lateness[number]))
            planned -= timedelta(days=max(0, planned.weekday() - 4))  # nothing is planned for a weekend
            source = self.picking_ids[sources[number]] if sources[number] >= 0 else None
            yield (
                picking_id, self.names[number], self.origins[number], type_id, origin, destination,
                self.partner_ids[number], self.company_id, self.user_id if self.houses[number] == 0 else None,
                "direct", "done", "0", True, False, kind == core.DELIVERY, planned, done,
                source if kind == core.RECEIPT else None, source if kind == core.RETURN else None,
                round(total[number], 2), self.uid, self.uid, min(planned, done) - timedelta(days=1), self.now,
            )

    def _moves(self):
        env, moves = self.env, self.moves
        products = self.tale.products
        product_ids, uom_ids = products.ids, [product.uom_id.id for product in products]
        # Per company, and per product if somebody set it so.
        loss_ids = [product.property_stock_inventory.id for product in products]
        stock_ids = [warehouse.lot_stock_id.id for warehouse in self.tale.warehouses]
        warehouse_ids = self.tale.warehouses.ids
        opening = env._("Opening stock")
        counted = env._("Stock count")
        self.ends = []
        for place, (document, product, quantity, source) in enumerate(zip(
            moves.document.tolist(), moves.product.tolist(), moves.quantity.tolist(), moves.source.tolist(),
            strict=True,
        )):
            kind, house, done = self.kinds[document], self.houses[document], self.dates[document]
            reference, text, type_id = self.names[document], None, None
            if kind == core.COUNT:
                text = reference = opening if done.date() == self.tale.start.date() else counted
                origin, destination = loss_ids[product], stock_ids[house]
                if quantity < 0:
                    origin, destination, quantity = destination, origin, -quantity
            else:
                type_id, origin, destination = self.places[kind, house]
            self.ends.append((origin, destination, quantity))
            yield (
                self.move_ids[place], 10, self.company_id, product_ids[product], uom_ids[product], uom_ids[product],
                origin, destination, self.partner_ids[document], self.picking_ids[document], type_id,
                warehouse_ids[house] if kind == core.RETURN else None,
                self.move_ids[source] if kind == core.RETURN else None, "0", "done", self.origins[document],
                "make_to_order" if kind == core.TRANSFER_IN else "make_to_stock", text, reference, done.date(),
                quantity, quantity, quantity, quantity, True, True, kind == core.COUNT, False, done, self.uid,
                self.uid, done, self.now,
            )

    def _lines(self):
        moves = self.moves
        products = self.tale.products
        product_ids, uom_ids = products.ids, [product.uom_id.id for product in products]
        line_ids = new_ids(self.cr, "stock_move_line", len(moves))
        for place, (document, product) in enumerate(zip(moves.document.tolist(), moves.product.tolist(), strict=True)):
            origin, destination, quantity = self.ends[place]
            done = self.dates[document]
            yield (
                line_ids[place], self.picking_ids[document], self.move_ids[place], self.company_id,
                product_ids[product], uom_ids[product], origin, destination, "done", quantity, quantity, True, done,
                self.uid, self.uid, done, self.now,
            )

    def _link_transfers(self):
        """Chain what arrives at the second warehouse to what left the first."""
        kinds, moves = self.documents.kind, self.moves
        arrived = [
            (self.move_ids[source], self.move_ids[place])
            for place, (document, source) in enumerate(
                zip(moves.document.tolist(), moves.source.tolist(), strict=True)
            )
            if kinds[document] == core.TRANSFER_IN
        ]
        copy_rows(self.cr, "stock_move_move_rel", ("move_orig_id", "move_dest_id"), arrived)

    def _write_quants(self):
        """Add what the lines moved to the quants: stock is the sum of its moves, at every place."""
        self.cr.execute(SQL(
            """
            CREATE TEMPORARY TABLE gantry_demo_quant ON COMMIT DROP AS
            SELECT product_id, place AS location_id, sum(quantity) AS quantity,
                   max(date) FILTER (WHERE quantity > 0) AS in_date
              FROM (SELECT product_id, location_dest_id AS place, quantity, date
                      FROM stock_move_line WHERE move_id = ANY(%(moves)s)
                     UNION ALL
                    SELECT product_id, location_id, -quantity, date
                      FROM stock_move_line WHERE move_id = ANY(%(moves)s)) AS flow
             GROUP BY product_id, place
            HAVING sum(quantity) != 0
            """, moves=self.move_ids,
        ))
        self.cr.execute(SQL(
            """
            UPDATE stock_quant AS quant SET quantity = quant.quantity + flow.quantity
              FROM gantry_demo_quant AS flow
             WHERE quant.product_id = flow.product_id AND quant.location_id = flow.location_id
               AND quant.lot_id IS NULL AND quant.package_id IS NULL AND quant.owner_id IS NULL
            RETURNING quant.product_id, quant.location_id
            """
        ))
        known = set(self.cr.fetchall())
        self.cr.execute("SELECT product_id, location_id, quantity, in_date FROM gantry_demo_quant ORDER BY 2, 1")
        rows = [row for row in self.cr.fetchall() if row[:2] not in known]
        locations = {place: self.env["stock.location"].browse(place) for _product, place, *_rest in rows}
        count_on = {
            place: location._get_next_inventory_date() if location.usage in ("internal", "transit") else None
            for place, location in locations.items()
        }
        copy_rows(self.cr, "stock_quant", (
            "id", "product_id", "location_id", "company_id", "quantity", "reserved_quantity", "in_date",
            "inventory_date", "inventory_diff_quantity", "inventory_quantity_set", "create_uid", "write_uid",
            "create_date", "write_date",
        ), (
            (
                quant_id, product, place, locations[place].company_id.id or None, quantity, 0, in_date or self.now,
                count_on[place] or None, 0, False, self.uid, self.uid, self.now, self.now,
            )
            for quant_id, (product, place, quantity, in_date) in zip(
                new_ids(self.cr, "stock_quant", len(rows)), rows, strict=True
            )
        ))
        self.cr.execute("DROP TABLE gantry_demo_quant")
