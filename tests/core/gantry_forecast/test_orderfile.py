"""From a file to demand per day: errors line by line, credit notes, sums."""

import csv
import datetime
import gzip
import io
from collections import defaultdict

import numpy as np
import openpyxl
import pytest
from gantry_forecast_core import orderfile
from gantry_forecast_core.orderfile import Issue, OrderFileError, Role, Rules, Source
from hypothesis import given, settings
from hypothesis import strategies as st

TODAY = 20_000  # 2024-10-04
HEAD = "code,quantity,date,customer,price,order\n"


def source(text, limit=1 << 30, name="orders.csv"):
    """A file held in memory."""
    data = text if isinstance(text, bytes) else text.encode()
    return Source(name=name, size=len(data), opener=lambda: io.BytesIO(data), limit=limit)


def lines_of(text, **kw):
    where = source(text, **kw)
    return orderfile.read(where, orderfile.sniff(where))


def solve(text, unknown=(), **rules):
    """The plan of a file with one warehouse in which all products but some are known."""
    lines = lines_of(text)
    rules = Rules(today=TODAY, **rules)
    found = orderfile.judge(lines, rules)
    known = np.array([0 if code in unknown else i for i, code in enumerate(lines.values["code"])])
    plan = orderfile.aggregate(found, rules, known[lines.index["code"]], np.ones(len(lines), int))
    return lines, found, plan


def rows_of(lines, plan):
    """Rows of a plan as (code, day, sold, returned)."""
    return [
        (lines.values["code"][p], (np.datetime64(int(d), "D")).item().isoformat(), s, r)
        for p, d, s, r in zip(plan.product, plan.day, plan.sold, plan.returned, strict=True)
    ]


def test_every_bad_line_has_its_first_error():
    """One line of each kind, numbered as in the file."""
    text = HEAD + (
        "A,1,2024-01-31,c,1,1\n"
        ",1,2024-01-31,c,1,1\n"
        "X,1,2024-01-31,c,1,1\n"
        "A,,2024-01-31,c,1,1\n"
        "A,six,2024-01-31,c,1,1\n"
        "A,NaN,2024-01-31,c,1,1\n"
        "A,1e12,2024-01-31,c,1,1\n"
        "A,1,,c,1,1\n"
        "A,1,soon,c,1,1\n"
        "A,1,2031-01-01,c,1,1\n"
        "A,1,1901-01-01,c,1,1\n"
        "A,1,2024-01-31\n"
    )
    lines, _found, plan = solve(text, unknown=("X",))
    issues = dict(zip(lines.line.tolist(), plan.issue.tolist(), strict=True))
    assert issues == {
        2: 0, 3: Issue.NO_CODE, 4: Issue.UNKNOWN_PRODUCT, 5: Issue.NO_QUANTITY, 6: Issue.TEXT_QUANTITY,
        7: Issue.NOT_FINITE, 8: Issue.HUGE_QUANTITY, 9: Issue.NO_DATE, 10: Issue.BAD_DATE, 11: Issue.FUTURE_DATE,
        12: Issue.ANCIENT_DATE,
    }  # fmt: skip
    assert lines.ragged == ((13, 3),)
    assert plan.reasons["errors"] == 11
    assert rows_of(lines, plan) == [("A", "2024-01-31", 1, 0)]


def test_line_numbers_count_lines_inside_quotes():
    """A description over two lines does not shift the numbers behind it."""
    lines, _found, plan = solve('code,quantity,date,name\nA,1,2024-01-31,"two\nlines"\nA,six,2024-01-31,x\n')
    assert lines.line.tolist() == [2, 4]
    assert plan.issue.tolist() == [0, Issue.TEXT_QUANTITY]


