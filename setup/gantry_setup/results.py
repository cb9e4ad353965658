"""Counting what the test runners said."""

from __future__ import annotations

import contextlib
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

ODOO_RESULT = re.compile(r"odoo\.tests\.result: (\d+) failed, (\d+) error\(s\) of (\d+) tests")
ODOO_FAULT = re.compile(r" ERROR \S+ (?:odoo\.addons|odoo\.tests)\S*: (?:FAIL|ERROR): (.+)")
ODOO_SKIP = re.compile(r": skipped (\S+) : (.*)")
REGRESSION_RESULT = re.compile(r"@result (\d+) (\d+) (\d+) (\d+)")
HOOT_SUMMARY = re.compile(r"\[HOOT\] Passed (\d+) tests")
DATA_ABSENT = "data not present"


@dataclass
class Result:
    """One suite: how many tests passed and failed, and what to read when they did."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    details: list[str] = field(default_factory=list)
    log: Path | None = None
    note: str = ""

    @property
    def ok(self) -> bool:
        return not self.failed

    def refuse_empty(self) -> Result:
        """A suite that ran nothing has failed: a missing tool must not look like success."""
        if not self.passed and not self.failed:
            self.failed = 1
            self.details.append(f"{self.name}: no test ran")
        return self


def of_odoo(name: str, text: str, log: Path, *, may_skip=()) -> Result:
    """Read Odoo's log. A skipped test counts as failed unless its name is expected in `may_skip`."""
    result = Result(name, log=log)
    for failed, errors, total in ODOO_RESULT.findall(text):
        result.failed += int(failed) + int(errors)
        result.passed += int(total) - int(failed) - int(errors)
    result.details += ODOO_FAULT.findall(text)
    for test, reason in ODOO_SKIP.findall(text):
        if DATA_ABSENT in reason or any(expected in test for expected in may_skip):
            result.skipped += 1
        else:
            result.failed += 1
            result.details.append(f"{test} was skipped: {reason}")
    result.passed += sum(int(count) for count in HOOT_SUMMARY.findall(text))
    result.passed -= result.skipped
    return result


def of_regression(name: str, text: str, log: Path, *, may_skip=()) -> Result:
    """Read what `scripts.core_suites` printed: `@result run failed errors skipped`."""
    result = of_odoo(name, text, log, may_skip=may_skip)
    found = REGRESSION_RESULT.search(text)
    if not found:
        result.failed += 1
        result.details.append(f"{name}: the run ended without a result")
        return result
    run, failed, errors, _skipped = (int(count) for count in found.groups())
    unexpected_skips = result.failed
    result.passed = run - failed - errors - result.skipped - unexpected_skips
    result.failed += failed + errors
    return result


def of_junit(name: str, path: Path, log: Path) -> Result:
    """Read pytest's report. Only `data not present` is a good reason to skip."""
    result = Result(name, log=log)
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError):
        result.failed = 1
        result.details.append(f"{name}: pytest left no report")
        return result
    for case in root.iter("testcase"):
        title = f"{case.get('classname')}.{case.get('name')}"
        kinds = {child.tag: child for child in case}
        if "failure" in kinds or "error" in kinds:
            result.failed += 1
            child = kinds.get("failure", kinds.get("error"))
            result.details.append(f"{title}: {(child.get('message') or '').splitlines()[:1]}")
        elif "skipped" in kinds:
            reason = kinds["skipped"].get("message") or ""
            if DATA_ABSENT in reason:
                result.skipped += 1
            else:
                result.failed += 1
                result.details.append(f"{title} was skipped: {reason}")
        else:
            result.passed += 1
    return result


def seconds_by_file(path: Path) -> dict[str, float]:
    """Seconds per test file, by its name without the ending."""
    found: dict[str, float] = {}
    with contextlib.suppress(OSError, ElementTree.ParseError):
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            stem = next((part for part in (case.get("classname") or "").split(".") if part.startswith("test_")), "")
            found[stem] = found.get(stem, 0.0) + float(case.get("time") or 0)
    return found


def summary(results, left_out=()) -> str:
    """The closing line; what a quick run leaves out is said too."""
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    skipped = sum(result.skipped for result in results)
    line = f"gantry: {passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")
    return line + (f" (left out: {'; '.join(left_out)})" if left_out else "")
