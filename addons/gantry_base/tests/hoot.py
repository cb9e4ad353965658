"""Runs the JavaScript unit tests of an addon, and makes sure that they are really there."""

import re

from odoo.tests import BaseCase


class HootMixin(BaseCase):
    def run_hoot(self, suite, at_least, preset="desktop"):
        """Run a HOOT suite such as ``@gantry_base`` in the browser; fail when fewer tests than expected ran."""
        number = 0
        for char in suite:
            number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
        url = f"/web/tests?headless&loglevel=2&preset={preset}&timeout=15000&id={number:08x}"
        with self.assertLogs(level="INFO") as logs:
            self.browser_js(
                url,
                "",
                "",
                login="admin",
                timeout=240,
                success_signal="[HOOT] Test suite succeeded",
                error_checker=lambda message: "[HOOT]" not in message,
            )
        passed = [int(count) for line in logs.output for count in re.findall(r"Passed (\d+) tests?", line)]
        self.assertGreaterEqual(max(passed, default=0), at_least, f"too few tests ran in {suite}")