def test_credit_notes_cancel_their_sale_on_its_day():
    """Same customer, product and quantity: the day of the sale ends at zero, nothing is left on the later day."""
    text = HEAD + "A,10,2024-01-02,c,1,7\nA,4,2024-01-03,c,1,8\nA,-10,2024-02-01,c,1,C9\nA,-3,2024-02-02,d,1,C9\n"
    lines, _found, plan = solve(text)
    assert rows_of(lines, plan) == [
        ("A", "2024-01-02", 10, 10),
        ("A", "2024-01-03", 4, 0),
        ("A", "2024-02-02", 0, 3),
    ]
    assert plan.late_credit.tolist() == [False, False, False, True]
    assert plan.reasons["credits_matched"] == 1


def test_part_of_a_sale_can_be_taken_back_but_not_twice():
    """A smaller credit note finds the latest sale with as much left."""
    text = HEAD + "A,10,2024-01-02,c,1,7\n" + "A,-6,2024-02-01,c,1,C8\n" + "A,-6,2024-02-02,c,1,C9\n"
    lines, _found, plan = solve(text)
    assert rows_of(lines, plan) == [("A", "2024-01-02", 10, 6), ("A", "2024-02-02", 0, 6)]


def test_credit_notes_can_stay_on_their_own_day():
    """The choice of the person who imports."""
    text = HEAD + "A,10,2024-01-02,c,1,7\nA,-10,2024-02-01,c,1,C9\n"
    lines, _found, plan = solve(text, net_credits=False)
    assert rows_of(lines, plan) == [("A", "2024-01-02", 10, 0), ("A", "2024-02-01", 0, 10)]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.tuples(st.integers(1, 2), st.integers(0, 2), st.integers(0, 4), st.integers(-3, 3).filter(bool)),
        min_size=1,
        max_size=25,
    )
)
def test_credits_match_like_a_clerk_would(rows):
    """Against a clerk with a stack of paper per customer and product; nothing is lost or made."""
    product, customer, day, quantity = (np.array(column) for column in zip(*rows, strict=True))
    sale_of = orderfile.match_credits(product, np.ones_like(product), customer, day, quantity.astype(float))
    stacks, expected = defaultdict(list), [-1] * len(rows)
    for i in sorted(range(len(rows)), key=lambda i: (day[i], quantity[i] < 0, i)):
        stack = stacks[product[i], customer[i]]
        if quantity[i] > 0:
            stack.append([i, quantity[i]])
            continue
        if not customer[i]:
            continue
        need = -quantity[i]
        fits = [s for s in stack if s[1] == need] or [s for s in stack if s[1] > need]
        if fits:
            fits[-1][1] -= need
            expected[i] = fits[-1][0]
            if not fits[-1][1]:
                stack.remove(fits[-1])
    assert sale_of.tolist() == expected


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.integers(-9, 30), st.integers(0, 400), st.sampled_from(["", "c", "d"])),
        min_size=1,
        max_size=40,
    ),
    st.randoms(),
)
def test_sums_agree_with_counting_by_hand(rows, random):
    """Whatever the order of the lines, each product's total is what was sold less what came back."""
    def text(rows):
        days = [(datetime.date(2023, 1, 1) + datetime.timedelta(days=d)).isoformat() for _c, _q, d, _k in rows]
        return HEAD + "".join(
            f"{c},{q},{day},{k},1,{i}\n" for i, ((c, q, _d, k), day) in enumerate(zip(rows, days, strict=True))
        )

    totals = defaultdict(int)
    for code, quantity, _day, _customer in rows:
        totals[code] += quantity
    lines, _found, plan = solve(text(rows))
    assert sum(plan.lines) == sum(1 for row in rows if row[1])
    net = defaultdict(float)
    for code, _day, sold, returned in rows_of(lines, plan):
        net[code] += sold - returned
    assert {c: q for c, q in net.items() if q} == {c: q for c, q in totals.items() if q}


