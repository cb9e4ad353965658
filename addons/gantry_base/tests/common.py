"""Builders for the tests of the suite: two companies, three warehouses, four users, no demo data."""

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase

from . import world


class GantryCase(TransactionCase):
    """Company A with two warehouses, company B with one; the environment is the superuser's in company A.

    See `world` for what there is: ``company_a``, ``wh_a1``, ``user_planner`` ...
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **world.QUIET})
        for name, record in (world.find(cls.env) or world.build(cls.env)).items():
            setattr(cls, name, record)
        # not by allowed_company_ids: that would follow every with_user() into companies the user may not see
        cls.env.user.write(
            {
                "company_ids": [Command.link(cls.company_a.id), Command.link(cls.company_b.id)],
                "company_id": cls.company_a.id,
            }
        )
        cls.loc_customer = cls.env.ref("stock.stock_location_customers")
        cls.loc_supplier = cls.env.ref("stock.stock_location_suppliers")

    @classmethod
    def _warehouse(cls, company, name, code):
        """A warehouse of the company; the one Odoo makes with a company in tests is taken over first."""
        taken = cls.wh_a1 + cls.wh_a2 + cls.wh_b1
        return world.warehouse(cls.env, company, name, code, taken.ids)

    @classmethod
    def _user(cls, login, groups, company):
        return world.user(cls.env, login, groups, company)

    @classmethod
    def _product(cls, name, **vals):
        """A storable product, shared between companies unless ``company_id`` is given."""
        return cls.env["product.product"].create({"name": name, "is_storable": True, **vals})

    @classmethod
    def _put(cls, product, qty, warehouse):
        """Have so many more on hand in the stock of the warehouse."""
        location = warehouse.lot_stock_id if warehouse._name == "stock.warehouse" else warehouse
        cls.env["stock.quant"].with_company(warehouse.company_id)._update_available_quantity(product, location, qty)

    @classmethod
    def _move(cls, product, qty, source, dest, date, company=None, picking_type=None, **vals):
        """A move done at that date (date, datetime or string in UTC), also when the stock goes negative."""
        company = company or source.company_id or dest.company_id or cls.company_a
        move = (
            cls.env["stock.move"]
            .with_company(company)
            .create(
                {
                    "product_id": product.id,
                    "product_uom": product.uom_id.id,
                    "product_uom_qty": qty,
                    "location_id": source.id,
                    "location_dest_id": dest.id,
                    "company_id": company.id,
                    "picking_type_id": picking_type.id if picking_type else False,
                    **vals,
                }
            )
        )
        move._action_confirm(merge=False)
        move.quantity = move.product_uom_qty
        move.picked = True
        move._action_done()
        move.date = fields.Datetime.to_datetime(date)
        return move

    @classmethod
    def _deliver(cls, product, qty, warehouse, date, **vals):
        """A delivery to a customer, done at that date."""
        return cls._move(
            product, qty, warehouse.lot_stock_id, cls.loc_customer, date,
            company=warehouse.company_id, picking_type=warehouse.out_type_id, **vals,
        )  # fmt: skip

    @classmethod
    def _receive(cls, product, qty, warehouse, date, **vals):
        """A receipt from a supplier, done at that date."""
        return cls._move(
            product, qty, cls.loc_supplier, warehouse.lot_stock_id, date,
            company=warehouse.company_id, picking_type=warehouse.in_type_id, **vals,
        )  # fmt: skip

    @classmethod
    def _return(cls, product, qty, warehouse, date, delivery=None, **vals):
        """Goods back from a customer, done at that date; ``delivery`` is the move they were sent with."""
        if delivery:
            vals["origin_returned_move_id"] = delivery.id
        return cls._move(
            product, qty, cls.loc_customer, warehouse.lot_stock_id, date,
            company=warehouse.company_id, picking_type=warehouse.in_type_id, **vals,
        )  # fmt: skip
