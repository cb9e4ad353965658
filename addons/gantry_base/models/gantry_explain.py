import datetime
import logging

import babel.dates

from odoo import models
from odoo.tools.misc import babel_locale_parse, format_date, formatLang, get_lang

_logger = logging.getLogger(__name__)


class GantryExplain(models.AbstractModel):
    """Turns the reasons a core gives (codes and numbers) into sentences in the language of the user.

    An addon adds its sentences by ``_inherit = "gantry.explain"`` and :meth:`_reason_templates`. A Json field
    computed with :meth:`_explain` is shown by the widget ``gantry_explanation``.
    """

    _name = "gantry.explain"
    _description = "Explanations"

    def _reason_templates(self):
        """Sentences by code: ``{code: template}`` or ``{code: (template, {number: kind})}``.

        A template is a translated text with ``%(number)s`` for each number (``%%`` for a per cent sign). Kinds:
        ``number`` (the default), ``integer``, ``percent`` (0.42 is "42 %"), ``change`` (1.42 is "+42 %"),
        ``date``, ``month`` and ``weekday`` (1 is January, Monday), ``text``.
        """
        return {}

    def _reason_labels(self):
        """Labels of the numbers, ``{number: translated label}``; without one the name itself is shown."""
        return {}

    def _explain(self, reasons):
        """Reasons in words.

        :param reasons: list of ``{"code", "numbers"}``, most important first
        :return: list of ``{"code", "text", "numbers", "facts": [{"name", "label", "text"}]}``
        """
        templates, labels = self._reason_templates(), self._reason_labels()
        return [self._explain_one(reason, templates, labels) for reason in reasons or []]

    def _explain_one(self, reason, templates, labels):
        code, numbers = reason["code"], reason.get("numbers") or {}
        template = templates.get(code)
        kinds = {}
        if isinstance(template, tuple):
            template, kinds = template
        words = {name: self._format(value, kinds.get(name)) for name, value in numbers.items()}
        if template is None:
            _logger.info("No sentence for the reason %r", code)
            text = self._humanise(code)
        else:
            text = str(template) % _Words(words)
        return {
            "code": code,
            "text": text,
            "numbers": self.env["gantry.api"]._json(numbers),
            "facts": [
                {"name": name, "label": str(labels.get(name) or self._humanise(name)), "text": word}
                for name, word in words.items()
            ],
        }

    @staticmethod
    def _humanise(name):
        return name.replace("_", " ").replace(".", " ").strip().capitalize()

    # -- numbers in the user's language

    def _format(self, value, kind=None):
        """A number, date or list of them as people write it."""
        if value is None:
            return "–"
        if isinstance(value, list | tuple):
            return ", ".join(self._format(item, kind) for item in value)
        if hasattr(value, "tolist"):  # numpy
            return self._format(value.tolist(), kind)
        if kind is None:
            kind = self._guess_kind(value)
        return getattr(self, f"_format_{kind}")(value)

    @staticmethod
    def _guess_kind(value):
        if isinstance(value, bool):
            return "bool"
        if isinstance(value, datetime.date):
            return "date"
        return "number" if isinstance(value, int | float) else "text"

    def _format_text(self, value):
        return str(value)

    def _format_bool(self, value):
        return self.env._("yes") if value else self.env._("no")

    def _format_number(self, value):
        """Three digits that matter, never a tail of zeros."""
        if value != value or value in (float("inf"), float("-inf")):
            return "–"
        digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
        while digits and round(value, digits) == round(value, digits - 1):
            digits -= 1
        return formatLang(self.env, value, digits=digits)

    def _format_integer(self, value):
        return formatLang(self.env, round(value), digits=0)

    def _format_percent(self, value):
        return f"{self._format_number(100 * value)} %"

    def _format_change(self, value):
        per_cent = round(100 * (value - 1))
        return f"{'+' if per_cent > 0 else ''}{self._format_integer(per_cent)} %"

    def _format_date(self, value):
        return format_date(self.env, value)

    def _format_month(self, value):
        return self._calendar_name(babel.dates.get_month_names, int(value))

    def _format_weekday(self, value):
        return self._calendar_name(babel.dates.get_day_names, int(value) - 1)

    def _calendar_name(self, names, index):
        locale = babel_locale_parse(get_lang(self.env).code)
        return names("wide", context="stand-alone", locale=locale).get(index, str(index))


class _Words(dict):
    """Words for a template; one that the core did not give must not take the whole screen down."""

    def __missing__(self, key):
        _logger.warning("The number %r of a reason is missing", key)
        return "?"
