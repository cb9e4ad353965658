import datetime
from unittest.mock import patch

import numpy as np

from odoo.tests import tagged

from .common import GantryCase

TEMPLATES = {
    "season": ("Sales peak in %(month)s (%(index)s over the mean).", {"month": "month", "index": "change"}),
    "level": ("About %(qty)s a day, %(share)s of it on %(day)s.", {"share": "percent", "day": "weekday"}),
    "gap": ("No stock on %(days)s: 100 %% unknown.", {"days": "date"}),
    "plain": "Enough.",
}


@tagged("post_install", "-at_install")
class TestExplain(GantryCase):
    def setUp(self):
        super().setUp()
        Explain = type(self.env["gantry.explain"])
        for name, value in (("_reason_templates", TEMPLATES), ("_reason_labels", {"qty": "Quantity a day"})):
            patcher = patch.object(Explain, name, lambda self, value=value: value)
            patcher.start()
            self.addCleanup(patcher.stop)
        self.explain = self.env["gantry.explain"]

    def texts(self, *reasons, explain=None):
        explain = self.explain if explain is None else explain
        return [reason["text"] for reason in explain._explain(list(reasons))]

    def test_numbers_become_words(self):
        self.assertEqual(
            self.texts(
                {"code": "season", "numbers": {"month": 11, "index": 1.42}},
                {"code": "level", "numbers": {"qty": 1234.56, "share": 0.25, "day": 1}},
                {"code": "gap", "numbers": {"days": [datetime.date(2026, 1, 5), "2026-01-06"]}},
                {"code": "plain"},
            ),
            [
                "Sales peak in November (+42 % over the mean).",
                "About 1,235 a day, 25 % of it on Monday.",
                "No stock on 01/05/2026, 01/06/2026: 100 % unknown.",
                "Enough.",
            ],
        )

    def test_numbers_follow_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("de_DE")
        german = self.explain.with_context(lang="de_DE")
        self.assertEqual(
            self.texts(
                {"code": "season", "numbers": {"month": 3, "index": 0.9}},
                {"code": "level", "numbers": {"qty": 1234.5, "share": 0.125, "day": 7}},
                explain=german,
            ),
            [
                "Sales peak in März (-10 % over the mean).",
                "About 1.234 a day, 12,5 % of it on Sonntag.",
            ],
        )

    def test_numbers_stay_behind_the_sentence_as_json(self):
        numbers = {"qty": np.float64(2.5), "share": np.array([0.5, 0.25]), "day": np.int64(1)}
        (reason,) = self.explain._explain([{"code": "level", "numbers": numbers}])
        self.assertEqual(reason["numbers"], {"qty": 2.5, "share": [0.5, 0.25], "day": 1})
        self.assertEqual(
            reason["facts"],
            [
                {"name": "qty", "label": "Quantity a day", "text": "2.5"},
                {"name": "share", "label": "Share", "text": "50 %, 25 %"},
                {"name": "day", "label": "Day", "text": "Monday"},
            ],
        )

    def test_figures_show_what_matters(self):
        for value, text in (
            (0, "0"),
            (3.0, "3"),
            (0.123, "0.12"),
            (12.34, "12.3"),
            (12345.6, "12,346"),
            (-4.5, "-4.5"),
            (float("nan"), "–"),
            (None, "–"),
            (True, "yes"),
            ("ETS", "ETS"),
        ):
            self.assertEqual(self.explain._format(value), text)

    def test_unknown_code_and_missing_number_do_not_break_the_screen(self):
        with self.assertLogs("odoo.addons.gantry_base", "WARNING") as logs:
            texts = self.texts({"code": "new_code", "numbers": {"x": 1}}, {"code": "season", "numbers": {}})
        self.assertEqual(texts, ["New code", "Sales peak in ? (? over the mean)."])
        self.assertEqual(len(logs.records), 2)

    def test_nothing_is_explained_by_nothing(self):
        self.assertEqual(self.explain._explain(None), [])
