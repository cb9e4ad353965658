"""Sentences for what the order file reader reports in codes and numbers."""

from .core.orderfile import MEGABYTE, Issue, OrderFileError


def file_sentence(env, error: OrderFileError) -> str:
    """Why a file as a whole cannot be used, in the user's language."""
    n = error.numbers
    roles = env["gantry.demand.import"]._role_names()
    if error.code == "too_big":
        return env._(
            "%(name)s holds %(size)s MB or more and the limit is %(limit)s MB; split it by month or year, or raise "
            "the limit in the settings.",
            name=n["name"],
            size=f"{n['size'] / MEGABYTE:,.0f}",
            limit=f"{n['limit'] / MEGABYTE:,.0f}",
        )
    if error.code == "mixed_dates":
        return env._(
            "The dates are written in more than one format (%(main)s, but %(others)s); write them in one format, or "
            "choose the date format to leave the other lines out.",
            main=n["main"],
            others=n["others"],
        )
    if error.code == "ambiguous_dates":
        return env._(
            "Day and month cannot be told apart in any date of the file (%s); choose the date format.",
            n["examples"],
        )
    if error.code == "missing_column":
        return env._("Choose the column that holds: %s.", ", ".join(roles[role] for role in n["roles"]))
    if error.code == "broken_csv":
        return env._("Line %s cannot be read as CSV; a quotation mark may be missing.", n["line"])
    return {
        "empty": env._("The file holds no lines."),
        "old_excel": env._("This is an old Excel file; save it as .xlsx or .csv."),
        "not_text": env._("This is neither a CSV file nor an Excel file."),
        "broken_archive": env._("The file is damaged or not complete: it cannot be unpacked."),
        "one_column": env._("The file has a single column; product, quantity and date are needed."),
        "bad_encoding": env._("The file is not written in one character encoding; save it as UTF-8."),
    }.get(error.code, str(error))


def line_sentences(env, numbers: dict) -> dict[int, str]:
    """What is wrong with a line, for each issue, in the user's language."""
    return {
        Issue.RAGGED: env._(
            "The line does not have the %s values of the heading; a quotation mark or delimiter may be wrong.",
            numbers["columns"],
        ),
        Issue.NO_CODE: env._("There is no product code."),
        Issue.UNKNOWN_PRODUCT: env._("No product has this code."),
        Issue.AMBIGUOUS_PRODUCT: env._("Several products have this code."),
        Issue.NO_QUANTITY: env._("There is no quantity."),
        Issue.TEXT_QUANTITY: env._("The quantity is not a number."),
        Issue.NOT_FINITE: env._("The quantity is not a finite number."),
        Issue.HUGE_QUANTITY: env._("The quantity is above a thousand million."),
        Issue.NO_DATE: env._("There is no date."),
        Issue.BAD_DATE: env._("This is not a date in the format of the file."),
        Issue.FUTURE_DATE: env._("The date lies in the future."),
        Issue.ANCIENT_DATE: env._("The date lies before 1950."),
        Issue.UNKNOWN_WAREHOUSE: env._("No warehouse is chosen for this name."),
        Issue.FAR_OUT: env._(
            "The quantity is far beyond the others (limit %s); the day is flagged as an outlier and left out of the "
            "forecast.",
            f"{numbers['limit']:,.0f}",
        ),
        Issue.DUPLICATE: env._("The line is equal to an earlier one in every column."),
        Issue.ADJUSTMENT: env._("The line has neither customer nor price: a stock correction, not counted as demand."),
        Issue.LATE_CREDIT: env._("No earlier sale fits this credit note; it counts on its own day."),
    }
