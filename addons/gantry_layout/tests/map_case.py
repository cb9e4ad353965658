from odoo.addons.gantry_base.tests.common import GantryCase


class MapCase(GantryCase):
    """A hall of two aisles, three bays to a side and two levels in warehouse A One; bins are called A-L1-1."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.layout = cls._hall(cls.wh_a1)
        cls.bins = {location.name: location for location in cls.layout.bin_ids}
        cls.apple = cls._product("Apple", default_code="APL", volume=0.5, weight=4)
        cls.pear = cls._product("Pear", tracking="lot")
        cls.lot = cls.env["stock.lot"].create({"name": "PEAR-7", "product_id": cls.pear.id})

    @classmethod
    def _hall(cls, warehouse):
        layout = cls.env["gantry.layout"].create({"warehouse_id": warehouse.id, "name": f"Hall {warehouse.code}"})
        part = {"layout_id": layout.id}
        zones = cls.env["gantry.layout.zone"].create([
            {**part, "name": "Pick face", "code": "P", "color": 4}, {**part, "name": "Reserve", "code": "R"}])
        block = cls.env["gantry.layout.block"].create({
            **part, "name": "Hall", "aisle_count": 2, "bay_count": 6, "level_count": 2, "aisle_pitch": 4, "depth": 1,
            "bay_width": 1, "cross_aisle_width": 2})
        aisles = cls.env["gantry.layout.aisle"].create([
            {**part, "block_id": block.id, "number": row + 1, "name": "AB"[row], "x": 2 + 4 * row,
             "y_from": 1, "y_to": 6}
            for row in (0, 1)])
        cls.env["gantry.layout.point"].create({**part, "name": "Depot", "kind": "depot", "x": 2, "y": 0})
        cls.env["stock.location"].create([
            {
                "name": f"{aisle.name}-{'LR'[side]}{bay}-{level}", "location_id": warehouse.lot_stock_id.id,
                "barcode": f"{warehouse.code}.{aisle.name}{side}{bay}{level}", "company_id": warehouse.company_id.id,
                "gantry_layout_id": layout.id, "gantry_zone_id": zones[level - 1].id, "gantry_aisle_id": aisle.id,
                "gantry_bay": bay, "gantry_level": level, "gantry_x": aisle.x + (1.5 if side else -1.5),
                "gantry_y": 1.5 + bay, "gantry_width": 1, "gantry_depth": 0.9, "gantry_height": 1,
                "gantry_max_weight": 100, "gantry_access_x": aisle.x, "gantry_access_y": 1.5 + bay,
            }
            for aisle in aisles for side in (0, 1) for bay in (1, 2, 3) for level in (1, 2)])
        return layout

    def _pick(self, product, location, date, dest=None, lot=None):
        """A done line of one unit out of the bin."""
        move = self._move(product, 1, location, dest or self.loc_customer, date, company=self.company_a,
                          picking_type=self.wh_a1.out_type_id)
        move.move_line_ids.write({"date": date})
        if lot:
            move.move_line_ids.lot_id = lot
        return move
