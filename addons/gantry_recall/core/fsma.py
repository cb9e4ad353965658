"""Key data elements of FSMA 204: 21 CFR 1.1330 initial packing, 1.1335 first land-based receiving, 1.1340 shipping,
1.1345 receiving, 1.1350 transformation."""

_COMMON = (
    "tlc", "product", "quantity", "unit", "date", "document_type", "document", "own_name", "own_phone", "own_street",
    "own_city", "own_country", "tlc_source",
)  # fmt: skip
_OTHER = ("other_name", "other_phone", "other_street", "other_city", "other_country")
_HARVEST = ("harvest_date", "harvest_place")

EVENTS = {
    "receiving": _COMMON + _OTHER,
    "shipping": _COMMON + _OTHER,
    # an input keeps the source of its code elsewhere: at its receipt
    "transformation_input": tuple(name for name in _COMMON if name != "tlc_source"),
    "transformation_output": _COMMON,
    # where the code of a raw commodity, or of fish, begins
    "initial_packing": _COMMON + _HARVEST + ("harvester", "harvester_phone"),
    "first_land_based_receiving": _COMMON + _HARVEST,
}
# usage of the place from, usage of the place to -> tracking event
CROSSINGS = {
    ("supplier", "internal"): "receiving",
    ("customer", "internal"): "receiving",
    ("transit", "internal"): "receiving",
    ("internal", "customer"): "shipping",
    ("internal", "supplier"): "shipping",
    ("internal", "transit"): "shipping",
    ("supplier", "customer"): "shipping",
    ("internal", "production"): "transformation_input",
    ("production", "internal"): "transformation_output",
}
BEGINNINGS = ("packing", "landing")


def tracking_events(source: str, target: str, start: str | None = None, moved_house: bool = False) -> tuple[str, ...]:
    """Tracking events of a movement.

    Parameters
    ----------
    source, target : str
        Usage of the places: supplier, internal, transit, customer, production, inventory.
    start : str, optional
        How the traceability lot code of the product begins: ``packing`` at its initial packing, ``landing`` at the
        first receipt on land.
    moved_house : bool
        Whether the places belong to two addresses of the company; then it ships to itself and receives from itself.

    Examples
    --------
    >>> tracking_events("supplier", "internal", "landing"), tracking_events("internal", "internal", None, True)
    (('first_land_based_receiving',), ('shipping', 'receiving'))
    """
    if start not in (None, *BEGINNINGS):
        raise ValueError(f"A lot code begins at {' or '.join(BEGINNINGS)}, not at {start}.")
    if source == target == "internal":
        return ("shipping", "receiving") if moved_house else ()
    event = CROSSINGS.get((source, target))
    if start == "landing" and (source, target) == ("supplier", "internal"):
        event = "first_land_based_receiving"
    if start == "packing" and event == "transformation_output":
        event = "initial_packing"
    return (event,) if event else ()


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
