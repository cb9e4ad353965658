"""Somebody tries Gantry on an own order history."""

import csv
import datetime
import random

import odoorpc
from conftest import Command, logged_in

PRODUCTS = 40
DAYS = 400


def write_orders(path) -> None:
    """Order lines of a small shop: a weekday pattern, a season and a few rare parts."""
    source = random.Random(7)
    first = datetime.date(2024, 1, 1)
    with open(path, "w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["Order", "SKU", "Description", "Qty", "Date", "Unit price"])
        for day in range(DAYS):
            date = first + datetime.timedelta(day)
            for product in range(PRODUCTS):
                chance = 0.6 if product < 30 else 0.04
                if date.weekday() < 6 and source.random() < chance:
                    quantity = 1 + int(source.expovariate(0.3) * (1.5 if date.month in (11, 12) else 1.0))
                    row = [f"SO{day:05}", f"P-{product:03}", f"Part {product}", quantity, date.isoformat(), "4.50"]
                    writer.writerow(row)


def read_over_rpc(url: str, database: str) -> list[dict]:
    """Every forecast, page by page, as another system reads them."""
    client = odoorpc.ODOO("127.0.0.1", protocol="jsonrpc", port=int(url.rsplit(":", 1)[1]))
    client.login(database, "admin", "admin")
    rows, offset = [], 0
    while True:
        answer = client.execute_kw("gantry.forecast.api", "get_forecasts", [], {"limit": 30, "offset": offset})
        rows += answer["items"]
        offset += 30
        if offset >= answer["total"]:
            return rows


def test_an_own_order_history_ends_in_a_forecast_of_every_product(browser, tmp_path, screenshots):
    path = tmp_path / "shop.csv"
    write_orders(path)
    command = Command(f"--orders={path}", "--fresh")
    try:
        command.wait_until_ready()
        page = logged_in(browser, command.url)
        page.wait_for_selector(".o_list_view .o_data_row", timeout=60000)
        page.screenshot(path=screenshots / "orders.png")
        assert int(page.inner_text(".o_pager_limit").replace(",", "")) == PRODUCTS
        assert not page.faults
        forecasts = read_over_rpc(command.url, f"gantry_{path.stem}")
        assert len({row["product_id"] for row in forecasts}) == PRODUCTS
    finally:
        command.stop()


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    command = Command(f"--orders={tmp_path / 'nothing.csv'}")
    command.process.wait(120)
    command.reader.join(5)
    assert command.process.returncode == 1
    assert "There is no file" in command.text
    assert "Traceback" not in command.text
