import math

import numpy as np

from odoo import api, fields, models
from odoo.addons.gantry_base.models.gantry_api import MAX_INT
from odoo.exceptions import UserError

from .gantry_demand_import_write import DAY
from .gantry_forecast_api import PLANNER

MAX_LINES = 20_000
MAX_QUANTITY = 1e9


class LineErrors(Exception):
    """Lines that cannot be taken; carries the answer for the caller."""


class GantryForecastApiWrite(models.AbstractModel):
    """Changes by other programs. Each takes a ``request_uid``: the same one again returns the first answer."""

    _inherit = "gantry.forecast.api"

    @api.model
    def push_history(self, *, request_uid: str, lines: list[dict], overlap: str = "add", source: str = "") -> dict:
        """Add demand from another system: all lines or none.

        :param request_uid: identifier of this request; the same one again returns the first answer
        :param lines: at most 20000 objects with ``product_id`` or ``product_code`` (internal reference or barcode),
            ``date`` (ISO day), ``quantity`` (negative for goods that came back) and ``warehouse_id`` or
            ``warehouse_code`` (may be left out when the company has one warehouse)
        :param overlap: ``add`` to what earlier imports say of a product, warehouse and day, or ``replace`` it
        :param source: name of the sending system, for people
        :return: ``import_id`` (null when nothing was written), ``lines``, ``demand_rows`` and ``errors``, a list of
            ``line`` (from 0), ``field``, ``value`` and ``reason``; with errors nothing is written or remembered, so
            the corrected lines may be sent under the same request_uid
        :raises AccessError: the caller is not a planner
        """
        self._require_group(PLANNER)
        self._one_of("overlap", overlap, ("add", "replace"))
        if not isinstance(lines, list) or not 0 < len(lines) <= MAX_LINES:
            raise UserError(self.env._("lines must be a list of 1 to %s objects.", f"{MAX_LINES:,}"))
        payload = {"lines": lines, "overlap": overlap, "source": source}
        try:
            return self.env["gantry.request"]._once(
                request_uid, "gantry.forecast.api/push_history", payload, lambda: self._write_history(**payload)
            )
        except LineErrors as errors:
            return self._plain(
                {"import_id": None, "lines": len(lines), "demand_rows": 0, "errors": errors.args[0]}
            )

    @api.model
    def push_override(
        self,
        *,
        request_uid: str,
        date_from: str,
        date_to: str,
        quantity: float,
        reason: str,
        mode: str = "set",
        product_id: int | None = None,
        category_id: int | None = None,
        warehouse_id: int | None = None,
        date_expiry: str | None = None,
    ) -> dict:
        """Override the forecast of a product or a category over a period.

        :param request_uid: identifier of this request; the same one again returns the first answer
        :param date_from: first day (ISO)
        :param date_to: last day (ISO)
        :param quantity: units over the whole period, or per cent
        :param reason: why, in a sentence
        :param mode: set, add or percent
        :param product_id: the product, or
        :param category_id: the category whose products share the quantity in proportion to their forecast
        :param warehouse_id: only this warehouse; without it all warehouses of the company
        :param date_expiry: day (ISO) from which the override no longer counts
        :return: ``override_id`` and ``forecasts``, the number of forecasts it touches
        :raises UserError: both or neither of product and category, a period that ends before it begins, no reason,
            a quantity below zero
        """
        self._require_group(PLANNER)
        # as it was sent: what it means (the current company, say) may be another thing by the second time
        payload = {
            "date_from": date_from, "date_to": date_to, "quantity": quantity, "reason": reason, "mode": mode,
            "product_id": product_id, "category_id": category_id, "warehouse_id": warehouse_id,
            "date_expiry": date_expiry,
        }  # fmt: skip

        def push():
            vals = self._prepare_override(**payload)
            override = self.env["gantry.forecast.override"].create(vals)
            override.flush_recordset()
            touched = self._series_domain(
                [product_id] if product_id else None, [warehouse_id] if warehouse_id else None, category_id
            )
            return {
                "override_id": override.id,
                "forecasts": self.env["gantry.forecast"].search_count(
                    [*touched, ("company_id", "=", override.company_id.id)]
                ),
            }

        return self.env["gantry.request"]._once(request_uid, "gantry.forecast.api/push_override", payload, push)

    @api.model
    def cancel_override(self, *, request_uid: str, override_id: int) -> dict:
        """Take an override out of the forecast. It is kept, archived, for the record.

        :param request_uid: identifier of this request; the same one again returns the first answer
        :param override_id: id of the override
        :return: ``override_id`` and ``state``
        :raises UserError: there is no such override in the caller's companies
        """
        self._require_group(PLANNER)
        self._checked_id("override_id", override_id)

        def cancel():
            override = self.env["gantry.forecast.override"].search(
                [("id", "=", override_id), ("active", "in", [True, False])]
            )
            if not override:
                raise UserError(self.env._("There is no override %s.", override_id))
            if override.active:
                override.active = False
            return {"override_id": override.id, "state": "cancelled"}

        return self.env["gantry.request"]._once(
            request_uid, "gantry.forecast.api/cancel_override", {"override_id": override_id}, cancel
        )

    @api.model
    def refresh(self, *, request_uid: str, company_id: int | None = None, mode: str = "all") -> dict:
        """Refresh the demand history and all forecasts of a company in the background.

        :param request_uid: identifier of this request; the same one again returns the first answer
        :param company_id: by default the caller's current company
        :param mode: ``all`` learns and forecasts everything, ``nightly`` what is due
        :return: ``job_id``, to be watched with ``gantry.base.api`` ``get_job``; a refresh that waits or runs already
            is returned instead of a second one
        :raises AccessError: the caller is not a planner, or may not work in that company
        """
        self._require_group(PLANNER)
        self._one_of("mode", mode, ("all", "nightly"))

        def refresh():
            company = self._company(company_id)
            return {"job_id": self.env["gantry.forecast"].with_company(company)._enqueue_refresh(company, mode).id}

        payload = {"company_id": company_id, "mode": mode}
        return self.env["gantry.request"]._once(request_uid, "gantry.forecast.api/refresh", payload, refresh)

    # -- overrides

    def _prepare_override(
        self, date_from, date_to, quantity, reason, mode, product_id, category_id, warehouse_id, date_expiry
    ):
        if (product_id is None) == (category_id is None):
            raise UserError(self.env._("Give either product_id or category_id."))
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("An override needs a reason."))
        self._one_of("mode", mode, dict(self.env["gantry.forecast.override"]._fields["mode"].selection))
        first, last = self._date("date_from", date_from), self._date("date_to", date_to)
        if first is None or last is None or last < first:
            raise UserError(self.env._("An override needs a first day and a last day that is not before it."))
        vals = {
            "date_from": fields.Date.to_string(first),
            "date_to": fields.Date.to_string(last),
            "mode": mode,
            "quantity": self._number("quantity", quantity),
            "reason": reason.strip(),
        }
        if expiry := self._date("date_expiry", date_expiry):
            vals["date_expiry"] = fields.Date.to_string(expiry)
        company = self.env.company
        if warehouse_id is not None:
            warehouse = self._record("warehouse_id", "stock.warehouse", warehouse_id)
            vals["warehouse_id"], company = warehouse.id, warehouse.company_id
        if product_id is not None:
            vals["product_id"] = self._record("product_id", "product.product", product_id).id
        else:
            vals["categ_id"] = self._record("category_id", "product.category", category_id).id
        return vals | {"company_id": company.id}

    # -- history

    def _write_history(self, lines, overlap, source):
        array, company = self._history_array(lines)
        user = self.env.user
        Import = self.env["gantry.demand.import"]
        Import.check_access("create")
        # sudo: the right to import was checked; people may not say of an import of theirs that a program sent it
        record = Import.sudo().create(
            {
                "name": str(source).strip() or self.env._("Sent by %s", user.name),
                "kind": "rpc",
                "company_id": company.id,
                "warehouse_id": int(array["warehouse_id"][0]),
                "overlap": overlap,
            }
        )
        record = record.sudo(False)
        record._write_days(array)
        record._publish_sent(array, len(lines))
        return {"import_id": record.id, "lines": len(lines), "demand_rows": len(array), "errors": []}

    def _history_array(self, lines):
        """Lines added up per product, warehouse and day.

        :raises LineErrors: when any line cannot be taken
        """
        errors, rows = [], []
        products, warehouses = self._sent_products(lines), self._sent_warehouses()
        today = fields.Date.context_today(self)
        for number, line in enumerate(lines):
            try:
                rows.append(self._history_row(line, products, warehouses, today))
            except LineErrors as error:
                field, value, reason = error.args
                errors.append({"line": number, "field": field, "value": self._printable(value), "reason": reason})
        companies = {warehouses["company"][row[1]] for row in rows}
        if not errors and len(companies) > 1:
            raise UserError(self.env._("Send the lines of each company in a request of its own."))
        if errors:
            raise LineErrors(errors)
        return self._add_up(rows), self.env["res.company"].browse(companies.pop())

    def _history_row(self, line, products, warehouses, today):
        _ = self.env._
        if not isinstance(line, dict):
            raise LineErrors(None, line, _("A line must be an object."))
        if unknown := line.keys() - LINE_KEYS:
            name = sorted(unknown)[0]
            raise LineErrors(name, line[name], _("There is no such field."))
        field = "product_id" if line.get("product_id") is not None else "product_code"
        value = line.get(field)
        product = products.get((field, value)) if isinstance(value, (int, str)) else None
        if not product:
            reasons = {None: _("No product has this code."), -1: _("Several products have this code.")}
            raise LineErrors(field, value, reasons.get(product, reasons[None]))
        if product == -1:
            raise LineErrors(field, value, _("Several products have this code."))
        field = "warehouse_id" if line.get("warehouse_id") is not None else "warehouse_code"
        value = line.get(field)
        warehouse = warehouses.get((field, value)) if isinstance(value, (int, str, type(None))) else None
        if not warehouse:
            raise LineErrors(field, value, _("There is no such warehouse.") if value else _("Name the warehouse."))
        if products["company"][product] not in (False, warehouses["company"][warehouse]):
            raise LineErrors(field, value, _("The product belongs to another company than this warehouse."))
        try:
            date = self._date("date", line.get("date"))
        except UserError:
            date = None
        if date is None:
            raise LineErrors("date", line.get("date"), _("This is not a date such as 2026-03-31."))
        if date > today:
            raise LineErrors("date", line["date"], _("The date lies in the future."))
        quantity = line.get("quantity")
        if not _is_number(quantity):
            raise LineErrors("quantity", quantity, _("The quantity is not a number."))
        if abs(quantity) > MAX_QUANTITY:
            raise LineErrors("quantity", quantity, _("The quantity is above a thousand million."))
        return product, warehouse, date, float(quantity)

    def _sent_products(self, lines):
        """Products the lines name: {(field, value): id}, -1 for a code that several products have."""
        found = {}
        lines = [line for line in lines if isinstance(line, dict)]
        ids = {i for line in lines if isinstance(i := line.get("product_id"), int) and 0 < i <= MAX_INT}
        for product in self.env["product.product"].with_context(active_test=False).search([("id", "in", list(ids))]):
            found["product_id", product.id] = product.id
        codes = [""] + sorted({c for line in lines if isinstance(c := line.get("product_code"), str) and c})
        matcher = self.env["gantry.demand.import"].new({"company_id": self.env.company.id})
        for code, product_id in zip(codes, matcher._find_products(codes).tolist(), strict=True):
            if product_id:
                found["product_code", code] = product_id
        ids = {product_id for product_id in found.values() if product_id > 0}
        return found | {"company": {p.id: p.company_id.id for p in self.env["product.product"].browse(ids)}}

    def _sent_warehouses(self):
        """Warehouses of the caller's companies: {(field, value): id}, and the company of each."""
        records = self.env["stock.warehouse"].search([("company_id", "in", self.env.companies.ids)])
        found = {("warehouse_id", record.id): record.id for record in records}
        for record in records.sorted(lambda w: w.company_id == self.env.company):
            found["warehouse_code", record.code] = record.id
        own = records.filtered(lambda w: w.company_id == self.env.company)
        if len(own) == 1:
            found["warehouse_code", None] = own.id
        return found | {"company": {record.id: record.company_id.id for record in records}}

    @staticmethod
    def _add_up(rows):
        totals = {}
        for product, warehouse, date, quantity in rows:
            entry = totals.setdefault((product, warehouse, date), [0.0, 0.0, 0])
            entry[quantity < 0] += abs(quantity)
            entry[2] += 1
        array = np.zeros(len(totals), DAY)
        for i, ((product, warehouse, date), (sold, returned, count)) in enumerate(sorted(totals.items())):
            array[i] = (0, product, warehouse, date, sold, returned, count, False, False)
        return array

    # -- what callers send

    def _company(self, company_id):
        if company_id is None:
            return self.env.company
        company = self.env.companies.filtered(lambda c: c.id == self._checked_id("company_id", company_id))
        if not company:
            raise UserError(self.env._("You do not work in company %s.", company_id))
        return company

    def _record(self, name, model, record_id):
        record = self.env[model].search([("id", "=", self._checked_id(name, record_id))])
        if not record:
            raise UserError(self.env._("%(name)s %(id)s does not exist.", name=name, id=record_id))
        return record

    def _number(self, name, value):
        if not _is_number(value):
            raise UserError(self.env._("%s must be a number.", name))
        if abs(value) > MAX_QUANTITY:
            raise UserError(self.env._("%s must not be above a thousand million.", name))
        return float(value)

    @staticmethod
    def _printable(value):
        """The value in an answer: JSON has no NaN, and nobody wants a page of it back."""
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_INT:
            return f"{value:.3e}" if abs(value) < 10**300 else "10**300"
        return value if isinstance(value, (int, bool)) or value is None else str(value)[:100]


def _is_number(value):
    """Whether a value sent is a finite number; whole ones may have any length.

    >>> _is_number(10 ** 400), _is_number(float("nan")), _is_number(True)
    (True, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return isinstance(value, int) or math.isfinite(value)


LINE_KEYS = {"product_id", "product_code", "warehouse_id", "warehouse_code", "date", "quantity"}
