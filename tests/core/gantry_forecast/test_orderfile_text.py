"""Reading dates, numbers and columns: what a file means before any line is judged."""

import datetime
import doctest
import importlib
import io

import numpy as np
import pytest
from gantry_forecast_core import orderfile
from gantry_forecast_core.orderfile import DateOrder, OrderFileError, Role, Source, dates, numbers
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.dates(datetime.date(1971, 1, 1), datetime.date(2060, 1, 1))


def source(text, name="orders.csv", limit=1 << 30):
    """A file held in memory."""
    data = text if isinstance(text, bytes) else text.encode()
    return Source(name=name, size=len(data), opener=lambda: io.BytesIO(data), limit=limit)


def read_dates(*texts, order=None):
    one = np.ones(len(texts), int)
    days, found = dates.read_dates(texts, one, np.arange(2, len(texts) + 2), order=order)
    return [None if d == orderfile.NO_DAY else str(np.datetime64(int(d), "D")) for d in days], found


@pytest.mark.parametrize(
    ("texts", "order", "expected"),
    [
        (["2010-12-01"], DateOrder.YMD, ["2010-12-01"]),
        (["20101201"], DateOrder.YMD, ["2010-12-01"]),
        (["31.01.2024", "01.02.2024"], DateOrder.DMY, ["2024-01-31", "2024-02-01"]),
        (["12/01/2010", "12/31/2010"], DateOrder.MDY, ["2010-12-01", "2010-12-31"]),
        (["13/1/24", "2/1/24"], DateOrder.DMY, ["2024-01-13", "2024-01-02"]),
        (["99/01/31", "98/12/01"], DateOrder.YMD, ["1999-01-31", "1998-12-01"]),
        (["1 Dec 2010", "Feb 3, 2011"], DateOrder.NAMED, ["2010-12-01", "2011-02-03"]),
        (["5. März 2024"], DateOrder.NAMED, ["2024-03-05"]),
        (["40513"], DateOrder.SERIAL, ["2010-12-01"]),
        (["1291161600"], DateOrder.UNIX, ["2010-12-01"]),
        (["01/01/2024", "02/02/2024"], DateOrder.DMY, ["2024-01-01", "2024-02-02"]),
    ],
)
def test_common_ways_to_write_a_date_are_read(texts, order, expected):
    """One format is found from all dates, also where single ones are ambiguous."""
    assert read_dates(*texts) == (expected, order)


