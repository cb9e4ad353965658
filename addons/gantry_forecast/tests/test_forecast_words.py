from datetime import date

import numpy as np
from freezegun import freeze_time

from odoo.tests import tagged

from .common import TODAY, ForecastCase

SCREENS = [
    ("gantry.forecast", "list"), ("gantry.forecast", "form"), ("gantry.forecast", "search"),
    ("gantry.forecast.line", "list"), ("gantry.forecast.accuracy", "list"), ("gantry.forecast.accuracy", "search"),
    ("gantry.forecast.recipe", "form"),
]


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForecastWords(ForecastCase):
    """Planners speak of days, weeks and months, not of buckets, series and horizons."""

    def test_no_screen_speaks_the_language_of_the_core(self):
        for model, kind in SCREENS:
            view = self.env[model].get_view(view_type=kind)
            texts = [view["arch"].lower()]
            for name, names in view["models"].items():
                attributes = ("string", "help")
                texts += [
                    str(info.get(attribute) or "").lower()
                    for info in self.env[name].fields_get(names, attributes).values() for attribute in attributes
                ]
            for word in ('"next bucket', "buckets", "first bucket", "series tried", "tier below"):
                self.assertFalse([text for text in texts if word in text], f"{model} {kind}: {word}")

    def test_periods_are_counted_in_the_words_of_the_calendar(self):
        product = self._product("Slow")
        self._sales(product, [4, 0, 0, 5, 0, 0, 6, 0, 0] * 6)
        self._refresh()
        forecast = self._forecast(product)
        self.assertEqual(forecast.demand_class, "intermittent")
        text = " ".join(reason["text"] for reason in forecast.explanation)
        self.assertRegex(text, r"\d+(\.\d+)? weeks from sale to sale")
        self.assertRegex(text, r"Sells about [\d.]+ a week now")
        self.assertNotIn("bucket", text)

    def test_one_is_not_written_like_many(self):
        explain = self.env["gantry.explain"]
        self.assertEqual([explain._format(n, "weeks") for n in (1, 2, 3.25)], ["1 week", "2 weeks", "3.25 weeks"])
        self.assertEqual(explain._format(date(2026, 3, 1), "in_month"), "in March 2026")

    def test_being_seasonal_is_no_alert(self):
        product = self._product("Ice")
        self._sales(product, np.round(50 + 40 * np.sin(2 * np.pi * np.arange(160) / 52)))
        self._refresh()
        self.assertTrue(self._forecast(product).is_seasonal)
        self.assertNotIn("seasonal", dict(self.Forecast._fields["alert"].selection))
        self.assertNotEqual(self._forecast(product).alert, "seasonal")

    def test_quantiles_are_never_summed(self):
        """The sum of two 95 % quantiles is exceeded far less often than once in twenty."""
        info = self.env["gantry.forecast.line"].fields_get(["p05", "p50", "p95", "final"], ["aggregator"])
        self.assertEqual(
            {name: field.get("aggregator") for name, field in info.items()},
            {"p05": None, "p50": None, "p95": None, "final": "sum"},
        )

    def test_every_reason_to_use_a_tier_or_not_has_its_own_sentence(self):
        codes = ("base", "better", "not_better", "not_installed", "not_asked", "not_suited", "too_few", "too_slow")
        tier = self.env["gantry.forecast.recipe.tier"]
        sentences = {code: tier.new({"reason": code, "score": 1, "score_below": 2})._get_sentence() for code in codes}
        self.assertEqual(len(set(sentences.values())), len(codes), sentences)
        self.assertNotIn(tier.new({"reason": "a new trouble"})._get_sentence(), sentences.values())
