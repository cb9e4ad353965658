"""The closing line counts what ran, and nothing that was skipped looks like success."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

from gantry_setup import addons, databases, paths, regression, results

LOG = Path("some.log")
ODOO = """\
2026-01-01 00:00:00,000 1 INFO db odoo.addons.gantry_base.tests.test_job: skipped TestJob.test_browser : no browser
2026-01-01 00:00:00,000 1 ERROR db odoo.addons.gantry_base.tests.test_job: FAIL: TestJob.test_resume
2026-01-01 00:00:00,000 1 ERROR db odoo.tests.result: 1 failed, 0 error(s) of 12 tests when loading database 'db'
"""


def test_failures_are_counted_and_named():
    found = results.of_odoo("Odoo tests", ODOO, LOG, may_skip=("test_browser",))
    assert (found.passed, found.failed, found.skipped) == (10, 1, 1)
    assert "TestJob.test_resume" in found.details


def test_an_unexpected_skip_is_a_failure():
    found = results.of_odoo("Odoo tests", ODOO, LOG)
    assert found.failed == 2
    assert any("no browser" in line for line in found.details)


def test_missing_data_is_a_good_reason_to_skip():
    text = "x: skipped TestBoard.test_score : data not present\n"
    found = results.of_odoo("Odoo tests", text, LOG)
    assert (found.failed, found.skipped) == (0, 1)


def test_a_suite_that_ran_nothing_has_failed():
    assert results.Result("empty").refuse_empty().failed == 1


def test_regression_reads_the_printed_result():
    text = "x: skipped TestA.test_speed : slow\n@result 100 2 1 1\n"
    found = results.of_regression("core", text, LOG, may_skip=("test_speed",))
    assert (found.passed, found.failed, found.skipped) == (96, 3, 1)


def test_a_regression_run_that_died_has_failed():
    assert results.of_regression("core", "Killed\n", LOG).failed


def test_what_fails_without_our_addons_too_is_not_ours():
    alone = results.Result("without", passed=90, failed=2, details=["TestA.test_one", "TestB.test_two"])
    ours = results.Result("with", passed=89, failed=3, details=["TestA.test_one", "TestB.test_two", "TestC.test_x"])
    found = regression.beside(ours, alone)
    assert (found.passed, found.failed, found.skipped) == (89, 1, 2)
    assert found.details == ["TestC.test_x"]
    assert "2 fail without Gantry too" in found.note


def test_nothing_to_compare_with_is_a_failure():
    assert regression.beside(results.Result("with", passed=9), results.Result("without", failed=1)).failed == 1


def test_every_addon_is_in_a_part_of_the_regression():
    parts = {part.key: part for part in regression.parts()}
    assert set(parts["with"].ours) == set(addons.every())
    assert parts["with"].modules == parts["without"].modules
    assert not parts["without"].ours
    assert {"gantry_base", "gantry_forecast"} <= set(parts["stock"].ours)
    assert "gantry_forecast_mrp" not in parts["stock"].ours


def test_junit_report(tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(
        "<testsuites><testsuite>"
        '<testcase classname="a" name="good"/>'
        '<testcase classname="a" name="bad"><failure message="x != y"/></testcase>'
        '<testcase classname="a" name="absent"><skipped message="skipped: data not present"/></testcase>'
        '<testcase classname="a" name="lazy"><skipped message="no browser"/></testcase>'
        "</testsuite></testsuites>"
    )
    found = results.of_junit("cores", path, LOG)
    assert (found.passed, found.failed, found.skipped) == (1, 2, 1)


def test_the_closing_line_adds_up():
    total = [results.Result("a", passed=3), results.Result("b", passed=4, failed=1, skipped=2)]
    assert results.summary(total) == "gantry: 7 passed, 1 failed, 2 skipped"


def test_two_databases_at_once_do_not_take_each_other_s_files(tmp_path):
    """Configuration and state are written by several threads of one command."""
    place = paths.Paths(cache=tmp_path)
    server = SimpleNamespace(host="socket", port=5432, user="odoo", password=None)
    odoo = databases.Odoo(paths=place, ui=None, source=SimpleNamespace(addons=[]), server=server)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: (odoo.config(), place.write_state("times", {"n": number})), range(400)))
    assert "db_host = socket" in odoo.config().read_text()
    assert set(place.read_state("times")) == {"n"}
