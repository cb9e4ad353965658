"""From lines to demand per product, warehouse and day: judge each line, net credit notes, add up."""

import numpy as np

from .dates import read_dates
from .numbers import EMPTY, NOT_FINITE, TEXT, find_decimal, read_numbers
from .types import NO_DAY, Found, Issue, Lines, Plan, Role, Rules

HUGE = 1e9
ANCIENT = -7305  # 1950-01-01
_MANY_SIGNS = 0.98


def judge(lines: Lines, rules: Rules) -> Found:
    """Read numbers and dates of all lines and find the first error of each.

    Raises
    ------
    OrderFileError
        When the dates of the file are written in mixed or ambiguous formats.
    """
    quantity, price, status, decimal = _numbers(lines, rules)
    day, order = _days(lines, rules)
    issue = np.zeros(len(lines), np.int8)

    def mark(mask: np.ndarray, code: Issue) -> None:
        issue[mask & (issue == 0)] = code

    has_code = lines.index["code"] > 0
    mark(~(has_code | (lines.index["barcode"] > 0)), Issue.NO_CODE)
    mark(status == EMPTY, Issue.NO_QUANTITY)
    mark(status == TEXT, Issue.TEXT_QUANTITY)
    mark(status == NOT_FINITE, Issue.NOT_FINITE)
    mark(np.abs(quantity) > HUGE, Issue.HUGE_QUANTITY)
    mark(lines.index["date"] == 0, Issue.NO_DATE)
    mark(day == NO_DAY, Issue.BAD_DATE)
    mark(day > rules.today, Issue.FUTURE_DATE)
    mark(day < ANCIENT, Issue.ANCIENT_DATE)
    good = issue == 0
    limit = far_out_limit(quantity[good])
    credit_note = _credit_notes(lines, quantity)
    return Found(
        lines=lines,
        quantity=quantity,
        day=day,
        price=price,
        issue=issue,
        far_out=good & (np.abs(quantity) > limit),
        duplicate=good & _copies(lines.digest),
        adjustment=good & _adjustments(lines, price, credit_note),
        credit=good & (quantity < 0),
        limit=limit,
        date_order=order,
        decimal=decimal,
    )


def _numbers(lines: Lines, rules: Rules):
    quantities, prices = lines.values["quantity"], lines.values["price"]
    delimiter = lines.layout.delimiter or ","
    decimal = rules.decimal or find_decimal([*quantities, *prices], delimiter)
    values, status = read_numbers(quantities, decimal)
    price, _status = read_numbers(prices, decimal)
    index = lines.index["quantity"]
    return values[index], price[lines.index["price"]], status[index], decimal


def _days(lines: Lines, rules: Rules):
    texts, index = lines.values["date"], lines.index["date"]
    counts = np.bincount(index, minlength=len(texts))
    first = np.zeros(len(texts), np.int64)
    first[index[::-1]] = lines.line[::-1]
    days, order = read_dates(texts, counts, first, order=rules.date_order)
    return days[index], order


def far_out_limit(quantity: np.ndarray) -> float:
    """Bound beyond which a quantity is absurd: Tukey's far-out fence on the logarithm of the size.

    The fence stands three interquartile ranges above the upper quartile (Tukey, Exploratory Data Analysis, 1977);
    the range counts as at least a factor of ten, so that equal quantities do not make everything else absurd.

    >>> float(round(far_out_limit(np.array([1., 1., 2., 3., 10., 10., 12.]))))
    10000.0
    """
    size = np.abs(quantity)
    size = size[size > 0]
    if not len(size):
        return HUGE
    low, high = np.log10(np.quantile(size, (0.25, 0.75)))
    return float(10 ** (high + 3 * max(high - low, 1.0)))


def _copies(digest: np.ndarray) -> np.ndarray:
    """Mark second and further rows of equal digest, in file order."""
    copies = np.ones(len(digest), bool)
    copies[np.unique(digest, return_index=True)[1]] = False
    return copies


def _credit_notes(lines: Lines, quantity: np.ndarray) -> np.ndarray:
    """Mark lines of orders whose number begins with letters that only credit notes have (C536379)."""
    prefix = lines.index["prefix"]
    n = len(lines.values["prefix"])
    total = np.bincount(prefix, minlength=n)
    negative = np.bincount(prefix, quantity < 0, minlength=n)
    credit = negative >= _MANY_SIGNS * np.maximum(total, 1)
    credit[0] = False
    return credit[prefix]


def _adjustments(lines: Lines, price: np.ndarray, credit_note: np.ndarray) -> np.ndarray:
    """Mark lines without customer and price in a file that has both: stock taken or found, nobody ordered it."""
    roles = lines.layout.roles
    if Role.CUSTOMER not in roles or Role.PRICE not in roles:
        return np.zeros(len(lines), bool)
    return (lines.index["customer"] == 0) & ~(np.nan_to_num(price) > 0) & ~credit_note


def usable(found: Found, rules: Rules, issue: np.ndarray) -> np.ndarray:
    """Mark the lines that count as demand."""
    use = (issue == 0) & (found.quantity != 0)
    if rules.drop_duplicates:
        use &= ~found.duplicate
    if rules.drop_adjustments:
        use &= ~found.adjustment
    return use


