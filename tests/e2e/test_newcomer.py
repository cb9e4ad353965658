"""A newcomer types one command, opens the address, and plans."""

import re
import time

from conftest import DATABASE, Command, logged_in

PLANNING = "/odoo/action-gantry_forecast.gantry_forecast_action"
ACCURACY = "/odoo/action-gantry_forecast.gantry_forecast_accuracy_action"


def open_planning(page, url: str) -> None:
    page.goto(url + PLANNING)
    page.wait_for_selector(".o_list_view .o_data_row", timeout=60000)


def test_the_command_says_where_to_go_and_how_long_each_step_took(command):
    assert re.search(r"Gantry is ready after \d+ s: http://127\.0\.0\.1:\d+", command.text)
    assert "Log in as admin with the password admin" in command.text
    timed = [title for title, _seconds in re.findall(r"✓ (.+?)\s+([\d.]+) s", command.text)]
    assert timed[-6:] == [
        "Odoo database created",
        "Demo story loaded",
        "Forecasts computed",
        "Reorder rules set",
        "Screens prepared",
        "Odoo started",
    ], command.text


def test_the_first_page_is_the_planning_list_of_a_real_looking_company(command, browser, screenshots):
    page = logged_in(browser, command.url)
    page.wait_for_selector(".o_list_view .o_data_row", timeout=60000)
    page.screenshot(path=screenshots / "planning.png")
    count = int(page.inner_text(".o_pager_limit").replace(",", "").rstrip("+"))
    assert count >= 300
    assert not page.faults


def test_a_product_shows_its_chart_and_says_why(command, browser, screenshots):
    page = logged_in(browser, command.url)
    open_planning(page, command.url)
    page.click(".o_data_row:first-child .o_data_cell >> nth=0")
    page.wait_for_selector(".o_form_view canvas", timeout=60000)
    page.wait_for_timeout(800)
    page.screenshot(path=screenshots / "product.png")
    reasons = page.inner_text(".o_gantry_explanation")
    assert len(reasons) > 40
    assert re.search(r"\d", reasons), "a reason without a number explains nothing"
    assert not page.faults


def test_the_planning_list_fits_a_phone(command, browser, screenshots):
    page = logged_in(browser, command.url, width=360, height=740)
    page.goto(command.url + PLANNING)
    page.wait_for_selector(".o_kanban_view .o_kanban_record, .o_list_view .o_data_row", timeout=60000)
    page.screenshot(path=screenshots / "planning-phone.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not page.faults


def test_the_accuracy_page_shows_gantry_ahead_of_naive_and_of_odoos_windows(command, browser, screenshots):
    page = logged_in(browser, command.url)
    page.goto(command.url + ACCURACY)
    page.wait_for_selector(".o_pivot table, .o_graph_view canvas", timeout=60000)
    page.wait_for_timeout(800)
    page.screenshot(path=screenshots / "accuracy.png")
    assert not page.faults
    gantry, window, naive = shown_errors(page)
    assert gantry < window
    assert gantry < naive


def shown_errors(page) -> list[float]:
    """What the banner of the accuracy page says: Gantry, the best window of Odoo's wizard, naive."""
    banner = page.inner_text(".o_gantry_accuracy_banner")
    return [float(figure) for figure in re.findall(r"\b\d\.\d\d\b", banner)[:3]]


def test_a_second_start_is_quick_and_ctrl_c_ends_it_cleanly(command):
    again = Command(f"--db={DATABASE}")
    seconds = again.wait_until_ready()
    started = time.monotonic()
    text = again.stop()
    assert seconds < 15, text
    assert "Odoo stopped" in text
    assert again.process.returncode == 0, text
    assert time.monotonic() - started < 20
