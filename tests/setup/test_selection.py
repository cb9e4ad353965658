"""What `setup/gantry test` chooses, and how it shares it out: nothing is lost, and what is left out is told."""

import re

import pytest
from gantry_setup import addons, selection, test_classes
from gantry_setup.test_classes import TestClass

FORECAST = "addons/gantry_forecast"


def chosen(*files):
    found = selection.select_changed(list(files))
    return found, {(item.addon, item.name) for item in found.classes}


def test_a_change_in_python_runs_the_addon_without_a_browser_and_says_so():
    found, names = chosen(f"{FORECAST}/models/gantry_demand.py")
    assert ("gantry_forecast", "TestDemandHistory") in names
    assert ("gantry_forecast", "TestForecastTour") not in names
    assert not any(item.browser for item in found.classes)
    assert any("browser" in line for line in found.left_out)
    assert "gantry_demo" in found.left_out[-2]
    assert found.left_out[-1] == "journeys"
    assert found.pytest == []


def test_glue_on_a_changed_addon_is_tested_too():
    found, _names = chosen(f"{FORECAST}/models/gantry_demand.py")
    assert "gantry_forecast_mrp" in found.addons
    assert "gantry_demo" not in found.addons


@pytest.mark.parametrize("file", ["static/src/chart/forecast_chart.js", "views/menus.xml"])
def test_a_change_on_screen_runs_the_browser(file):
    _found, names = chosen(f"{FORECAST}/{file}")
    assert ("gantry_forecast", "TestForecastTour") in names


def test_a_change_in_a_core_runs_the_tests_of_the_core():
    found, names = chosen(f"{FORECAST}/core/season.py")
    assert found.pytest == ["tests/core/gantry_forecast"]
    assert not names
    assert any("gantry_forecast" in line and "core" in line for line in found.left_out)


def test_a_changed_test_runs_itself():
    found, names = chosen(f"{FORECAST}/tests/test_copy.py", "tests/core/gantry_forecast/test_scale.py")
    assert names == {("gantry_forecast", "TestCopy")}
    assert found.pytest == ["tests/core/gantry_forecast/test_scale.py"]


def test_builders_of_tests_concern_all_tests_of_the_addon():
    _found, names = chosen(f"{FORECAST}/tests/common.py")
    assert {("gantry_forecast", "TestCopy"), ("gantry_forecast", "TestDemandHistory")} <= names


def test_words_alone_run_nothing():
    found, names = chosen(f"{FORECAST}/README.md")
    assert not names
    assert not found.pytest


def test_the_command_itself_is_tested_when_it_changes():
    assert chosen("setup/gantry_setup/cli.py")[0].pytest == ["tests/setup"]


def test_classes_are_found_with_what_they_need():
    found = {item.name: item for item in test_classes.of_addon("gantry_forecast")}
    assert found["TestForecastTour"].browser
    assert (found["TestForecastApiHttp"].http, found["TestForecastApiHttp"].browser) == (True, False)
    assert not found["TestDemandHistory"].http
    assert found["TestDemandHistory"].tests > 20


def covers(tags: str, item: TestClass) -> bool:
    """As Odoo reads test tags."""
    words = tags.split(",")
    return f"-{item.tag}" not in words and (item.tag in words or f"/{item.addon}" in words)


def test_two_shards_run_every_class_once_and_what_was_left_out_nowhere():
    classes = [item for addon in addons.every() for item in test_classes.of_addon(addon)]
    left_out, kept = classes[::7], [item for index, item in enumerate(classes) if index % 7]
    tags = test_classes.shards(kept, left_out, {})
    assert len(tags) == 2
    for item in kept:
        assert sum(covers(part, item) for part in tags) == 1, item
    assert not any(covers(part, item) for part in tags for item in left_out)


def test_a_class_that_the_source_does_not_show_is_run_too():
    hidden = TestClass("gantry_base", "TestMadeByAFactory", "test_x.py")
    tags = test_classes.shards(test_classes.of_addon("gantry_base"), [], {})
    assert sum(covers(part, hidden) for part in tags) == 1


def test_web_tests_share_a_database_and_the_load_is_balanced():
    classes = [TestClass("a", f"Test{i}", "test_a.py", 3, http=i < 2) for i in range(12)]
    first, second = test_classes.shards(classes, [], {item.key: 10.0 for item in classes})
    assert all(f"/a:Test{i}" in first.split(",") for i in range(2))
    assert len(first.split(",")) == 6
    assert len(re.findall("-/a:", second)) == 6


def test_seconds_are_read_from_odoos_log():
    log = "\tgantry_base: 3.00s 5 queries\n\tgantry_base.test_job.TestJob: 2.50s 4 queries\n"
    log += "\tgantry_base.test_job.TestJob.test_resume: 1.00s 4 queries\n"
    assert test_classes.measured_in(log) == {"gantry_base.TestJob": 2.5}


def test_the_longest_go_first():
    assert test_classes.balance([5, 1, 4, 2], lambda item: item, 2) == [[5, 1], [4, 2]]
