from odoo.addons.gantry_base.tests.common import GantryCase


class RouteCase(GantryCase):
    """Six aisles, two sections, 240 bins named so that the order of names is a bad walk; the depot is front left."""

    AISLES, BAYS = 6, 20

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.out_type = cls.wh_a1.out_type_id
        if "auto_batch" in cls.out_type._fields:  # the app for batch transfers would put every delivery into a batch
            (cls.wh_a1 | cls.wh_a2).out_type_id.auto_batch = False
        cls.layout = cls._lay_out(cls.wh_a1)
        cls.bins = {bin_location.name: bin_location for bin_location in cls.layout.bin_ids}
        cls.depot = cls.env["gantry.layout.point"].create({
            "layout_id": cls.layout.id, "name": "Depot", "kind": "depot", "x": 2.0, "y": 1.5, "is_start": True,
            "is_end": True})
        cls.article = cls._product("Article")

    @classmethod
    def _lay_out(cls, warehouse):
        layout = cls.env["gantry.layout"].create({"warehouse_id": warehouse.id})
        block = cls.env["gantry.layout.block"].create({
            "layout_id": layout.id, "name": "Hall", "aisle_count": cls.AISLES, "cross_aisle_count": 3,
            "bay_count": cls.BAYS, "parent_location_id": warehouse.lot_stock_id.id})
        shape = block._shape()
        low, high = shape.crossings[[0, -1]].tolist()
        aisles = cls.env["gantry.layout.aisle"].create([
            {"layout_id": layout.id, "block_id": block.id, "number": number, "name": f"Aisle {number}", "x": x,
             "y_from": low, "y_to": high}
            for number, x in enumerate(shape.xs.tolist(), 1)])
        spots = shape.bins()
        bins = [
            {
                "name": f"{aisle + 1}-{bay + 1 + section * cls.BAYS}", "location_id": warehouse.lot_stock_id.id,
                "company_id": warehouse.company_id.id, "gantry_layout_id": layout.id,
                "gantry_aisle_id": aisles[aisle].id, "gantry_bay": bay + 1, "gantry_level": 1, "gantry_x": x,
                "gantry_y": y, "gantry_access_x": shape.xs[aisle], "gantry_access_y": y,
                "gantry_sequence": number,
            }
            for number, (aisle, section, bay, x, y) in enumerate(zip(*(
                spots[name].tolist() for name in ("aisle", "section", "bay", "x", "y")), strict=True), 1)]
        cls.env["stock.location"].create(bins)
        return layout

    @classmethod
    def _fill(cls, names, qty=10, product=None):
        """Put so many into each of these bins."""
        for name in names:
            cls.env["stock.quant"]._update_available_quantity(product or cls.article, cls.bins[name], qty)

    @classmethod
    def _delivery(cls, names, qty=1, reserve=True, picking_type=None, products=None):
        """A delivery with one product per bin, which lies there and nowhere else."""
        picking_type = picking_type or cls.out_type
        moves = []
        for number, name in enumerate(names):
            product = products[number] if products else cls._product(f"P {name}")
            cls._fill([name], product=product)
            moves.append((0, 0, {
                "product_id": product.id, "product_uom_qty": qty, "product_uom": product.uom_id.id,
                "location_id": cls.wh_a1.lot_stock_id.id, "location_dest_id": cls.loc_customer.id}))
        picking = cls.env["stock.picking"].create({
            "picking_type_id": picking_type.id, "location_id": cls.wh_a1.lot_stock_id.id,
            "location_dest_id": cls.loc_customer.id, "move_ids": moves})
        picking.action_confirm()
        if reserve:
            picking.action_assign()
        else:
            picking.do_unreserve()
        return picking

    def _route(self, pickings, **kwargs):
        return self.env["gantry.route"]._route(pickings, **kwargs)

    def _names(self, route):
        return route.stop_ids.location_id.mapped("name") if len(route.stop_ids) == len(
            route.stop_ids.location_id) else [stop.location_id.name for stop in route.stop_ids]
