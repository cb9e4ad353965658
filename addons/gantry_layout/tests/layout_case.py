from odoo.addons.gantry_base.tests.common import GantryCase

SMALL = {"aisle_count": 3, "section_count": 2, "bay_count": 4, "level_count": 2}  # 48 bins


class LayoutCase(GantryCase):
    """Warehouse A One without layout; the generator makes one."""

    @classmethod
    def _generator(cls, warehouse=None, user=None, **values):
        warehouse = warehouse or cls.wh_a1
        Generator = cls.env["gantry.layout.generator"].with_user(user or cls.env.user)
        return Generator.create({"warehouse_id": warehouse.id, **SMALL, **values})

    @classmethod
    def _generate(cls, warehouse=None, **values):
        """Bins of a small area; the layout."""
        warehouse = warehouse or cls.wh_a1
        cls._generator(warehouse, **values).action_generate()
        return warehouse.gantry_layout_id

    @classmethod
    def _bin(cls, name, warehouse=None):
        return cls.env["stock.location"].search([
            ("name", "=", name), ("warehouse_id", "=", (warehouse or cls.wh_a1).id)])
