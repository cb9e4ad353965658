import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .gantry_expiry_line import ACTIONS, STAGES

USER = "stock.group_stock_user"
PLANNER = "gantry_base.group_planner"
GROUPS = {"product": "product_id", "operation_type": "picking_type_id", "month": "date:month", "user": "write_uid"}


class GantryExpiryApi(models.AbstractModel):
    """Expiring stock, decisions and first-expired-first-out for other programs. Everything runs as the caller."""

    _name = "gantry.expiry.api"
    _inherit = "gantry.api"
    _description = "Gantry RPC: expiry"

    @api.model
    @api.readonly
    def list_expiring(
        self, *, within_days: int | None = None, stage: str | None = None, warehouse_id: int | None = None,
        product_id: int | None = None, undecided: bool = False, limit: int = 100, offset: int = 0,
    ) -> dict:  # fmt: skip
        """Stock with an expiration date per lot and bin, the first to expire first, with what is proposed.

        :param within_days: only what expires in so many days or earlier
        :param stage: expired, remove, best_before, alert or fresh
        :param warehouse_id: only this warehouse
        :param product_id: only this product
        :param undecided: only what needs a decision
        :param limit: how many, at most 1000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset`` (null on the last page). An item has
            ``line_id``, ``product_id``, ``lot_id``, ``lot``, ``location_id``, ``warehouse_id``, ``quantity``,
            ``reserved``, ``value``, ``stage``, ``days_left``, ``best_before``, ``removal``, ``expires`` (ISO, UTC),
            ``proposal``, ``percent``, ``surplus``, ``why``, ``decision``
        """
        self._require_group(USER)
        limit, offset = self._page(limit, offset)
        Line = self.env["gantry.expiry.line"]
        domain = Domain.TRUE
        if within_days is not None:
            self._whole("within_days", within_days)
            domain &= Domain("days_left", "<=", within_days)
        if stage is not None:
            stages = {name.split("_", 1)[1]: name for name, _label in STAGES}
            self._one_of("stage", stage, stages)
            domain &= Domain("stage", "=", stages[stage])
        for name, value in (("warehouse_id", warehouse_id), ("product_id", product_id)):
            if value is not None:
                self._whole(name, value)
                domain &= Domain(name, "=", value)
        if undecided:
            domain &= Domain("alerting", "=", True)
        lines = Line.search(domain, limit=limit, offset=offset) if limit else Line
        items = [self._line_answer(line) for line in lines]
        return self._plain(self._page_answer(items, Line.search_count(domain), limit, offset))

    @api.model
    @api.readonly
    def get_fefo(
        self, *, date_from: str | None = None, date_to: str | None = None, group_by: str = "product",
    ) -> list:  # fmt: skip
        """How often deliveries took the lot that expires first.

        :param date_from: first day (ISO); 90 days ago when left out
        :param date_to: last day (ISO); today when left out
        :param group_by: product, operation_type, month or user
        :return: a list of ``key`` (id, or first day of the month), ``name``, ``lines``, ``followed`` (per cent),
            ``days_too_late`` (the most)
        """
        self._require_group(USER)
        self._one_of("group_by", group_by, GROUPS)
        today = fields.Date.context_today(self)
        first = self._date("date_from", date_from) or today - datetime.timedelta(days=90)
        last = self._date("date_to", date_to) or today
        rows = self.env["stock.move.line"]._read_group(
            [
                ("gantry_fefo", "!=", False),
                ("date", ">=", first),
                ("date", "<", last + datetime.timedelta(days=1)),
                ("company_id", "in", self.env.companies.ids),
            ],
            [GROUPS[group_by]],
            ["__count", "gantry_fefo_rate:avg", "gantry_fefo_days:max"],
        )
        return self._plain(
            [
                {
                    "key": self._json(key.date() if group_by == "month" else key.id),
                    "name": key.strftime("%Y-%m") if group_by == "month" else key.display_name,
                    "lines": count,
                    "followed": round(rate, 1),
                    "days_too_late": late or 0,
                }
                for key, count, rate, late in rows
            ]
        )

    @api.model
    def decide(
        self, *, line_ids: list[int], action: str, request_uid: str, percent: float = 0.0, until: str | None = None,
        note: str | None = None,
    ) -> dict:  # fmt: skip
        """Decide for expiring stock, and do what follows: scrap it, make a return, tell who marks it down.

        Needs the role Planner.

        :param line_ids: ids of rows of list_expiring
        :param action: sell_first, markdown, return or scrap
        :param request_uid: identifier of this request; the same one again returns the first answer
        :param percent: markdown in per cent
        :param until: day (ISO) until which no alert comes, for sell_first and markdown
        :param note: anything worth remembering
        :return: ``decision_ids``, ``transfer_ids`` (returns), ``scrap_ids``
        """
        self._require_group(PLANNER)
        self._one_of("action", action, dict(ACTIONS))
        day = self._date("until", until)
        if not isinstance(percent, int | float) or isinstance(percent, bool) or not 0 <= percent <= 100:
            raise UserError(self.env._("percent must be a number from 0 to 100."))

        def decide():
            lines = self._lines(line_ids)
            decisions = self.env["gantry.expiry.decision"]._decide(
                lines, action=action, percent=percent, until=day, note=note
            )
            return {
                "decision_ids": decisions.ids,
                "transfer_ids": decisions.picking_id.ids,
                "scrap_ids": decisions.scrap_ids.ids,
            }

        payload = {"line_ids": line_ids, "action": action, "percent": percent, "until": until, "note": note}
        return self.env["gantry.request"]._once(request_uid, "gantry.expiry.api/decide", payload, decide)

    # -- parts

    def _lines(self, line_ids):
        if not isinstance(line_ids, list) or not line_ids or any(type(line_id) is not int for line_id in line_ids):
            raise UserError(self.env._("line_ids must be a list of whole numbers."))
        lines = self.env["gantry.expiry.line"].search([("id", "in", line_ids)])
        missing = set(line_ids) - set(lines.ids)
        if missing:
            raise UserError(self.env._("There is no expiring stock with the id %s.", min(missing)))
        return lines

    def _whole(self, name, value):
        if not isinstance(value, int) or isinstance(value, bool):
            raise UserError(self.env._("%s must be a whole number.", name))

    def _line_answer(self, line):
        return self._json(
            {
                "line_id": line.id,
                "product_id": line.product_id.id,
                "lot_id": line.lot_id.id,
                "lot": line.lot_id.name,
                "location_id": line.location_id.id,
                "warehouse_id": line.warehouse_id.id or None,
                "quantity": line.quantity,
                "reserved": line.reserved_quantity,
                "value": line.value,
                "stage": line.stage.split("_", 1)[1],
                "days_left": line.days_left,
                "best_before": line.use_date or None,
                "removal": line.removal_date or None,
                "expires": line.expiration_date,
                "proposal": line.proposal or None,
                "percent": line.percent,
                "surplus": line.surplus,
                "why": line.why or None,
                "decision": line.decision or None,
            }
        )
