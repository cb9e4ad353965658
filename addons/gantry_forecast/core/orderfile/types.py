"""Vocabulary of the order file reader: roles of columns, layout of a file, lines, issues, plan."""

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any

import numpy as np

NO_DAY = np.iinfo(np.int32).min
"""Day number of a value that is not a date (days are counted from 1970-01-01)."""


class Role(str, Enum):
    """What a column of an order file tells."""

    CODE = "code"
    BARCODE = "barcode"
    QUANTITY = "quantity"
    DATE = "date"
    WAREHOUSE = "warehouse"
    PRICE = "price"
    CUSTOMER = "customer"
    ORDER = "order"
    DESCRIPTION = "description"
    CATEGORY = "category"


class DateOrder(str, Enum):
    """How a date is written."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"
    NAMED = "named"  # 1 Dec 2010: the month has a name
    SERIAL = "serial"  # spreadsheet day number
    UNIX = "unix"  # seconds since 1970


class Issue(IntEnum):
    """What can be wrong with a line. Up to ``LAST_ERROR`` the line cannot be used, above it is a remark."""

    RAGGED = 1
    NO_CODE = 2
    UNKNOWN_PRODUCT = 3
    NO_QUANTITY = 4
    TEXT_QUANTITY = 5
    NOT_FINITE = 6
    HUGE_QUANTITY = 7
    NO_DATE = 8
    BAD_DATE = 9
    FUTURE_DATE = 10
    ANCIENT_DATE = 11
    UNKNOWN_WAREHOUSE = 12
    AMBIGUOUS_PRODUCT = 13
    FAR_OUT = 20
    DUPLICATE = 21
    ADJUSTMENT = 22
    ZERO = 23
    LATE_CREDIT = 24


LAST_ERROR = Issue.AMBIGUOUS_PRODUCT

ISSUE_ROLE = {
    Issue.NO_CODE: Role.CODE,
    Issue.UNKNOWN_PRODUCT: Role.CODE,
    Issue.AMBIGUOUS_PRODUCT: Role.CODE,
    Issue.NO_QUANTITY: Role.QUANTITY,
    Issue.TEXT_QUANTITY: Role.QUANTITY,
    Issue.NOT_FINITE: Role.QUANTITY,
    Issue.HUGE_QUANTITY: Role.QUANTITY,
    Issue.NO_DATE: Role.DATE,
    Issue.BAD_DATE: Role.DATE,
    Issue.FUTURE_DATE: Role.DATE,
    Issue.ANCIENT_DATE: Role.DATE,
    Issue.UNKNOWN_WAREHOUSE: Role.WAREHOUSE,
    Issue.FAR_OUT: Role.QUANTITY,
    Issue.ADJUSTMENT: Role.QUANTITY,
    Issue.ZERO: Role.QUANTITY,
    Issue.LATE_CREDIT: Role.QUANTITY,
}


class OrderFileError(ValueError):
    """The file as a whole cannot be used.

    Parameters
    ----------
    code : str
        Stable name of the reason; the caller may word it in another language.
    message : str
        One plain sentence.
    **numbers
        What the sentence is made of.
    """

    def __init__(self, code: str, message: str, **numbers: Any):
        super().__init__(message)
        self.code = code
        self.numbers = numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a file is written and what its columns mean.

    Attributes
    ----------
    kind : {'csv', 'xlsx'}
    gzipped : bool
    encoding, delimiter : str
        Empty for a workbook.
    header : bool
        Whether the first row names the columns.
    columns : tuple of str
        Names of the columns (``"Column 3"`` where there is none).
    sample : tuple of tuple of str
        The first rows of data, for the eye.
    roles : dict of Role to int
        Guessed or chosen column of each role.
    """

    kind: str
    gzipped: bool = False
    encoding: str = ""
    delimiter: str = ""
    header: bool = True
    columns: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
    roles: dict[Role, int] = field(default_factory=dict)

    def __post_init__(self):
        for role, column in self.roles.items():
            if not 0 <= column < len(self.columns):
                raise OrderFileError(
                    "no_such_column",
                    f"The {role.value} is to be read from column {column + 1}, "
                    f"but the file has {len(self.columns)} columns.",
                    role=role.value,
                    column=column + 1,
                    columns=len(self.columns),
                )

    def require(self) -> None:
        """Refuse a layout that lacks what an order line needs."""
        missing = [role for role in (Role.QUANTITY, Role.DATE) if role not in self.roles]
        if Role.CODE not in self.roles and Role.BARCODE not in self.roles:
            missing.insert(0, Role.CODE)
        if missing:
            names = ", ".join(role.value for role in missing)
            raise OrderFileError(
                "missing_column", f"Choose the column that holds: {names}.", roles=[r.value for r in missing]
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Choices of the person who imports.

    Attributes
    ----------
    today : int
        Day number; later dates are errors.
    date_order : DateOrder or None
        None: found out from all dates of the file.
    decimal : {'.', ',', ''}
        Empty: found out from all numbers of the file.
    drop_duplicates : bool
        Leave out the second and further copies of a line that is the same in every column.
    drop_adjustments : bool
        Leave out lines with neither a customer nor a price: stock corrections, not demand.
    net_credits : bool
        Book a credit note on the day of the sale it takes back, where that sale is found.
    """

    today: int
    date_order: DateOrder | None = None
    decimal: str = ""
    drop_duplicates: bool = False
    drop_adjustments: bool = True
    net_credits: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A whole file, each column reduced to numbers of its distinct values.

    ``line`` (n,) is the line number in the file; ``code``, ``quantity``, ``date``, ``warehouse``, ``customer``,
    ``price``, ``prefix``, ``description``, ``category`` and ``barcode`` (n,) are positions in the tuple of the same
    name in ``values`` (position 0 is the empty text); ``digest`` (n,) is equal for rows equal in every column.
    ``ragged`` holds (line, number of values) of rows that do not have the number of columns of the file.
    """

    layout: Layout
    line: np.ndarray
    index: dict[str, np.ndarray]
    values: dict[str, tuple[str, ...]]
    digest: np.ndarray
    ragged: tuple[tuple[int, int], ...] = ()

    def __len__(self) -> int:
        return len(self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Lines with their numbers and dates read, and what is wrong with each.

    ``issue`` (n,) holds the first error of a line (0: none), ``far_out`` (n,) lines beyond ``limit``,
    ``duplicate`` (n,) further copies, ``adjustment`` (n,) lines that are no demand, ``credit`` (n,) lines
    that take back a sale. ``quantity`` (n,) is signed; ``day`` (n,) counts from 1970-01-01.
    """

    lines: Lines
    quantity: np.ndarray
    day: np.ndarray
    price: np.ndarray
    issue: np.ndarray
    far_out: np.ndarray
    duplicate: np.ndarray
    adjustment: np.ndarray
    credit: np.ndarray
    limit: float
    date_order: DateOrder
    decimal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Demand per product, warehouse and day, ready to be written.

    ``product``, ``warehouse`` (m,) are the caller's numbers, ``day`` (m,) counts from 1970-01-01,
    ``sold`` and ``returned`` (m,) are not negative, ``lines`` (m,) counts order lines, ``far_out`` (m,) marks days with
    a quantity beyond the limit that was not taken back. ``reasons`` counts what happened to the lines.
    """

    product: np.ndarray
    warehouse: np.ndarray
    day: np.ndarray
    sold: np.ndarray
    returned: np.ndarray
    lines: np.ndarray
    far_out: np.ndarray
    issue: np.ndarray
    late_credit: np.ndarray
    reasons: dict[str, int]
