import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import QUANTILES

READER = "stock.group_stock_user"
PLANNER = "gantry_base.group_planner"


class GantryForecastApi(models.AbstractModel):
    """Forecasts, demand history and accuracy for other programs. Everything runs as the caller and covers the
    caller's companies (``allowed_company_ids`` of the context). Changes are in ``gantry_forecast_api_write.py``."""

    _name = "gantry.forecast.api"
    _inherit = "gantry.api"
    _description = "Gantry RPC: demand forecasts"

    @api.model
    @api.readonly
    def get_forecasts(
        self,
        *,
        product_ids: list[int] | None = None,
        warehouse_ids: list[int] | None = None,
        category_id: int | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> dict:
        """Forecasts per product and warehouse, with their distribution per bucket.

        :param product_ids: only these products
        :param warehouse_ids: only these warehouses
        :param category_id: only products of this category and those below it
        :param date_from: only buckets that begin on this day (ISO) or later
        :param date_to: only buckets that begin on this day (ISO) or earlier
        :param limit: how many forecasts, at most 1000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset`` (null on the last page). An item has
            ``forecast_id``, ``product_id``, ``product_code``, ``warehouse_id``, ``company_id``, ``unit``, ``bucket``
            (day, week, month), ``demand_class``, ``model``, ``forecast_at``, ``wape``, ``bias``, ``tracking_signal``
            (null when nothing could be measured) and ``buckets``: a list of ``date``, ``mean`` (statistical),
            ``final`` (after overrides), ``naive`` and
            ``quantiles`` (level to quantity)
        """
        self._require_group(READER)
        period = self._date("date_from", date_from), self._date("date_to", date_to)
        return self._page_of(
            self.env["gantry.forecast"], self._series_domain(product_ids, warehouse_ids, category_id),
            lambda forecasts: self._forecast_answers(forecasts, *period), limit=limit, offset=offset,
        )

    @api.model
    @api.readonly
    def get_history(
        self,
        *,
        product_ids: list[int] | None = None,
        warehouse_ids: list[int] | None = None,
        category_id: int | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        source: str | None = None,
        limit: int = 1000,
        offset: int = 0,
    ) -> dict:
        """Demand per product, warehouse, day and source, oldest first.

        :param product_ids: only these products
        :param warehouse_ids: only these warehouses
        :param category_id: only products of this category and those below it
        :param date_from: first day (ISO)
        :param date_to: last day (ISO)
        :param source: delivery, production, transfer or import
        :param limit: how many rows, at most 10000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset``. An item has ``product_id``,
            ``product_code``, ``warehouse_id``, ``date``, ``source``, ``quantity`` (net of returns),
            ``quantity_out``, ``quantity_returned``, ``lines``, ``flag``, ``excluded`` and ``reason``
        """
        self._require_group(READER)
        domain = self._series_domain(product_ids, warehouse_ids, category_id)
        domain &= self._period_domain(date_from, date_to)
        if source is not None:
            self._one_of("source", source, dict(self.env["gantry.demand"]._fields["source"].selection))
            domain &= Domain("source", "=", source)
        return self._page_of(
            self.env["gantry.demand"], domain, self._history_answers, limit=limit, offset=offset, order="date, id",
            maximum=10_000,
        )

    @api.model
    @api.readonly
    def get_accuracy(
        self,
        *,
        group_by: str = "category",
        kind: str = "backtest",
        product_ids: list[int] | None = None,
        warehouse_ids: list[int] | None = None,
        category_id: int | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> dict:
        """Error of the forecast beside naive and the best window average of Odoo's replenishment wizard.

        :param group_by: product, category, warehouse, class, month or all
        :param kind: backtest (forecasts made afterwards for past days) or live (as they were made)
        :param product_ids: only these products
        :param warehouse_ids: only these warehouses
        :param category_id: only products of this category and those below it
        :param date_from: first day (ISO)
        :param date_to: last day (ISO)
        :param limit: how many groups, at most 1000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset``. An item has ``group`` (id, ISO month or
            name), ``name``, ``actual`` (units), and the share of it by which forecasts were wrong: ``wape``,
            ``wape_without_overrides``, ``wape_naive``, ``wape_window``; null without demand
        """
        self._require_group(READER)
        limit, offset = self._page(limit, offset)
        self._one_of("group_by", group_by, GROUPS)
        self._one_of("kind", kind, dict(self.env["gantry.forecast.accuracy"]._fields["kind"].selection))
        domain = self._series_domain(product_ids, warehouse_ids, category_id) & Domain("kind", "=", kind)
        domain &= self._period_domain(date_from, date_to)
        groups = self.env["gantry.forecast.accuracy"]._read_group(
            domain, GROUPS[group_by], ["actual:sum", *(f"{name}:sum" for name in ERRORS.values())]
        )
        if group_by == "all" and groups and groups[0][0] is None:
            groups = []
        page = groups[offset : offset + limit]
        items = [self._accuracy_answer(group_by, row) for row in page]
        return self._plain(self._page_answer(items, len(groups), limit, offset))

    @api.model
    @api.readonly
    def get_explanation(self, *, product_id: int, warehouse_id: int) -> dict:
        """Why a forecast is what it is.

        :param product_id: id of the product
        :param warehouse_id: id of the warehouse
        :return: ``forecast_id``, ``demand_class``, ``model`` and ``reasons``: a list of ``code``, ``text`` (a
            sentence in the caller's language) and ``numbers``
        :raises UserError: there is no forecast of this product in this warehouse
        """
        self._require_group(READER)
        forecast = self._forecast_of(product_id, warehouse_id)
        answer = {
            "forecast_id": forecast.id,
            "demand_class": forecast.demand_class or None,
            "model": forecast.model or None,
            "reasons": [
                {"code": reason["code"], "text": reason["text"], "numbers": reason["numbers"]}
                for reason in forecast.explanation or []
            ],
        }
        return self._plain(self._json(answer))

    @api.model
    @api.readonly
    def list_overrides(
        self,
        *,
        product_ids: list[int] | None = None,
        warehouse_ids: list[int] | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> dict:
        """Planners' overrides, newest first.

        :param product_ids: only overrides of these products
        :param warehouse_ids: only overrides of these warehouses
        :param date_from: only overrides that end on this day (ISO) or later
        :param date_to: only overrides that begin on this day (ISO) or earlier
        :param limit: how many, at most 1000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset``. An item has ``override_id``,
            ``product_id``, ``category_id``, ``warehouse_id``, ``date_from``, ``date_to``, ``mode``, ``quantity``,
            ``reason``, ``user_id``, ``date_expiry``, ``state`` and ``value_added`` (per cent, null until measured)
        """
        self._require_group(READER)
        domain = self._series_domain(product_ids, warehouse_ids, None)
        if date_from is not None:
            domain &= Domain("date_to", ">=", self._date("date_from", date_from))
        if date_to is not None:
            domain &= Domain("date_from", "<=", self._date("date_to", date_to))
        return self._page_of(
            self.env["gantry.forecast.override"], domain, self._override_answers, limit=limit, offset=offset,
            order="id desc",
        )

    # -- answers

    def _forecast_answers(self, forecasts, first, last):
        forecasts.fetch(FORECAST_FIELDS)
        arrays = forecasts._read_arrays(forecasts.ids)
        measured = self._get_measured(forecasts)
        return [
            self._forecast_answer(forecast, arrays.get(forecast.id), measured[forecast.id], first, last)
            for forecast in forecasts
        ]

    def _history_answers(self, rows):
        rows.product_id.fetch(["default_code"])
        return [
            self._json(
                {
                    "product_id": row.product_id.id,
                    "product_code": row.product_id.default_code or None,
                    "warehouse_id": row.warehouse_id.id,
                    "date": row.date,
                    "source": row.source,
                    "quantity": row.quantity,
                    "quantity_out": row.quantity_out,
                    "quantity_returned": row.quantity_returned,
                    "lines": row.line_count,
                    "flag": row.flag,
                    "excluded": row.excluded,
                    "reason": row.reason or None,
                }
            )
            for row in rows
        ]

    def _get_measured(self, forecasts):
        """Names of the figures that were measured, by forecast: the ORM reads an empty figure as zero."""
        if not forecasts:
            return {}
        rows = self.env.execute_query(SQL(
            "SELECT id, wape IS NOT NULL, bias IS NOT NULL, tracking_signal IS NOT NULL FROM gantry_forecast"
            " WHERE id IN %s", tuple(forecasts.ids),
        ))
        names = ("wape", "bias", "tracking_signal")
        return {row[0]: {name for name, known in zip(names, row[1:], strict=True) if known} for row in rows}

    def _forecast_answer(self, forecast, arrays, measured, first, last):
        return self._json(
            {
                "forecast_id": forecast.id,
                "product_id": forecast.product_id.id,
                "product_code": forecast.product_id.default_code or None,
                "warehouse_id": forecast.warehouse_id.id,
                "company_id": forecast.company_id.id,
                "unit": forecast.uom_id.name,
                "bucket": forecast.bucket or None,
                "demand_class": forecast.demand_class or None,
                "model": forecast.model or None,
                "forecast_at": forecast.date_forecast or None,
                **{name: value if name in measured else None for name, value in (
                    ("wape", forecast.wape), ("bias", forecast.bias), ("tracking_signal", forecast.tracking_signal),
                )},
                "buckets": self._buckets_answer(arrays, first, last) if arrays else [],
            }
        )

    def _buckets_answer(self, arrays, first, last):
        quantiles = arrays["quantiles"].reshape(len(arrays["mean"]), len(QUANTILES))
        levels = [f"{level:g}" for level in QUANTILES]
        return [
            {
                "date": date,
                "mean": _round(arrays["mean"][i]),
                "final": _round(arrays["final"][i]),
                "naive": _round(arrays["naive"][i]),
                "quantiles": {level: _round(value) for level, value in zip(levels, quantiles[i], strict=True)},
            }
            for i, date in enumerate(self._bucket_dates(arrays["date_start"], arrays["bucket"], len(quantiles)))
            if (first is None or date >= first) and (last is None or date <= last)
        ]

    @staticmethod
    def _bucket_dates(start, bucket, count):
        step = {"day": "days", "week": "weeks", "month": "months"}[bucket]
        return [fields.Date.add(start, **{step: i}) for i in range(count)]

    def _accuracy_answer(self, group_by, row):
        *key, actual = row[: len(GROUPS[group_by]) + 1]
        errors = dict(zip(ERRORS, row[-len(ERRORS) :], strict=True))
        group = key[0] if key else None
        name = group_by == "all" and self.env._("All") or None
        if isinstance(group, models.BaseModel):
            group, name = group.id or None, group.display_name or None
        elif isinstance(group, datetime.date):
            group = name = fields.Date.to_string(group)
        elif group_by == "class":
            name = dict(self.env["gantry.forecast"]._fields["demand_class"]._description_selection(self.env)).get(group)
        return self._json(
            {
                "group": group,
                "name": name,
                "actual": actual,
                **{label: error / actual if actual else None for label, error in errors.items()},
            }
        )

    def _override_answers(self, overrides):
        return [
            self._json(
                {
                    "override_id": override.id,
                    "product_id": override.product_id.id or None,
                    "category_id": override.categ_id.id or None,
                    "warehouse_id": override.warehouse_id.id or None,
                    "date_from": override.date_from,
                    "date_to": override.date_to,
                    "mode": override.mode,
                    "quantity": override.quantity,
                    "reason": override.reason,
                    "user_id": override.user_id.id,
                    "date_expiry": override.date_expiry or None,
                    "state": override.state if override.active else "cancelled",
                    "value_added": override.value_added if override.date_measured else None,
                }
            )
            for override in overrides
        ]

    # -- what callers send

    def _series_domain(self, product_ids, warehouse_ids, category_id):
        domain = Domain("company_id", "in", self.env.companies.ids)
        if product_ids is not None:
            domain &= Domain("product_id", "in", self._checked_ids("product_ids", product_ids))
        if warehouse_ids is not None:
            domain &= Domain("warehouse_id", "in", self._checked_ids("warehouse_ids", warehouse_ids))
        if category_id is not None:
            domain &= Domain("categ_id", "child_of", self._checked_id("category_id", category_id))
        return domain

    def _period_domain(self, date_from, date_to):
        domain = Domain.TRUE
        if date_from is not None:
            domain &= Domain("date", ">=", self._date("date_from", date_from))
        if date_to is not None:
            domain &= Domain("date", "<=", self._date("date_to", date_to))
        return domain

    def _forecast_of(self, product_id, warehouse_id):
        forecast = self.env["gantry.forecast"].search(
            [
                ("product_id", "=", self._checked_id("product_id", product_id)),
                ("warehouse_id", "=", self._checked_id("warehouse_id", warehouse_id)),
            ],
            limit=1,
        )
        if not forecast:
            raise UserError(
                self.env._("There is no forecast of product %(product)s in warehouse %(warehouse)s.",
                           product=product_id, warehouse=warehouse_id)
            )  # fmt: skip
        return forecast


FORECAST_FIELDS = [
    "product_id", "warehouse_id", "company_id", "bucket", "demand_class", "model", "date_forecast", "wape", "bias",
    "tracking_signal",
]  # fmt: skip
GROUPS = {
    "product": ["product_id"],
    "category": ["categ_id"],
    "warehouse": ["warehouse_id"],
    "class": ["demand_class"],
    "month": ["date:month"],
    "all": [],
}
ERRORS = {
    "wape": "error_forecast",
    "wape_without_overrides": "error_statistical",
    "wape_naive": "error_naive",
    "wape_window": "error_window",
}


def _round(value):
    """Stored as single precision: more digits would be noise."""
    return round(float(value), 4)
