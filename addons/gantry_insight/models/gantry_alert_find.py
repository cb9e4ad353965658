from odoo import api, fields, models
from odoo.tools import SQL

WORSE = 2  # a handled alert comes back when it is about so many times the money
LATE_STATES = ("waiting", "confirmed", "assigned", "partially_available")
LIVE_PERIODS, LIVE_MIN = 12, 6  # forecasts compared with what happened, at most and at least
DRIFT_SIGMA, DRIFT_SHARE = 2.5, 0.25  # a bias is no chance, and worth a look
TOO_MUCH = ("overstock", "slow", "dead")  # kinds of which there are many small ones
SMALL = 0.001  # share of the company's stock value below which too much stock raises no alert by itself
DENSE = ("smooth", "erratic", "seasonal")


class GantryAlertFind(models.Model):
    """What raises alerts and ends them, in a few statements for all products of a company.

    Another addon adds causes by extending :meth:`_get_causes`, and owners by :meth:`_stage_owners`.
    """

    _inherit = "gantry.alert"

    @api.model
    def _refresh(self, company, product_ids=None):
        """Compare the alerts of a company with the causes there are now.

        :param product_ids: only alerts of these products
        :return: dict of counts: new, again (came back), gone, open
        """
        self.env.flush_all()
        today = self.env["gantry.demand"]._get_today(company)
        self._collect_causes(company, product_ids, today)
        again = self._touch_known(today)
        new = self._raise_new(company, today)
        gone = self._end_gone(company, product_ids)
        self.env.cr.execute("DROP TABLE gantry_alert_cause")
        self.env["gantry.alert"].invalidate_model()
        self._assign_owners(company)
        self.browse(gone).sudo()._finish_activities(self.env._("The cause is gone."))
        count = self.env["gantry.alert"].sudo().search_count([("company_id", "=", company.id), ("state", "=", "open")])
        return {"new": new, "again": again, "gone": len(gone), "open": count}

    # -- causes

    @api.model
    def _get_causes(self, company, today):
        """Queries of causes by kind: product_id, warehouse_id, partner_id, amount, quantity, date and numbers.

        `insight` is joined later; a query may use what it has by joining it itself.
        """
        causes = {
            "stockout": self._get_stockout_causes(company, today), "low": self._get_low_causes(company, today),
            "overstock": self._get_status_causes("excess", SQL("excess_value"), SQL("excess_qty")),
            "slow": self._get_status_causes(
                "slow", SQL("COALESCE(NULLIF(excess_value, 0), value)"), SQL("on_hand_qty")),
            "dead": self._get_status_causes("dead", SQL("value"), SQL("on_hand_qty")),
            "drift": self._get_drift_causes(company, today), "late": self._get_late_causes(company, today),
        }
        return {kind: query for kind, query in causes.items() if company[f"gantry_alert_{kind}"]}

    def _get_stockout_causes(self, company, today):
        return SQL(
            """
            SELECT product_id, warehouse_id, 0, short_value, short_qty, stockout_date,
                   jsonb_build_object(
                       'variant', CASE WHEN status = 'out' THEN 'out' ELSE 'soon' END, 'on_hand', on_hand_qty,
                       'demand', forecast_30_qty, 'horizon', %(days)s)
              FROM insight WHERE %(stockout)s
            """,
            days=company.gantry_insight_short_days, stockout=self._get_stockout_condition(company, today),
        )

    def _get_stockout_condition(self, company, today):
        return SQL(
            "(short_qty > 1e-6 AND stockout_date <= %s)",
            fields.Date.add(today, days=company.gantry_insight_short_days),
        )

    def _get_low_causes(self, company, today):
        """Below the minimum of the reordering rule with what is on its way and less what is promised, as Odoo counts,
        though nothing runs out yet."""
        missing = SQL("(min_qty - on_hand_qty - incoming_qty + committed_qty)")
        return SQL(
            """
            SELECT product_id, warehouse_id, 0, %(missing)s * unit_cost, %(missing)s,
                   COALESCE(order_by_date, stockout_date),
                   jsonb_build_object(
                       'variant', CASE WHEN committed_qty > 1e-6 THEN 'promised' END, 'on_hand', on_hand_qty,
                       'min', min_qty, 'committed', committed_qty, 'demand', forecast_30_qty)
              FROM insight
             WHERE min_qty > 0 AND %(missing)s > 1e-6 AND (%(stockout)s) IS NOT TRUE
            """,
            missing=missing, stockout=self._get_stockout_condition(company, today),
        )

    def _get_status_causes(self, status, amount, quantity):
        return SQL(
            """
            SELECT product_id, warehouse_id, 0, %s, %s, GREATEST(last_demand_date, last_in_date),
                   jsonb_build_object(
                       'variant', CASE WHEN status = 'dead' THEN NULL WHEN basis = 'none' THEN 'none'
                                       WHEN max_qty > 0 AND status = 'excess' THEN 'max' ELSE 'cover' END,
                       'on_hand', on_hand_qty, 'cover', cover_days, 'age', age_days, 'max', max_qty,
                       'cost', holding_cost)
              FROM insight WHERE status = %s
            """,
            amount, quantity, status,
        )

    def _get_drift_causes(self, company, today):
        """Forecasts that failed the backtest beyond chance, and those that reality has left since."""
        return SQL(
            """
            SELECT forecast.product_id, forecast.warehouse_id, 0,
                   CASE WHEN live.bias IS NULL THEN forecast.wrong_score
                        ELSE abs(live.bias) * insight.unit_cost END,
                   abs(COALESCE(live.bias, forecast.bias * forecast.demand_12m_qty, 0)), live.first_date,
                   jsonb_build_object(
                       'variant', CASE WHEN live.bias > 0 THEN 'high' WHEN live.bias < 0 THEN 'low' ELSE 'wrong' END,
                       'share', abs(live.bias) / NULLIF(GREATEST(live.actual, live.forecast), 0),
                       'periods', live.count, 'error', forecast.wape, 'naive', forecast.naive_wape)
              FROM gantry_forecast forecast
              JOIN insight ON insight.product_id = forecast.product_id AND insight.warehouse_id = forecast.warehouse_id
         LEFT JOIN (SELECT product_id, warehouse_id, count(*) AS count, min(date) AS first_date,
                           sum(forecast - actual) AS bias, sum(power(forecast - actual, 2)) AS square,
                           sum(actual) AS actual, sum(forecast) AS forecast
                      FROM (SELECT *, row_number() OVER (
                                   PARTITION BY product_id, warehouse_id ORDER BY date DESC) AS place
                              FROM gantry_forecast_accuracy
                             WHERE company_id = %(company)s AND kind = 'live' AND lag = 1 AND date >= %(since)s) line
                     WHERE place <= %(most)s GROUP BY 1, 2
                    HAVING count(*) >= %(least)s
                       AND abs(sum(forecast - actual)) > %(sigma)s * sqrt(sum(power(forecast - actual, 2)))
                       AND abs(sum(forecast - actual)) > %(share)s * GREATEST(sum(actual), sum(forecast))
                   ) live ON live.product_id = forecast.product_id AND live.warehouse_id = forecast.warehouse_id
                         AND forecast.demand_class IN %(dense)s
             WHERE forecast.company_id = %(company)s AND forecast.active AND (forecast.is_wrong OR live.count > 0)
            """,
            company=company.id, since=fields.Date.subtract(today, days=400), most=LIVE_PERIODS, least=LIVE_MIN,
            sigma=DRIFT_SIGMA, share=DRIFT_SHARE, dense=DENSE,
        )

    def _get_late_causes(self, company, today):
        """Goods of a vendor that should have come before the day it is."""
        return SQL(
            """
            SELECT move.product_id, dst.warehouse_id, COALESCE(picking.partner_id, 0),
                   sum(move.product_qty * insight.unit_cost), sum(move.product_qty), min(%(day)s),
                   jsonb_build_object(
                       'days', %(today)s::date - min(%(day)s), 'receipts', count(DISTINCT move.picking_id),
                       'on_hand', max(insight.on_hand_qty), 'cover', max(insight.cover_days))
              FROM stock_move move
              JOIN stock_location src ON src.id = move.location_id AND src.usage = 'supplier'
              JOIN stock_location dst ON dst.id = move.location_dest_id
              JOIN insight ON insight.product_id = move.product_id AND insight.warehouse_id = dst.warehouse_id
         LEFT JOIN stock_picking picking ON picking.id = move.picking_id
             WHERE move.company_id = %(company)s AND move.state IN %(states)s AND %(day)s < %(today)s
             GROUP BY 1, 2, 3
            """,
            day=self.env["gantry.demand"]._get_day(company, SQL("move.date")), company=company.id,
            today=self.env["gantry.insight"]._get_real_today(company), states=LATE_STATES,
        )

    def _get_least_amounts(self, company):
        """Money from which on something raises an alert: in general, and for too much stock."""
        if company.gantry_alert_min_value:
            return 2 * (company.gantry_alert_min_value,)
        [(value,)] = self.env.execute_query(SQL(
            "SELECT COALESCE(sum(value), 0)::float8 FROM gantry_insight WHERE company_id = %s", company.id))
        return 0, value * SMALL

    def _collect_causes(self, company, product_ids, today):
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS gantry_alert_cause"))
        self.env.cr.execute(
            """
            CREATE TEMPORARY TABLE gantry_alert_cause (
                kind varchar, product_id int, warehouse_id int, partner_id int, amount float8, quantity float8,
                date date, numbers jsonb) ON COMMIT DROP
            """
        )
        scope = SQL("product_id = ANY(%s)", product_ids) if product_ids is not None else SQL("TRUE")
        least = self._get_least_amounts(company)
        for kind, query in self._get_causes(company, today).items():
            self.env.cr.execute(SQL(
                """
                WITH insight AS MATERIALIZED (
                    SELECT product_id, warehouse_id, unit_cost::float8, status, basis, on_hand_qty::float8,
                           incoming_qty::float8, committed_qty::float8, value::float8, excess_value::float8,
                           excess_qty::float8, short_value::float8,
                           short_qty::float8, stockout_date, order_by_date, forecast_30_qty::float8, cover_days,
                           age_days, min_qty::float8, max_qty::float8, holding_cost::float8, last_demand_date,
                           last_in_date, expiry_qty::float8, expiry_value::float8
                      FROM gantry_insight WHERE company_id = %(company)s AND %(scope)s
                )
                INSERT INTO gantry_alert_cause
                SELECT %(kind)s, found.* FROM (%(query)s) found(
                       product_id, warehouse_id, partner_id, amount, quantity, date, numbers)
                 WHERE found.amount >= %(least)s AND found.amount > 0
                """,
                company=company.id, scope=scope, kind=kind, query=query, least=least[kind in TOO_MUCH],
            ))
        self.env.cr.execute("ANALYZE gantry_alert_cause")

    # -- alerts

    def _touch_known(self, today):
        """Tell the alerts there are what is the matter now; return how many have come back."""
        match = SQL(
            "alert.kind = cause.kind AND alert.product_id = cause.product_id"
            " AND alert.warehouse_id = cause.warehouse_id AND COALESCE(alert.partner_id, 0) = cause.partner_id"
        )
        back = SQL(
            """
            (alert.state = 'gone' OR (alert.state = 'snoozed' AND alert.snoozed_until <= %s)
             OR (alert.state = 'handled' AND alert.handled_amount > 0
                 AND cause.amount >= %s * alert.handled_amount::float8))
            """,
            today, WORSE,
        )
        [(again,)] = self.env.execute_query(
            SQL("SELECT count(*) FROM gantry_alert alert JOIN gantry_alert_cause cause ON %s WHERE %s", match, back))
        self.env.cr.execute(SQL(
            """
            UPDATE gantry_alert alert
               SET amount = cause.amount::numeric, quantity = cause.quantity::numeric, date = cause.date,
                   numbers = cause.numbers, categ_id = insight.categ_id,
                   order_by_date = insight.order_by_date, incoming_qty = insight.incoming_qty,
                   state = CASE WHEN %(back)s THEN 'open' ELSE alert.state END,
                   first_seen = CASE WHEN alert.state = 'gone' THEN %(today)s ELSE alert.first_seen END,
                   times = alert.times + CASE WHEN alert.state = 'gone' THEN 1 ELSE 0 END, date_gone = NULL,
                   date_handled = CASE WHEN %(back)s THEN NULL ELSE alert.date_handled END,
                   handled_user_id = CASE WHEN %(back)s THEN NULL ELSE alert.handled_user_id END,
                   handled_amount = CASE WHEN %(back)s THEN NULL ELSE alert.handled_amount END,
                   snoozed_until = CASE WHEN %(back)s THEN NULL ELSE alert.snoozed_until END,
                   date_told = CASE WHEN %(back)s THEN NULL ELSE alert.date_told END
              FROM gantry_alert_cause cause
              JOIN gantry_insight insight ON insight.product_id = cause.product_id
                                         AND insight.warehouse_id = cause.warehouse_id
             WHERE %(match)s AND (%(back)s OR
                   (alert.amount::float8, alert.quantity::float8, alert.date, alert.numbers, alert.incoming_qty,
                    alert.order_by_date, alert.categ_id)
                   IS DISTINCT FROM
                   (cause.amount, cause.quantity, cause.date, cause.numbers, insight.incoming_qty,
                    insight.order_by_date, insight.categ_id))
            """,
            today=today, back=back, match=match,
        ))
        return again

    def _raise_new(self, company, today):
        self.env.cr.execute(SQL(
            """
            INSERT INTO gantry_alert
                   (kind, product_id, categ_id, warehouse_id, partner_id, company_id, state, amount, quantity, date,
                    order_by_date, incoming_qty, numbers, first_seen, times, create_uid, write_uid, create_date,
                    write_date)
            SELECT cause.kind, cause.product_id, insight.categ_id, cause.warehouse_id, NULLIF(cause.partner_id, 0),
                   %(company)s, 'open', cause.amount, cause.quantity, cause.date, insight.order_by_date,
                   insight.incoming_qty, cause.numbers, %(today)s, 1, %(uid)s, %(uid)s, %(now)s, %(now)s
              FROM gantry_alert_cause cause
              JOIN gantry_insight insight ON insight.product_id = cause.product_id
                                         AND insight.warehouse_id = cause.warehouse_id
                ON CONFLICT DO NOTHING
            """,
            company=company.id, today=today, uid=self.env.uid, now=fields.Datetime.now(),
        ))
        return self.env.cr.rowcount

    def _end_gone(self, company, product_ids):
        """Ids of the alerts whose cause is no more; the day is real, they are forgotten a year later."""
        scope = SQL("alert.product_id = ANY(%s)", product_ids) if product_ids is not None else SQL("TRUE")
        self.env.cr.execute(SQL(
            """
            UPDATE gantry_alert alert SET state = 'gone', date_gone = %(today)s, snoozed_until = NULL
             WHERE alert.company_id = %(company)s AND alert.state <> 'gone' AND %(scope)s
               AND NOT EXISTS (
                   SELECT FROM gantry_alert_cause cause
                    WHERE alert.kind = cause.kind AND alert.product_id = cause.product_id
                      AND alert.warehouse_id = cause.warehouse_id
                      AND COALESCE(alert.partner_id, 0) = cause.partner_id)
            RETURNING alert.id
            """,
            today=self.env["gantry.insight"]._get_real_today(company), company=company.id, scope=scope,
        ))
        return [row[0] for row in self.env.cr.fetchall()]

    # -- owners

    @api.model
    def _stage_owners(self, company):
        """Hook: fill the temporary table `gantry_alert_owner` with who looks after a product in a warehouse."""

    @api.model
    def _get_planners(self, company):
        """Ids of the people who may own alerts of a company."""
        # sudo: a planner may not read the groups of other users
        return self.env["res.users"].sudo().search([
            ("all_group_ids", "in", self.env.ref("gantry_base.group_planner").id), ("share", "=", False),
            ("company_ids", "in", company.id),
        ]).ids

    def _get_default_owner(self, company, planners):
        """The one set for the company, else the planner who was there first."""
        owner = company.sudo().gantry_alert_user_id
        return owner.id if owner.active else min(planners, default=None)

    @api.model
    def _assign_owners(self, company):
        """Give every alert without an owner, or whose owner has left, one: who looks after the product, else the person
        responsible for the product if a planner, else the one set for the company."""
        ids = [row[0] for row in self.env.execute_query(SQL(
            """
            SELECT id FROM gantry_alert
             WHERE company_id = %s AND state <> 'gone'
               AND (user_id IS NULL OR user_id IN (SELECT id FROM res_users WHERE NOT active))
            """,
            company.id,
        ))]
        if not ids:
            return
        planners = self._get_planners(company)
        self.env.cr.execute("DROP TABLE IF EXISTS gantry_alert_owner")
        self.env.cr.execute(
            "CREATE TEMPORARY TABLE gantry_alert_owner (product_id int, warehouse_id int, user_id int) ON COMMIT DROP"
        )
        self._stage_owners(company)
        self.env.cr.execute(SQL(
            """
            UPDATE gantry_alert alert SET date_told = NULL, user_id = COALESCE(
                   (SELECT min(owner.user_id) FROM gantry_alert_owner owner
                     WHERE owner.product_id = alert.product_id AND owner.warehouse_id = alert.warehouse_id),
                   CASE WHEN (template.responsible_id ->> %(key)s)::int = ANY(%(planners)s)
                        THEN (template.responsible_id ->> %(key)s)::int END,
                   %(default)s)
              FROM product_product product JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE product.id = alert.product_id AND alert.id = ANY(%(ids)s)
            """,
            key=str(company.id), planners=planners, ids=ids,
            default=self._get_default_owner(company, planners),
        ))
        self.env.cr.execute("DROP TABLE gantry_alert_owner")
        self.invalidate_model(["user_id"])
