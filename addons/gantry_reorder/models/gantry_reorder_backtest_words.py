from contextlib import suppress

from num2words import num2words

from odoo import api, fields, models
from odoo.tools.misc import format_date, formatLang

WORDS_UP_TO = 12  # larger numbers are written in figures


class GantryReorderBacktestWords(models.Model):
    """The result of a replay in a sentence, and what was left out."""

    _inherit = "gantry.reorder.backtest"

    @api.depends("line_ids", "facts", "unserved", "currency_id")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for backtest in self:
            lines = {line.method: line for line in backtest.line_ids}
            ours = lines.get("gantry")
            backtest.sentence = backtest._get_sentence(lines, ours) if ours else False
            backtest.note = backtest._get_note() if ours else False

    def _get_sentence(self, lines, ours):
        """ "Nine stock-outs become two, average stock 41k becomes 38k." """
        other, against = lines.get("current"), self.env._("the rules in force")
        if not other:
            other, against = lines.get("odoo"), self.env._("Odoo's suggestion")
        if not other:
            return False
        numbers = {
            "before": self._number(other.stockouts), "after": self._number(ours.stockouts), "against": against,
            "stock_before": self._money(other.stock_value), "stock_after": self._money(ours.stock_value),
            "fill_before": formatLang(self.env, other.fill_pct, digits=1),
            "fill_after": formatLang(self.env, ours.fill_pct, digits=1),
        }
        text = self.env._(
            "%(before)s stock-outs become %(after)s, average stock %(stock_before)s becomes %(stock_after)s, and the "
            "share of demand served from stock goes from %(fill_before)s %% to %(fill_after)s %%, against %(against)s.",
            **numbers,
        )
        text = text[:1].upper() + text[1:]
        if equal := lines.get("equal"):
            text += " " + self.env._(
                "With the service and the order sizes of the rules in force, %(stock)s instead of %(before)s would do.",
                stock=self._money(equal.stock_value), before=numbers["stock_before"])
        return text

    def _number(self, value):
        if 0 <= value <= WORDS_UP_TO:
            if not value:
                return self.env._("no")
            with suppress(NotImplementedError):  # a language without words for numbers
                return num2words(value, lang=(self.env.lang or "en_US")[:2])
        return formatLang(self.env, value, digits=0)

    def _money(self, value):
        """An amount in thousands or millions, with the sign of the currency."""
        for size, letter in ((1e6, "M"), (1e3, "k")):
            if abs(value) >= 9.995 * size or (size == 1e6 and abs(value) >= size):
                digits = 0 if abs(value) >= 99.5 * size or letter == "k" else 1
                return self._with_sign(f"{formatLang(self.env, value / size, digits=digits)}{letter}")
        return self._with_sign(formatLang(self.env, value, digits=0))

    def _with_sign(self, text):
        sign = self.currency_id.symbol or self.currency_id.name
        return f"{text} {sign}" if self.currency_id.position == "after" else f"{sign} {text}"

    def _get_note(self):
        """What was played, and which rules are not in the figures."""
        facts = self.facts or {}
        first, last = (fields.Date.to_date(facts[name]) for name in ("first", "last"))
        parts = [self.env._(
            "%(count)s products from %(first)s to %(last)s, day by day, with the demand that really came. Levels were "
            "set anew every four weeks from a forecast that knew only what was known then; lead times were drawn from "
            "the measured ones, the same for every method.",
            count=facts.get("judged", 0), first=format_date(self.env, first), last=format_date(self.env, last),
        )]
        if first > self.date_from:
            parts.append(self.env._("The history begins too late to replay the days before."))
        if facts.get("no_rule"):
            parts.append(self.env._(
                "%s products without a rule in force are listed below, but not in these figures.", facts["no_rule"]))
        if facts.get("blocked"):
            parts.append(self.env._(
                "%s products are left out: something is missing, see the health list.", facts["blocked"]))
        if facts.get("no_forecast"):
            parts.append(self.env._("%s products have no forecast and are left out.", facts["no_forecast"]))
        parts.append(self.env._(
            "Odoo's suggestion is the average demand of the last three months over the lead time set in Odoo, with "
            "orders as large as ours. \"As it was\" comes from the stock moves; what customers asked for while nothing "
            "was there is unknown, so no method has to serve it."))
        return " ".join(parts)