def test_repeated_lines_are_counted_and_dropped_on_demand():
    """Equal in every column; a second customer with the same order is not a repetition."""
    text = HEAD + "A,1,2024-01-31,c,1,1\n" * 3 + "A,1,2024-01-31,d,1,1\n"
    lines, found, plan = solve(text)
    assert found.duplicate.tolist() == [False, True, True, False]
    assert rows_of(lines, plan) == [("A", "2024-01-31", 4, 0)]
    lines, _found, plan = solve(text, drop_duplicates=True)
    assert rows_of(lines, plan) == [("A", "2024-01-31", 2, 0)]


def test_stock_corrections_are_no_demand():
    """Neither customer nor price in a file that has both; a credit note without customer stays one."""
    text = HEAD + "A,5,2024-01-02,c,1,1\nA,-900,2024-01-03,,0,2\nA,50,2024-01-03,,0,3\nA,-1,2024-01-04,,0,C4\n"
    lines, found, plan = solve(text)
    assert found.adjustment.tolist() == [False, True, True, False]
    assert rows_of(lines, plan) == [("A", "2024-01-02", 5, 0), ("A", "2024-01-04", 0, 1)]
    _lines, _found, plan = solve(text, drop_adjustments=False)
    assert plan.reasons["used"] == 4


def test_absurd_quantities_are_flagged_unless_taken_back():
    """Far beyond the others: flagged, kept; a mistake that was cancelled leaves no flag."""
    usual = "".join(f"A,{i % 10 + 1},2024-01-{i % 28 + 1:02},c{i},1,{i}\n" for i in range(60))
    text = HEAD + usual + "A,80995,2024-03-01,x,1,900\nA,-80995,2024-03-01,x,1,C901\nA,74215,2024-03-02,y,1,902\n"
    lines, found, plan = solve(text)
    assert found.far_out.sum() == 3
    flagged = [row for row, flag in zip(rows_of(lines, plan), plan.far_out, strict=True) if flag]
    assert flagged == [("A", "2024-03-02", 74215, 0)]


def test_equal_quantities_do_not_make_a_larger_one_absurd():
    """A shop that always sells one piece may sell a hundred."""
    assert orderfile.far_out_limit(np.ones(50)) >= 1000


def test_zeros_and_a_single_sale_are_fine():
    """All zeros give no demand and no error; one sale gives one row."""
    _lines, _found, plan = solve(HEAD + "A,0,2024-01-31,c,1,1\nA,0,2024-01-31,c,1,2\n")
    assert (len(plan.day), plan.reasons["zeros"], plan.reasons["errors"]) == (0, 2, 0)
    lines, _found, plan = solve(HEAD + "A,1,2024-01-31,c,1,1\n")
    assert rows_of(lines, plan) == [("A", "2024-01-31", 1, 0)]


def test_several_products_of_one_code_are_an_error():
    """The caller says -1 where it cannot choose."""
    lines = lines_of(HEAD + "A,1,2024-01-31,c,1,1\n")
    rules = Rules(today=TODAY)
    plan = orderfile.aggregate(orderfile.judge(lines, rules), rules, np.array([-1]), np.array([1]))
    assert plan.issue.tolist() == [Issue.AMBIGUOUS_PRODUCT]
    plan = orderfile.aggregate(orderfile.judge(lines, rules), rules, np.array([1]), np.array([0]))
    assert plan.issue.tolist() == [Issue.UNKNOWN_WAREHOUSE]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_are_found_out(encoding):
    """A name with an umlaut arrives whole."""
    lines = lines_of("code;quantity;date;name\nÄ1;1;31.01.2024;Schlüssel\n".encode(encoding))
    assert (lines.values["code"][1], lines.values["description"][1]) == ("Ä1", "Schlüssel")


def test_an_umlaut_far_down_changes_the_encoding():
    """The first megabyte is plain ASCII, then comes a letter of the old Windows code page."""
    body = "".join(f"A{i % 7},1,2024-01-{i % 28 + 1:02},plain text to fill the file\n" for i in range(25_000))
    lines = lines_of(b"code,quantity,date,name\n" + body.encode() + "Ö,1,2024-01-31,x\n".encode("cp1252"))
    assert lines.values["code"][-1] == "Ö"
    assert len(lines) == 25_001


