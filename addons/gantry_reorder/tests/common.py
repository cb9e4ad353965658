"""Builders of the replenishment tests: forecasts without a forecast run, vendors, stock, policies."""

import numpy as np
import psycopg2
from scipy.stats import poisson

from odoo import fields
from odoo.addons.gantry_base.tests.common import GantryCase
from odoo.addons.gantry_forecast.core import QUANTILES
from odoo.addons.gantry_forecast.models.gantry_forecast_arrays import pack_floats
from odoo.addons.gantry_forecast.tools import buckets

TODAY = "2026-03-02"  # a Monday
WEEKS = 12


class ReorderCase(GantryCase):
    """Company A plans weeks; every product gets its forecast from `_predict`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).write({
            "gantry_forecast_bucket": "week", "gantry_forecast_horizon": WEEKS, "horizon_days": 365,
        })
        cls.Rule = cls.env["gantry.reorder.rule"]
        cls.Policy = cls.env["gantry.reorder.policy"]
        cls.Point = cls.env["stock.warehouse.orderpoint"]
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.start = np.datetime64(buckets.floor(TODAY, "week"))

    @classmethod
    def _predict(cls, product, per_week, warehouse=None, demand_class="smooth", wape=0.2, start=None):
        """A forecast of so many a week, spread like Poisson."""
        warehouse = warehouse or cls.wh_a1
        mean = np.full(WEEKS, float(per_week))
        quantiles = poisson.ppf(np.array(QUANTILES), max(per_week, 1e-9))
        forecast = cls.env["gantry.forecast"].sudo().create({
            "product_id": product.id, "warehouse_id": warehouse.id,
        })
        cls.env.flush_all()
        cls.env.cr.execute(
            """
            UPDATE gantry_forecast SET bucket = 'week', date_start = %s, demand_class = %s, wape = %s,
                   mean = %s::real[], final = %s::real[], naive = %s::real[], quantiles = %s, next_30_qty = %s,
                   demand_12m_qty = %s, date_forecast = now() WHERE id = %s
            """,
            ((start or cls.start).astype(object), demand_class, wape, mean.tolist(), mean.tolist(), mean.tolist(),
             psycopg2.Binary(pack_floats(np.tile(quantiles, WEEKS)[None]).tobytes()), per_week * 30 / 7,
             per_week * 52, forecast.id),
        )
        cls.env.invalidate_all()
        return forecast

    @classmethod
    def _policy(cls, **vals):
        return cls.Policy.create({"name": "Policy", "company_id": cls.company_a.id, **vals})

    @classmethod
    def _point(cls, product, low, high, warehouse=None, **vals):
        warehouse = warehouse or cls.wh_a1
        return cls.Point.create({
            "product_id": product.id, "warehouse_id": warehouse.id, "location_id": warehouse.lot_stock_id.id,
            "company_id": warehouse.company_id.id, "product_min_qty": low, "product_max_qty": high,
            "trigger": "manual", **vals,
        })

    @classmethod
    def _seller(cls, product, delay=7, partner=None, **vals):
        return cls.env["product.supplierinfo"].create({
            "product_tmpl_id": product.product_tmpl_id.id, "partner_id": (partner or cls.vendor).id, "delay": delay,
            "price": 2.0, **vals,
        })

    @classmethod
    def _run(cls, company=None, user=None):
        company = company or cls.company_a
        rules = cls.Rule.with_user(user).with_company(company) if user else cls.Rule.with_company(company)
        job = rules._enqueue_run(company)
        job._run_inline()
        assert job.state == "done", job.error
        return job

    @classmethod
    def _row(cls, product, warehouse=None):
        return cls.Rule.with_context(active_test=False).search([
            ("product_id", "=", product.id), ("warehouse_id", "=", (warehouse or cls.wh_a1).id),
        ])

    @classmethod
    def _pending(cls, product, qty, source, dest, days, warehouse=None):
        """A confirmed move in so many days."""
        warehouse = warehouse or cls.wh_a1
        incoming = dest in (warehouse.lot_stock_id,)
        move = cls.env["stock.move"].create({
            "product_id": product.id, "product_uom": product.uom_id.id, "product_uom_qty": qty,
            "location_id": source.id, "location_dest_id": dest.id, "company_id": warehouse.company_id.id,
            "picking_type_id": (warehouse.in_type_id if incoming else warehouse.out_type_id).id,
            "date": fields.Datetime.add(fields.Datetime.now(), days=days),
        })
        move._action_confirm(merge=False)
        move.date = fields.Datetime.add(fields.Datetime.now(), days=days)
        return move

    def _issues(self, row):
        return set(row.issue_ids.mapped("kind"))
