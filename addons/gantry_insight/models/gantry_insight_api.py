from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

READER = "stock.group_stock_user"
PLANNER = "gantry_base.group_planner"
MAX_ALERTS = 1000
ORDERS = {
    "value": "value desc, id", "excess": "excess_value desc, id", "shortage": "short_value desc, id",
    "turns": "turns, id", "cover": "cover_days desc, id", "service": "service, id", "id": "id",
}
FIGURES = (
    "on_hand_qty", "reserved_qty", "incoming_qty", "committed_qty", "unit_cost", "value", "avg_value", "demand_qty",
    "demand_value", "forecast_30_qty", "turns", "cover_days", "stockout_date", "order_by_date", "stockout_days",
    "stockout_count", "lost_value", "service_target", "holding_cost", "min_qty", "max_qty", "excess_qty",
    "excess_value", "short_qty", "short_value", "expiry_qty", "expiry_value", "age_days", "age_0_value", "age_31_value",
    "age_61_value", "age_91_value", "age_181_value", "age_366_value", "last_in_date", "last_demand_date",
)


class GantryInsightApi(models.AbstractModel):
    """Inventory insight and alerts for other programs. Everything runs as the caller and covers the caller's companies
    (``allowed_company_ids`` of the context)."""

    _name = "gantry.insight.api"
    _inherit = "gantry.api"
    _description = "Gantry RPC: inventory insight and alerts"

    @api.model
    @api.readonly
    def get_insight(
        self,
        *,
        product_ids: list[int] | None = None,
        warehouse_ids: list[int] | None = None,
        category_id: int | None = None,
        status: str | None = None,
        order: str = "value",
        limit: int = 100,
        offset: int = 0,
    ) -> dict:
        """Figures per product and warehouse.

        :param product_ids: only these products
        :param warehouse_ids: only these warehouses
        :param category_id: only products of this category and those below it
        :param status: out, short, ok, excess, slow or dead
        :param order: value, excess, shortage, cover (highest first), turns, service (lowest first) or id
        :param limit: how many, at most 1000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset`` (null on the last page). An item has
            ``product_id``, ``product_code``, ``warehouse_id``, ``company_id``, ``currency``, ``unit``, ``status``,
            ``abc``, ``xyz``, ``service`` (null when it was not measured), ``refreshed_at`` and the figures of the page;
            money is at cost, ages are named by the first day of their range
        """
        self._require_group(READER)
        limit, offset = self._page(limit, offset)
        self._one_of("order", order, ORDERS)
        domain = self._series_domain(product_ids, warehouse_ids, category_id)
        if status is not None:
            self._one_of("status", status, dict(self.env["gantry.insight"]._fields["status"].selection))
            domain &= Domain("status", "=", status)
        Insight = self.env["gantry.insight"]
        rows = Insight.search(domain, limit=limit, offset=offset, order=ORDERS[order]) if limit else Insight
        rows.product_id.fetch(["default_code"])
        items = [self._insight_answer(row) for row in rows]
        return self._plain(self._page_answer(items, Insight.search_count(domain), limit, offset))

    @api.model
    @api.readonly
    def get_overview(self, *, warehouse_id: int | None = None, category_id: int | None = None) -> dict:
        """Totals of the caller's current company, as on the overview page.

        :param warehouse_id: only this warehouse
        :param category_id: only this category and those below it
        :return: ``tiles`` (sums and ratios), ``trend`` by month, ``matrix`` (ABC by XYZ), ``ages``, ``health``,
            ``categories``, the worst ``excess`` and ``shortage``, and open ``alerts`` by kind
        """
        self._require_group(READER)
        found = self.env["gantry.insight"].get_overview(warehouse_id, category_id)
        names = ("tiles", "trend", "matrix", "ages", "health", "categories", "excess", "shortage", "alerts")
        return self._plain({"refreshed_at": found["refreshed"], "currency": self.env.company.currency_id.name}
                           | {name: found[name] for name in names})

    @api.model
    @api.readonly
    def list_alerts(
        self,
        *,
        state: str | None = "open",
        kind: str | None = None,
        product_ids: list[int] | None = None,
        warehouse_ids: list[int] | None = None,
        user_id: int | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> dict:
        """Alerts, those about most money first.

        :param state: open, snoozed, handled or gone; null for all
        :param kind: stockout, low, late, overstock, slow, dead, drift, or what another addon has added
        :param product_ids: only about these products
        :param warehouse_ids: only about these warehouses
        :param user_id: only of this owner
        :param limit: how many, at most 1000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset``. An item has ``alert_id``, ``kind``,
            ``state``, ``product_id``, ``product_code``, ``warehouse_id``, ``vendor_id``, ``user_id``, ``amount``,
            ``currency``, ``quantity``, ``date``, ``order_by``, ``incoming``, ``since``, ``times``,
            ``snoozed_until``, ``note``, ``summary`` and ``advice``
        """
        self._require_group(READER)
        limit, offset = self._page(limit, offset)
        domain = self._series_domain(product_ids, warehouse_ids, None)
        Alert = self.env["gantry.alert"]
        for name, value in (("state", state), ("kind", kind)):
            if value is not None:
                self._one_of(name, value, Alert._fields[name].get_values(self.env))
                domain &= Domain(name, "=", value)
        if user_id is not None:
            domain &= Domain("user_id", "=", self._checked_id("user_id", user_id))
        alerts = Alert.search(domain, limit=limit, offset=offset) if limit else Alert
        alerts.product_id.fetch(["default_code"])
        items = [self._alert_answer(alert) for alert in alerts]
        return self._plain(self._page_answer(items, Alert.search_count(domain), limit, offset))

    @api.model
    def acknowledge_alerts(self, *, alert_ids: list[int], request_uid: str, note: str | None = None) -> dict:
        """Say that something has been done about alerts: they are quiet until their cause is gone or twice as bad.

        :param alert_ids: ids of the alerts, at most 1000
        :param request_uid: identifier of this request; the same one again returns the first answer
        :param note: what was done
        :return: ``alert_ids`` that are handled now, without those whose cause was gone already
        """
        self._require_group(PLANNER)
        if note is not None and not isinstance(note, str):
            raise UserError(self.env._("note must be a text."))

        def acknowledge():
            alerts = self._alerts(alert_ids)
            alerts.action_handle(note=note)
            return {"alert_ids": alerts.filtered(lambda alert: alert.state == "handled").ids}

        payload = {"alert_ids": alert_ids, "note": note}
        return self.env["gantry.request"]._once(
            request_uid, "gantry.insight.api/acknowledge_alerts", payload, acknowledge)

    @api.model
    def snooze_alerts(self, *, alert_ids: list[int], until: str, request_uid: str) -> dict:
        """Let alerts come back later.

        :param alert_ids: ids of the alerts, at most 1000
        :param until: day (ISO) on which they come back
        :param request_uid: identifier of this request; the same one again returns the first answer
        :return: ``alert_ids`` that are snoozed now, and ``until``
        """
        self._require_group(PLANNER)

        def snooze():
            alerts = self._alerts(alert_ids)
            alerts.action_snooze(until=self._date("until", until or ""))
            return {"alert_ids": alerts.filtered(lambda alert: alert.state == "snoozed").ids, "until": until}

        payload = {"alert_ids": alert_ids, "until": until}
        return self.env["gantry.request"]._once(request_uid, "gantry.insight.api/snooze_alerts", payload, snooze)

    @api.model
    def reopen_alerts(self, *, alert_ids: list[int], request_uid: str) -> dict:
        """Take handled or snoozed alerts up again.

        :param alert_ids: ids of the alerts, at most 1000
        :param request_uid: identifier of this request; the same one again returns the first answer
        :return: ``alert_ids`` that are open now
        """
        self._require_group(PLANNER)

        def reopen():
            alerts = self._alerts(alert_ids)
            alerts.action_reopen()
            return {"alert_ids": alerts.filtered(lambda alert: alert.state == "open").ids}

        return self.env["gantry.request"]._once(
            request_uid, "gantry.insight.api/reopen_alerts", {"alert_ids": alert_ids}, reopen)

    @api.model
    def refresh(self, *, request_uid: str) -> dict:
        """Refresh insight and alerts of the caller's current company in the background.

        :param request_uid: identifier of this request; the same one again returns the first answer
        :return: ``job_id``, to be watched with ``gantry.base.api/get_job``
        """
        self._require_group(PLANNER)

        def enqueue():
            return {"job_id": self.env["gantry.insight"]._enqueue_refresh(self.env.company).id}

        return self.env["gantry.request"]._once(
            request_uid, "gantry.insight.api/refresh", {"company_id": self.env.company.id}, enqueue)

    # -- helpers

    def _series_domain(self, product_ids, warehouse_ids, category_id):
        domain = Domain("company_id", "in", self.env.companies.ids)
        if product_ids is not None:
            domain &= Domain("product_id", "in", self._checked_ids("product_ids", product_ids))
        if warehouse_ids is not None:
            domain &= Domain("warehouse_id", "in", self._checked_ids("warehouse_ids", warehouse_ids))
        if category_id is not None:
            domain &= Domain("categ_id", "child_of", self._checked_id("category_id", category_id))
        return domain

    def _alerts(self, alert_ids):
        ids = self._checked_ids("alert_ids", alert_ids)
        if not ids or len(ids) > MAX_ALERTS:
            raise UserError(self.env._("Name between 1 and %s alerts.", MAX_ALERTS))
        alerts = self.env["gantry.alert"].search([("id", "in", ids), ("company_id", "in", self.env.companies.ids)])
        if missing := sorted(set(ids) - set(alerts.ids)):
            raise UserError(self.env._("There is no alert %s.", missing[0]))
        return alerts

    def _insight_answer(self, row):
        figures = {name: row[name] if row[name] is not False else None for name in FIGURES}
        return self._json({
            "product_id": row.product_id.id, "product_code": row.product_id.default_code or None,
            "warehouse_id": row.warehouse_id.id, "company_id": row.company_id.id, "currency": row.currency_id.name,
            "unit": row.uom_id.name, "status": row.status or None, "abc": row.abc or None, "xyz": row.xyz or None,
            "service": row.service if row.wanted_value else None, "refreshed_at": row.date_refresh, **figures,
        })

    def _alert_answer(self, alert):
        return self._json({
            "alert_id": alert.id, "kind": alert.kind, "state": alert.state, "product_id": alert.product_id.id,
            "product_code": alert.product_id.default_code or None, "warehouse_id": alert.warehouse_id.id,
            "company_id": alert.company_id.id, "vendor_id": alert.partner_id.id or None,
            "user_id": alert.user_id.id or None, "amount": alert.amount, "currency": alert.currency_id.name,
            "quantity": alert.quantity, "date": alert.date or None, "order_by": alert.order_by_date or None,
            "incoming": alert.incoming_qty, "since": alert.first_seen, "times": alert.times,
            "snoozed_until": alert.snoozed_until or None, "note": alert.note or None, "summary": alert.summary,
            "advice": alert.advice,
        })