def test_gzip_and_excel_say_the_same_as_csv():
    """One content in three files."""
    rows = [["code", "quantity", "date"], ["A", 2, datetime.datetime(2024, 1, 31, 8, 5)],
            ["B", 1.5, datetime.datetime(2024, 2, 1)]]  # fmt: skip
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    text = buffer.getvalue()
    results = []
    for data in (text, gzip.compress(text.encode()), out.getvalue()):
        lines, _found, plan = solve(data)
        results.append(rows_of(lines, plan))
    assert results[0] == results[1] == results[2] == [("A", "2024-01-31", 2, 0), ("B", "2024-02-01", 1.5, 0)]


def test_a_file_beyond_the_limit_is_refused_before_it_is_read():
    """Two gigabytes: one sentence, and the file is not even opened."""
    def opener():
        raise AssertionError("opened")

    with pytest.raises(OrderFileError, match="2,000 MB and the limit is 1,024 MB") as caught:
        Source(name="big.csv", size=2000 << 20, opener=opener, limit=1024 << 20)
    assert caught.value.code == "too_big"


def test_a_small_archive_of_a_huge_file_is_stopped():
    """The limit holds for what is unpacked, too."""
    data = gzip.compress(HEAD.encode() + b"A,1,2024-01-31,c,1,1\n" * 200_000)
    where = source(data, limit=1 << 21)
    layout = orderfile.sniff(where)
    with pytest.raises(OrderFileError, match="more than 2 MB"):
        orderfile.read(where, layout)


def test_the_file_is_read_in_steps():
    """Progress tells lines and share, and never more than a chunk of rows is held."""
    text = HEAD + "A,1,2024-01-31,c,1,1\n" * 50_000
    where = source(text)
    steps = list(orderfile.read_steps(where, orderfile.sniff(where)))
    assert [step.lines for step in steps] == [20_000, 40_000, 50_000]
    assert steps[-1].share == 1.0


def test_a_quotation_mark_without_end_is_told_with_its_line():
    """Otherwise the rest of the file would silently be one value."""
    text = HEAD + "A,1,2024-01-31,c,1,1\n" + 'A,1,"2024-01-31,c,1,1\n' + "A,1,2024-01-31,c,1,1\n" * 9000
    with pytest.raises(OrderFileError) as caught:
        lines_of(text)
    assert caught.value.code == "broken_csv"
    assert caught.value.numbers["line"] == 3


def test_new_products_get_the_usual_name_and_price():
    """The most frequent description and the median price, not the first ones."""
    text = "code,quantity,date,description,price\n" + "A,1,2024-01-31,damaged,0\n" + (
        "A,1,2024-01-31,LANTERN,3\nA,1,2024-02-01,LANTERN,5\nA,1,2024-02-02,LANTERN,4\n")
    lines, found, _plan = solve(text)
    group = np.zeros(len(lines), int)
    name = orderfile.most_common(group, lines.index["description"], 1)[0]
    assert lines.values["description"][name] == "LANTERN"
    assert orderfile.typical_price(found.price, group, 1).tolist() == [4.0]


def test_roles_chosen_by_hand_win():
    """The same file read with other columns."""
    where = source("a,b,c,d\nX,1,2024-01-31,7\n")
    layout = orderfile.Layout(
        kind="csv", encoding="utf-8", delimiter=",", columns=("a", "b", "c", "d"),
        roles={Role.CODE: 0, Role.QUANTITY: 3, Role.DATE: 2},
    )  # fmt: skip
    lines = orderfile.read(where, layout)
    assert orderfile.judge(lines, Rules(today=TODAY)).quantity.tolist() == [7.0]