def aggregate(found: Found, rules: Rules, product: np.ndarray, warehouse: np.ndarray) -> Plan:
    """Add lines up.

    Parameters
    ----------
    product : int (n,)
        The caller's product of each line, 0 where it is unknown, -1 where several products fit.
    warehouse : int (n,)
        The caller's warehouse of each line, 0 or less where it is unknown.

    Returns
    -------
    Plan
        Sorted by product, warehouse and day.
    """
    issue = found.issue.copy()
    issue[(product == 0) & (issue == 0)] = Issue.UNKNOWN_PRODUCT
    issue[(product < 0) & (issue == 0)] = Issue.AMBIGUOUS_PRODUCT
    issue[(warehouse <= 0) & (issue == 0)] = Issue.UNKNOWN_WAREHOUSE
    use = np.flatnonzero(usable(found, rules, issue))
    product, warehouse = product[use], warehouse[use]
    quantity, day, far_out = found.quantity[use], found.day[use].copy(), found.far_out[use].copy()
    sale_of = np.full(len(use), -1, np.int64)
    if rules.net_credits and Role.CUSTOMER in found.lines.layout.roles:
        sale_of = match_credits(product, warehouse, found.lines.index["customer"][use], day, quantity)
    taken = np.flatnonzero(sale_of >= 0)
    day[taken] = day[sale_of[taken]]
    whole = taken[quantity[sale_of[taken]] == -quantity[taken]]
    far_out[whole] = far_out[sale_of[whole]] = False
    late = (quantity < 0) & (sale_of < 0)
    return _add_up(found, issue, use, product, warehouse, day, quantity, far_out, late)


def _add_up(found, issue, use, product, warehouse, day, quantity, far_out, late) -> Plan:
    products, p = np.unique(product, return_inverse=True)
    warehouses, w = np.unique(warehouse, return_inverse=True)
    days, d = np.unique(day, return_inverse=True)
    keys, group = np.unique(
        (p.astype(np.int64) * max(len(warehouses), 1) + w) * max(len(days), 1) + d, return_inverse=True
    )
    m = len(keys)
    pair, d = np.divmod(keys, max(len(days), 1))
    p, w = np.divmod(pair, max(len(warehouses), 1))
    all_late = np.zeros(len(issue), bool)
    all_late[use[late]] = True
    reasons = {
        "lines": len(issue) + len(found.lines.ragged),
        "used": len(use),
        "errors": int((issue > 0).sum()) + len(found.lines.ragged),
        "duplicates": int(found.duplicate.sum()),
        "adjustments": int((found.adjustment & (issue == 0)).sum()),
        "zeros": int(((found.quantity == 0) & (issue == 0)).sum()),
        "far_out": int(found.far_out.sum()),
        "far_out_kept": int(far_out.sum()),
        "credits": int((quantity < 0).sum()),
        "credits_matched": int((quantity < 0).sum() - late.sum()),
        "products": len(products),
        "warehouses": len(warehouses),
        "days": m,
    }
    return Plan(
        product=products[p] if m else products,
        warehouse=warehouses[w] if m else warehouses,
        day=days[d] if m else days,
        sold=np.bincount(group, np.maximum(quantity, 0), minlength=m),
        returned=np.bincount(group, np.maximum(-quantity, 0), minlength=m),
        lines=np.bincount(group, minlength=m).astype(np.int32),
        far_out=np.bincount(group, far_out, minlength=m) > 0,
        issue=issue,
        late_credit=all_late,
        reasons=reasons,
    )


def match_credits(
    product: np.ndarray, warehouse: np.ndarray, customer: np.ndarray, day: np.ndarray, quantity: np.ndarray
) -> np.ndarray:
    """Find the sale that each credit note takes back.

    That is the latest sale to the same customer (not the empty one, number 0) of the same product and warehouse, on the
    same day or earlier, of the same quantity; failing that the latest one with as much left. A sale is taken back once.

    Returns
    -------
    int (n,)
        Position of the sale, -1 for sales and for credits without one.

    Examples
    --------
    >>> one = np.ones(4, int)
    >>> match_credits(one, one, one, np.array([1, 3, 5, 6]), np.array([4., 7., -4., -2.])).tolist()
    [-1, -1, 0, 1]
    """
    sale_of = np.full(len(quantity), -1, np.int64)
    keys = np.zeros(len(quantity), np.int64)
    for column in (product, warehouse, customer):
        distinct, number = np.unique(column, return_inverse=True)
        keys = keys * max(len(distinct), 1) + number
    wanted = np.unique(keys[(quantity < 0) & (customer > 0)])
    lines = np.flatnonzero(np.isin(keys, wanted))
    # credits after sales of their own day: files sort by document, not by time
    lines = lines[np.lexsort((lines, quantity[lines] < 0, day[lines], keys[lines]))]
    group, amount = keys[lines].tolist(), quantity[lines].tolist()
    current, open_sales = -1, []
    for position, key, value in zip(lines.tolist(), group, amount, strict=True):
        if key != current:
            current, open_sales = key, []
        if value > 0:
            open_sales.append([position, value])
        else:
            _take_back(sale_of, open_sales, position, -value)
    return sale_of


def _take_back(sale_of: np.ndarray, open_sales: list, credit: int, amount: float) -> None:
    for exact in (True, False):
        for i in range(len(open_sales) - 1, -1, -1):
            sale, left = open_sales[i]
            if left == amount or (not exact and left > amount):
                sale_of[credit] = sale
                open_sales[i][1] = left - amount
                if not open_sales[i][1]:
                    del open_sales[i]
                return
