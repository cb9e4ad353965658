"""Order files of other systems: guess the layout, read, judge every line, add up to demand per day.

    layout = sniff(source)                      # columns and their meaning, for the user to correct
    lines = read(source, layout)                # streamed into arrays of distinct values
    found = judge(lines, rules)                 # numbers, dates, errors line by line
    plan = aggregate(found, rules, product, warehouse)
"""

from .aggregate import aggregate, far_out_limit, judge, match_credits, usable
from .dates import read_dates, readings
from .describe import codes_of, most_common, typical_price
from .reader import Step, read, read_steps
from .sniff import sniff
from .source import MEGABYTE, Source
from .types import (
    ISSUE_ROLE,
    LAST_ERROR,
    NO_DAY,
    DateOrder,
    Found,
    Issue,
    Layout,
    Lines,
    OrderFileError,
    Plan,
    Role,
    Rules,
)

__all__ = [
    "ISSUE_ROLE",
    "LAST_ERROR",
    "MEGABYTE",
    "NO_DAY",
    "DateOrder",
    "Found",
    "Issue",
    "Layout",
    "Lines",
    "OrderFileError",
    "Plan",
    "Role",
    "Rules",
    "Source",
    "Step",
    "aggregate",
    "codes_of",
    "far_out_limit",
    "judge",
    "match_credits",
    "most_common",
    "read",
    "read_dates",
    "read_steps",
    "readings",
    "sniff",
    "typical_price",
    "usable",
]
