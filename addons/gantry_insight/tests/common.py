from datetime import timedelta

from odoo import fields
from odoo.addons.gantry_forecast.tests.common import TODAY, ForecastCase
from odoo.tools import SQL

DAY = fields.Date.to_date(TODAY)


class InsightCase(ForecastCase):
    """Company A plans on TODAY; a forecast is laid down by hand, so that every figure can be told beforehand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Insight = cls.env["gantry.insight"]
        cls.Alert = cls.env["gantry.alert"]
        cls.History = cls.env["gantry.insight.history"]
        cls.category = cls.env["product.category"].create({"name": "Tools"})

    @classmethod
    def _item(cls, name, cost=10.0, **vals):
        return cls._product(name, standard_price=cost, categ_id=cls.category.id, **vals)

    @classmethod
    def _day(cls, back):
        """A day so many days before today, at noon."""
        return fields.Datetime.to_datetime(DAY) - timedelta(days=back) + timedelta(hours=12)

    @classmethod
    def _expect(cls, product, weekly, warehouse=None, weeks=13, **vals):
        """A forecast of so many units a week from this Monday on."""
        warehouse = warehouse or cls.wh_a1
        forecast = cls._forecast(product, warehouse) or cls.Forecast.create({
            "product_id": product.id, "warehouse_id": warehouse.id})
        values = list(weekly) if isinstance(weekly, list | tuple) else [weekly] * weeks
        cls.env.flush_all()
        cls.env.cr.execute(SQL(
            """
            UPDATE gantry_forecast SET mean = %(v)s, final = %(v)s, naive = %(v)s, date_start = '2026-03-02',
                   bucket = 'week', next_30_qty = %(month)s, date_forecast = now(), demand_class = 'smooth'
             WHERE id = %(id)s
            """,
            v=values, month=sum(values) / len(values) / 7 * 30, id=forecast.id,
        ))
        if vals:
            forecast.sudo().write(vals)
        cls.env.invalidate_all()
        return forecast

    @classmethod
    def _look(cls, company=None, products=None, alerts=True):
        """Refresh everything, demand included."""
        company = company or cls.company_a
        cls.env["gantry.demand"]._refresh(company)
        cls.Insight._refresh(company, products)
        return cls.Alert._refresh(company, products) if alerts else None

    @classmethod
    def _row(cls, product, warehouse=None):
        return cls.Insight.search([
            ("product_id", "=", product.id), ("warehouse_id", "=", (warehouse or cls.wh_a1).id)])

    @classmethod
    def _alerts(cls, product, kind=None, state=None):
        domain = [("product_id", "=", product.id)]
        if kind:
            domain.append(("kind", "=", kind))
        if state:
            domain.append(("state", "=", state))
        return cls.Alert.search(domain)

    @classmethod
    def _open_receipt(cls, product, qty, ahead, warehouse=None, vendor=None):
        """A receipt that is expected in so many days."""
        warehouse = warehouse or cls.wh_a1
        picking = cls.env["stock.picking"].create({
            "picking_type_id": warehouse.in_type_id.id, "location_id": cls.loc_supplier.id,
            "location_dest_id": warehouse.lot_stock_id.id, "partner_id": vendor.id if vendor else False,
            "move_ids": [fields.Command.create({
                "product_id": product.id, "product_uom_qty": qty, "product_uom": product.uom_id.id,
                "location_id": cls.loc_supplier.id, "location_dest_id": warehouse.lot_stock_id.id,
            })],
        })
        picking.action_confirm()
        picking.move_ids.date = cls._day(-ahead)
        return picking

    @classmethod
    def _arrive(cls, picking):
        picking.move_ids.quantity = picking.move_ids.product_uom_qty
        picking.move_ids.picked = True
        picking._action_done()
