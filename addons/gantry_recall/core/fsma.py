"""Key data elements of FSMA 204 (21 CFR 1.1340 shipping, 1.1345 receiving, 1.1350 transformation)."""

_COMMON = (
    "tlc", "product", "quantity", "unit", "date", "document_type", "document", "own_name", "own_phone", "own_street",
    "own_city", "own_country", "tlc_source",
)  # fmt: skip
_OTHER = ("other_name", "other_phone", "other_street", "other_city", "other_country")

EVENTS = {
    "receiving": _COMMON + _OTHER,
    "shipping": _COMMON + _OTHER,
    # an input keeps the source of its code elsewhere: at its receipt
    "transformation_input": tuple(name for name in _COMMON if name != "tlc_source"),
    "transformation_output": _COMMON,
}


def completeness(event: str, row: dict) -> tuple[float, tuple[str, ...]]:
    """Share of the key data elements that a row has, and the names of the others.

    Zero is a quantity; empty text, None and False are missing.

    Examples
    --------
    >>> row = dict.fromkeys(EVENTS["shipping"], "x") | {"other_phone": "", "quantity": 0}
    >>> completeness("shipping", row)
    (0.9444444444444444, ('other_phone',))
    """
    if event not in EVENTS:
        raise ValueError(f"There is no tracking event {event}; take one of {', '.join(EVENTS)}.")
    names = EVENTS[event]
    missing = tuple(name for name in names if row.get(name) is None or row[name] is False or row[name] == "")
    return 1 - len(missing) / len(names), missing
