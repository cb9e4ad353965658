import numpy as np

from odoo import fields, models
from odoo.addons.gantry_base.jobs import Progress
from odoo.addons.gantry_forecast.core import ProblemError as ForecastError
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core import History, Levels, ProblemError, draw_leads, replay
from .gantry_reorder_backtest_data import WARMUP_DAYS
from .gantry_reorder_proof_play import PROOF_DAYS, PROOF_SAMPLE

SHARD = 1000  # rules replayed at once; what they share is shared among these
SAMPLE = 2000  # rules on whose history the forecast models are chosen
SEED = 19
YEAR_DAYS = 365.0
SQL_TYPES = {"i": "int", "b": "bool"}
PRODUCT_METHODS = ("gantry", "current", "odoo")


class GantryReorderBacktestRun(models.Model):
    """The job: shard by shard, what is done so far is kept in its checkpoint."""

    _inherit = "gantry.reorder.backtest"

    def _job_run(self, job):
        """Replay the past of all rules in scope; the result is filed when the last shard is done."""
        self.ensure_one()
        backtest = self.with_company(self.company_id).sudo()  # sudo: figures that people may not write
        try:
            yield from backtest._replay_shards(job)
        except (ProblemError, ForecastError) as error:
            raise UserError(str(error)) from error
        return {"products": backtest.product_count, "sentence": backtest.sentence}

    def _replay_shards(self, job):
        company, Rule = self.company_id, self.env["gantry.reorder.rule"]
        ids = Rule.search(self._get_rule_domain(), order="id").ids
        state = dict(job.checkpoint or {})
        if not state:
            self.line_ids.unlink()
            self._forget_products()
            in_force = Rule.search_count([*self._get_rule_domain(), ("orderpoint_id", "!=", False)], limit=1)
            state = {"done": 0, "compare": bool(in_force), "facts": {}, "totals": {}}
        yield Progress(state["done"], len(ids), self.env._("Choosing forecast models"), state)
        recipe, columns, starts = self._choose_models(company, ids)
        aims = []
        for found in self._prove_aims(company, ids, recipe, columns, starts, state):
            aims.append(found)
            yield Progress(state["done"], len(ids), self.env._("Proving what to aim at on the time before"))
        aims = aims[-len(columns) - 1:-1] or [((({}, set()),) * 2)] * len(columns)
        state["dates"] = [str(day) for day in self._get_days(starts)]
        while state["done"] < len(ids):
            part = ids[state["done"]:state["done"] + SHARD]
            for share in self._replay_shard(company, part, recipe, columns, starts, aims, state):
                done = round(state["done"] + share * len(part))
                yield Progress(done, len(ids), self.env._("Setting levels as they would have been set"))
            state["done"] += len(part)
            yield Progress(
                state["done"], len(ids),
                self.env._("%(done)s of %(total)s products replayed", done=state["done"], total=len(ids)), state)
        self._file(state)

    def _choose_models(self, company, ids):
        """Choose forecast models on what was known on the first day of the replay.

        :return: recipe, columns of the history at which levels are set, first day of each
        """
        sample = ids[::max(1, -(-len(ids) // SAMPLE))]
        pairs = self._get_forecast_ids(sample)
        series = None
        if len(pairs):
            series = self.env["gantry.forecast"]._prepare_forecast_problem(company, ids=pairs["forecast_id"])
        if series is None:
            raise UserError(self.env._("There is no forecast for these rules: refresh the forecasts first."))
        columns, starts = self._get_origins(series)
        if not len(columns) or starts[0] + 2 * WARMUP_DAYS > np.datetime64(self.date_to):
            raise UserError(self.env._(
                "The history is too short to be replayed: half a year of demand before the period is needed, and some "
                "months to replay."))
        return self._learn_recipe(series, int(columns[0])), columns, starts

    def _prove_aims(self, company, ids, recipe, columns, starts, state):
        """What a sample of the rules shows each class to aim at, at every column of the replay (and before): for its
        own target, and for the service that the rules in force reached."""
        past = self._prepare_past(company, ids[::max(1, -(-len(ids) // PROOF_SAMPLE))], starts[0],
                                  starts[0] - PROOF_DAYS)
        if past is None:
            state["compare"] = False
            return
        tracked = np.concatenate([self._get_proof_columns(past.series, columns), columns])
        own = self._prove(past, recipe, tracked)
        if state["compare"]:
            state["reached"] = self._get_reached(past, len(self._get_days(starts)))
            yield from zip(own, self._prove(past, recipe, tracked, state["reached"]), strict=True)
        else:
            yield from ((aims, ({}, set())) for aims in own)

    def _get_reached(self, past, days):
        """Fill rate that the rules in force reached, by units."""
        ruled = np.isfinite(past.batch.rows["old_max"][past.rows])
        result = self._play(past, {"current": self._get_rules_in_force(past)}, ruled, days)["current"]
        demand = result["demand"][ruled].sum()
        return float(np.clip(1 - result["short"][ruled].sum() / demand, 0.01, 0.9995)) if demand > 0 else 0.9

    def _get_days(self, starts):
        """The days that are judged: those after the warm-up, and not before the first day asked for."""
        first = max(starts[0] + WARMUP_DAYS, np.datetime64(self.date_from))
        return np.arange(first, np.datetime64(self.date_to) + 1)

    # -- one shard

    def _replay_shard(self, company, rule_ids, recipe, columns, starts, aims, state):
        """Replay some rules with every method and add what came out to the totals; yields the share that is done."""
        facts = state["facts"]
        past = self._prepare_past(company, rule_ids, starts[0])
        if past is None:
            facts["no_forecast"] = facts.get("no_forecast", 0) + len(rule_ids)
            return
        plans = []
        equal = []
        for column, (proved, same) in zip(columns, aims, strict=True):
            plans.append(self._get_levels(past, recipe, column, proved))
            if state["compare"]:
                equal.append(self._get_levels(past, recipe, column, same, state["reached"]))
            yield len(plans) / (len(columns) + 1)
        periods = (starts - starts[0]).astype(int)
        usable = ~np.any([plan.blocked for plan in plans], axis=0)
        ruled = np.isfinite(past.batch.rows["old_max"][past.rows])
        judged = usable & ruled if state["compare"] else usable
        for name, count in (
            ("no_forecast", len(rule_ids) - len(past.rows)), ("blocked", int((~usable).sum())),
            ("no_rule", int((usable & ~ruled).sum()) if state["compare"] else 0), ("judged", int(judged.sum())),
            ("products", int(usable.sum())),
        ):
            facts[name] = facts.get(name, 0) + count
        methods = self._get_methods(past, plans, periods)
        if state["compare"]:
            methods["equal"] = self._get_our_levels("equal", equal, periods)
        found = self._play(past, methods, usable, len(state["dates"]))
        money = self._get_money(past)
        judged_equal = judged & np.all([~plan.blocked for plan in equal], axis=0) if equal else judged
        for method, result in found.items():
            if method == "equal" and not (judged_equal == judged).all():
                state["unequal"] = True  # never compared on other products
            self._add_up(state, method, result, judged, money)
        self._add_up_actual(state, past, judged, money)
        self._file_products(company, past, found, usable, ruled, money)

    def _get_methods(self, past, plans, periods):
        """Levels over time of every way of setting the rules."""
        return {
            "gantry": self._get_our_levels("gantry", plans, periods),
            "current": self._get_rules_in_force(past),
            "odoo": self._get_wizard_levels(past, plans, periods),
        }

    @staticmethod
    def _get_rules_in_force(past):
        rows = past.batch.rows[past.rows]
        return Levels(name="current", reorder_point=rows["old_min"][:, None],
                      order_up_to=np.fmax(rows["old_max"], rows["old_min"])[:, None],
                      multiple=np.nan_to_num(rows["old_multiple"]))

    @staticmethod
    def _get_our_levels(name, plans, periods):
        column = [np.stack([getattr(plan, field) for plan in plans], 1) for field in ("reorder_point", "order_up_to")]
        return Levels(name=name, reorder_point=column[0], order_up_to=column[1], start=periods,
                      multiple=plans[0].multiple)

    def _play(self, past, methods, usable, judged_days):
        """Play every method with the same demand and the same lead times; rules with the same review together.

        :return: by method a dict of arrays, rows that are not usable stay zero
        """
        problem = past.batch.problem.take(past.rows)
        review = np.full(len(past.rows), self.review_days) if self.own_settings else problem.review_days
        review = np.maximum(np.rint(review), 1).astype(int)
        leads = draw_leads(problem.lead_days, problem.lead_prob, past.demand.shape[1], seed=SEED)
        opening = self._get_opening(past, leads.mean(1))
        found = {}
        for method, levels in methods.items():
            result = {name: np.zeros(len(past.rows)) for name in
                      ("demand", "short", "stockouts", "stockout_periods", "avg_stock", "orders", "saved")}
            result |= {name: np.zeros((len(past.rows), judged_days), np.float32) for name in ("stock", "lost")}
            for gap in np.unique(review[usable]):
                rows = np.flatnonzero(usable & (review == gap))
                begin = np.nan_to_num(levels.order_up_to[rows, 0])
                outcome = replay(
                    History(
                        demand=past.demand[rows], lead=leads[rows], review=int(gap),
                        unit_cost=past.batch.unit_cost[past.rows][rows], multiple=problem.multiple[rows],
                        minimum_qty=problem.minimum_qty[rows],
                        opening=np.where(np.isfinite(opening[rows]), opening[rows], begin),
                        warmup=past.demand.shape[1] - judged_days,
                        order_days=None if problem.order_days is None else problem.order_days[rows],
                        weekday=int((past.days[0].astype(int) + 3) % 7),
                        price_breaks=None if problem.price_breaks is None else problem.price_breaks[rows],
                    ),
                    Levels(name=method, start=levels.start, reorder_point=levels.reorder_point[rows],
                           order_up_to=levels.order_up_to[rows],
                           multiple=None if levels.multiple is None else levels.multiple[rows]),
                    lost_sales=self.unserved == "lost", detail=True,
                )
                for name in ("demand", "short", "stockouts", "stockout_periods", "avg_stock", "orders", "saved"):
                    result[name][rows] = getattr(outcome, name)
                result["stock"][rows] = outcome.stock[:, -judged_days:]
                result["lost"][rows] = outcome.lost[:, -judged_days:]
            found[method] = result
        return found

    @staticmethod
    def _get_opening(past, lead):
        """Stock at the start as it really was, with what had been ordered before and came within the lead time; NaN
        without stock moves: such rules start at the level of each method."""
        stock = np.maximum(past.balance[:, 0] + past.demand[:, 0], 0)
        received = np.maximum(np.diff(past.balance, axis=1) + past.demand[:, 1:], 0)
        waiting = np.arange(received.shape[1])[None, :] < lead[:, None]
        return stock + np.where(waiting, received, 0).sum(1)

    def _get_money(self, past):
        """Unit cost, holding cost a year per unit, cost of an order and of a unit short, per rule."""
        problem = past.batch.problem.take(past.rows)
        settings = self._get_settings(past, problem)
        size = len(past.rows)

        def column(name):
            return np.broadcast_to(settings.get(name, getattr(problem, name)), (size,)).astype(float)

        cost = np.nan_to_num(past.batch.unit_cost[past.rows])
        return {"unit": cost, "holding": column("holding_rate") * cost, "order": column("order_cost"),
                "short": column("shortage_cost")}

    # -- totals

    def _add_up(self, state, method, result, judged, money):
        """Add the rules that are judged to the totals of a method."""
        rows = np.flatnonzero(judged)
        years = len(state["dates"]) / YEAR_DAYS

        def total(values, weight):
            return float((values[rows] * weight[rows]).sum())

        one = np.ones(len(judged))
        sums = {
            "demand": total(result["demand"], one), "short_units": total(result["short"], one),
            "demand_value": total(result["demand"], money["unit"]),
            "short_value": total(result["short"], money["unit"]), "stockouts": total(result["stockouts"], one),
            "stockout_days": total(result["stockout_periods"], one),
            "stock_value": total(result["avg_stock"], money["unit"]), "orders": total(result["orders"], one),
            "holding_cost": total(result["avg_stock"], money["holding"]),
            "order_cost": total(result["orders"], money["order"]) / years,
            "shortage_cost": total(result["short"], money["short"]) / years,
            "saved_cost": total(result["saved"], one) / years,
        }
        lists = {
            "stock": (np.maximum(result["stock"][rows], 0) * money["unit"][rows, None]).sum(0),
            "short": (result["lost"][rows] * money["unit"][rows, None]).sum(0),
        }
        self._merge(state, method, sums, lists)

    @staticmethod
    def _merge(state, method, sums, lists):
        known = state["totals"].setdefault(method, {})
        for name, value in sums.items():
            known[name] = known.get(name, 0.0) + value
        for name, values in lists.items():
            before = known.get(name) or [0.0] * len(values)
            known[name] = [round(a + float(b), 2) for a, b in zip(before, values, strict=True)]

    def _add_up_actual(self, state, past, judged, money):
        """What the stock moves say about the same days."""
        known = judged & np.isfinite(past.balance).all(1)
        if not known.any():
            return
        days = len(state["dates"])
        stock = np.where(known[:, None], np.nan_to_num(past.balance[:, -days:]), 0)
        count, out_days = self._read_stockouts(past.batch.rows["id"][past.rows][known], past.days[-days:])
        held = np.maximum(stock, 0)
        self._merge(
            state, "actual",
            {"stockouts": float(count), "stockout_days": float(out_days),
             "stock_value": float((held.mean(1) * money["unit"]).sum()),
             "holding_cost": float((held.mean(1) * money["holding"]).sum())},
            {"stock": (held * money["unit"][:, None]).sum(0), "short": np.zeros(days)},
        )

    def _read_stockouts(self, rule_ids, days):
        """Spans and days on which these products were really out of stock."""
        self.env.cr.execute(SQL(
            """
            SELECT count(*), COALESCE(sum(LEAST(span.date_to, %(last)s) - GREATEST(span.date_from, %(first)s) + 1), 0)
              FROM gantry_reorder_rule rule
              JOIN gantry_demand_stockout span ON span.product_id = rule.product_id
                                              AND span.warehouse_id = rule.warehouse_id
             WHERE rule.id = ANY(%(ids)s) AND span.date_from <= %(last)s AND span.date_to >= %(first)s
            """,
            ids=rule_ids.tolist(), first=days[0].astype(object), last=days[-1].astype(object),
        ))
        return self.env.cr.fetchone()

    # -- filing

    def _forget_products(self):
        self.env["gantry.reorder.backtest.product"].search([("backtest_id", "in", self.ids)]).unlink()

    def _file_products(self, company, past, found, usable, ruled, money):
        """Write a row per product."""
        rows = np.flatnonzero(usable)
        facts = past.batch.rows[past.rows][rows]
        columns = {
            "backtest_id": np.full(len(rows), self.id, "i4"), "company_id": np.full(len(rows), company.id, "i4"),
            "rule_id": facts["id"], "product_id": facts["product_id"], "warehouse_id": facts["warehouse_id"],
            "has_rule": ruled[rows], "demand_qty": found["gantry"]["demand"][rows],
        }
        for method in PRODUCT_METHODS:
            result = found[method]
            there = ruled[rows] if method == "current" else np.ones(len(rows), bool)
            demand = np.maximum(result["demand"][rows], 1e-9)
            columns[f"{method}_stockouts"] = np.where(there, result["stockouts"][rows], 0).astype("i4")
            fill = np.where(result["demand"][rows] > 0, 100 * (1 - result["short"][rows] / demand), 100.0)
            columns[f"{method}_fill_pct"] = np.where(there, fill, 0.0)
            columns[f"{method}_value"] = np.where(there, (result["avg_stock"] * money["unit"])[rows], 0.0)
        columns["saved_value"] = np.where(ruled[rows], columns["current_value"] - columns["gantry_value"], 0.0)
        self.env.cr.execute(SQL(
            "INSERT INTO gantry_reorder_backtest_product (%s) SELECT * FROM unnest(%s)",
            SQL(", ").join(SQL.identifier(name) for name in columns),
            SQL(", ").join(
                SQL("%s::%s[]", values.tolist(), SQL(SQL_TYPES.get(values.dtype.kind, "float8")))
                for values in columns.values()),
        ))
        self.env["gantry.reorder.backtest.product"].invalidate_model()

    def _file(self, state):
        """Write the lines, the chart and the facts."""
        if not state["facts"].get("judged"):
            raise UserError(self.env._(
                "None of the rules in this scope can be replayed: they have no forecast or no lead time. The health "
                "list says what is missing."))
        self.env["gantry.reorder.backtest.line"].create([
            self._prepare_line_vals(method, state["totals"][method])
            for method in ("gantry", "equal", "current", "odoo", "actual")
            if method in state["totals"] and (method != "current" or state["compare"])
            and not (method == "equal" and state.get("unequal"))
        ])
        shown = [line.method for line in self.line_ids]
        self.write({
            "date_done": fields.Datetime.now(), "product_count": state["facts"]["judged"],
            "skipped_count": sum(state["facts"].get(name, 0) for name in ("no_forecast", "blocked", "no_rule")),
            "facts": {**state["facts"], "first": state["dates"][0], "last": state["dates"][-1],
                      "compare": state["compare"]},
            "chart": {"dates": state["dates"], "series": [
                {"method": method, "stock": state["totals"][method]["stock"],
                 "short": state["totals"][method]["short"]} for method in shown]},
        })

    def _prepare_line_vals(self, method, totals):
        def fill(short, demand):
            return 100 * (1 - totals[short] / totals[demand]) if totals.get(demand) else 0.0

        return {
            "backtest_id": self.id, "method": method, "stockouts": round(totals["stockouts"]),
            "stockout_days": round(totals["stockout_days"]), "has_demand": method != "actual",
            "fill_pct": fill("short_units", "demand"), "fill_value_pct": fill("short_value", "demand_value"),
            "short_value": totals.get("short_value", 0.0), "stock_value": totals["stock_value"],
            "order_count": round(totals.get("orders", 0)), "holding_cost": totals["holding_cost"],
            "order_cost": totals.get("order_cost", 0.0), "shortage_cost": totals.get("shortage_cost", 0.0),
            "saved_cost": totals.get("saved_cost", 0.0),
            "total_cost": totals["holding_cost"] + totals.get("order_cost", 0.0) + totals.get("shortage_cost", 0.0)
            - totals.get("saved_cost", 0.0),
        }