@given(st.lists(DAYS, min_size=1, max_size=20), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%y"]))
def test_dates_come_back_as_written(days, pattern):
    """Whatever was written in one known format is read as it was meant, or refused, but never misread."""
    order = {"%d/%m/%Y": "dmy", "%m/%d/%Y": "mdy", "%Y-%m-%d": "ymd", "%d.%m.%y": "dmy"}[pattern]
    if pattern.endswith("%y"):
        days = [day for day in days if 1971 <= day.year <= 2060] or [datetime.date(2001, 2, 3)]
        days = [day for day in days if day.year < 2070 and (day.year >= 2000 or day.year >= 1970)]
    texts = [day.strftime(pattern) for day in days]
    assert read_dates(*texts, order=DateOrder(order))[0] == [day.isoformat() for day in days]
    try:
        found, _order = read_dates(*texts)
    except OrderFileError as error:
        assert error.code == "ambiguous_dates"
    else:
        if any(day.day > 12 for day in days) and "%y" not in pattern:
            assert found == [day.isoformat() for day in days]


def test_mixed_formats_are_refused_with_the_lines():
    """A file that begins day first and goes on month first names a line of each."""
    with pytest.raises(OrderFileError) as caught:
        read_dates("13/02/2011", "14/02/2011", "02/15/2011")
    assert caught.value.code == "mixed_dates"
    assert caught.value.numbers["lines"] == [4]
    assert "line 2: 13/02/2011" in str(caught.value)
    assert "line 4: 02/15/2011" in str(caught.value)


def test_ambiguous_dates_are_refused_until_a_format_is_chosen():
    """Without any day above 12 nobody can know."""
    with pytest.raises(OrderFileError) as caught:
        read_dates("01/12/2010", "02/12/2010")
    assert caught.value.code == "ambiguous_dates"
    assert read_dates("01/12/2010", "02/12/2010", order=DateOrder.DMY)[0] == ["2010-12-01", "2010-12-02"]


def test_a_chosen_format_leaves_out_what_does_not_fit():
    """With a choice, odd lines are errors of their own instead of a refusal."""
    assert read_dates("13/02/2011", "02/15/2011", "?", order=DateOrder.DMY)[0] == ["2011-02-13", None, None]


def test_impossible_dates_are_no_dates():
    """The 30 February is not read as the 2 March."""
    assert read_dates("2011-02-30", "2011-02-28")[0] == [None, "2011-02-28"]


@given(st.floats(-1e6, 1e6).map(lambda value: round(value, 2)), st.sampled_from([".", ","]), st.booleans())
def test_numbers_come_back_as_written(value, decimal, grouped):
    """Written with either decimal sign, with or without groups of thousands, a number is itself again."""
    text = f"{value:,.2f}" if grouped else f"{value:.2f}"
    if decimal == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    assert numbers.parse(text, decimal) == (value, numbers.OK)


@pytest.mark.parametrize(
    ("text", "status"),
    [("six", numbers.TEXT), ("1_000", numbers.TEXT), ("NaN", numbers.NOT_FINITE), ("inf", numbers.NOT_FINITE),
     ("1e999", numbers.NOT_FINITE), (" ", numbers.EMPTY), ("1,2,3", numbers.TEXT), ("#N/A", numbers.NOT_FINITE)],
)  # fmt: skip
def test_what_is_no_number_says_why(text, status):
    """Text, not finite and empty are told apart."""
    assert numbers.parse(text)[1] == status


def test_groups_are_not_taken_for_decimals():
    """With a decimal comma, 1.234 is a thousand and more; 1.5 is no number at all."""
    assert numbers.parse("1.234", ",") == (1234.0, numbers.OK)
    assert numbers.parse("1.5", ",")[1] == numbers.TEXT


LAYOUTS = {
    "english": (
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
        "536366,71053,LANTERN,-2,2010-12-02 08:26:00,3.39,17850.0,United Kingdom\n",
        {"order": 0, "code": 1, "description": 2, "quantity": 3, "date": 4, "price": 5, "customer": 6},
    ),
    "german": (
        "Belegnummer;Artikelnr;Bezeichnung;Menge;Rechnungsdatum;Einzelpreis;Kundennr;Lager\n"
        "R1;A-17;Schraube;1.200;31.12.2023;0,05;K1;Nord\n"
        "R2;A-18;Mutter;2,5;01.01.2024;0,10;K2;Süd\n",
        {"order": 0, "code": 1, "description": 2, "quantity": 3, "date": 4, "price": 5, "customer": 6, "warehouse": 7},
    ),
    "french, tabs": (
        "Référence\tQuantité\tDate\tPrix\nP1\t3\t15/02/2024\t2,50\nP2\t1\t16/02/2024\t1,00\n",
        {"code": 0, "quantity": 1, "date": 2, "price": 3},
    ),
    "barcode": (
        "ean,qty,sold on,day\n4006381333931,3,x,2024-01-31\n5000127163423,4,y,2024-02-01\n",
        {"barcode": 0, "quantity": 1, "date": 3},
    ),
    "quantity before price": (
        "date,item,sales price,quantity sold\n2024-01-31,A1,2.55,3\n2024-02-01,A1,3.10,4\n",
        {"date": 0, "code": 1, "price": 2, "quantity": 3},
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_columns_are_guessed_from_names_and_values(name):
    """Headings of several languages and systems are understood."""
    text, expected = LAYOUTS[name]
    roles = {role.value: column for role, column in orderfile.sniff(source(text)).roles.items()}
    assert {key: roles.get(key) for key in expected} == expected


def test_a_file_without_headings_is_guessed_from_its_values():
    """Product, quantity and date can be told by what they look like."""
    layout = orderfile.sniff(source("A1;3;2024-01-31\nA2;4;2024-02-01\nA3;1;2024-02-01\n"))
    assert not layout.header
    assert layout.columns == ("Column 1", "Column 2", "Column 3")
    assert layout.roles == {Role.CODE: 0, Role.QUANTITY: 1, Role.DATE: 2}
    assert len(orderfile.read(source("A1;3;2024-01-31\nA2;4;2024-02-01\n"), layout)) == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b"\n\n", "empty"), (b"one\n1\n", "one_column"), (b"%PDF-1.4\0\0\0,", "not_text"),
     (b"\xd0\xcf\x11\xe0rest of an old file", "old_excel"), (b"PK\x03\x04 not a zip", "broken_archive"),
     (b"\x1f\x8b\x08\x00 broken", "broken_archive")],
)  # fmt: skip
def test_what_is_no_order_file_is_refused_in_a_sentence(data, code):
    """Each kind of wrong file has its own reason."""
    with pytest.raises(OrderFileError) as caught:
        orderfile.sniff(source(data))
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("name", ["types", "dates", "numbers", "source", "sniff", "reader", "aggregate", "describe"])
def test_examples_in_docstrings(name):
    """The smallest example of every public function is true."""
    module = importlib.import_module(f"gantry_forecast_core.orderfile.{name}")
    assert doctest.testmod(module).failed == 0


def test_a_layout_without_what_is_needed_is_refused():
    """The sentence names what is missing."""
    layout = orderfile.Layout(kind="csv", columns=("a", "b"), roles={Role.CODE: 0})
    with pytest.raises(OrderFileError, match="quantity, date"):
        layout.require()
    with pytest.raises(OrderFileError, match="2 columns"):
        orderfile.Layout(kind="csv", columns=("a", "b"), roles={Role.CODE: 2})
