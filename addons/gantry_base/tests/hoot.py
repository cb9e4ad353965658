"""Runs the JavaScript unit tests of an addon, and makes sure that they are really there."""

import logging
import re

from odoo.tests import BaseCase


class _Passed(logging.Handler):
    """Notes how many tests the browser says have passed, and lets the lines go on their way."""

    count = 0

    def emit(self, record):
        for number in re.findall(r"Passed (\d+) tests", record.getMessage()):
            self.count = max(self.count, int(number))


class HootMixin(BaseCase):
    """For an ``HttpCase``."""

    def run_hoot(self, suite, at_least, preset="desktop"):
        """Run a HOOT suite such as ``@gantry_base`` in the browser; fail when fewer tests than expected ran."""
        number = 0
        for char in suite:
            number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
        browser, passed = self._logger.getChild("browser"), _Passed()
        level = browser.level
        browser.addHandler(passed)
        browser.setLevel(logging.INFO)
        try:
            self.browser_js(
                f"/web/tests?headless&loglevel=2&preset={preset}&timeout=15000&id={number:08x}",
                "",
                "",
                login="admin",
                timeout=240,
                success_signal="[HOOT] Test suite succeeded",
                error_checker=lambda message: "[HOOT]" not in message,
            )
        finally:
            browser.removeHandler(passed)
            browser.setLevel(level)
        self.assertGreaterEqual(passed.count, at_least, f"too few tests ran in {suite}")
