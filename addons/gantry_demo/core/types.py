"""What goes in and what comes out: plain rows for names, numpy columns for the many."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

# Kinds of documents, in the order in which they happen within a day.
COUNT, RECEIPT, RETURN, TRANSFER_IN, DELIVERY, TRANSFER_OUT = range(6)
KINDS = ("count", "receipt", "return", "transfer_in", "delivery", "transfer_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How long and how large the story is.

    Attributes
    ----------
    today : date
        The day on which the story stops; history ends the day before.
    days : int
        Length of the history in days.
    customers : int
        Number of customers.
    volume : float
        Multiplies every demand rate; tests tell a smaller story with it.
    """

    today: date
    days: int = 730
    customers: int = 200
    volume: float = 1.0

    def __post_init__(self):
        if self.days < 400:
            raise ValueError("The story needs at least 400 days of history.")
        if self.customers < 10:
            raise ValueError("The story needs at least 10 customers.")
        if self.volume <= 0:
            raise ValueError("The volume must be positive.")

    @property
    def start(self):
        """First day of the history."""
        return self.today - timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One article. ``volume_m3`` and ``weight_kg`` are of one unit."""

    code: str
    barcode: str
    name: str
    category: str
    brand: str
    family: int
    cost: float
    price: float
    weight_kg: float
    volume_m3: float
    pack: int
    unit: str
    season: str
    kind: str
    rate: float
    per_order: float
    growth: float
    life: str = "steady"  # steady, new, dying, dead
    born: int = -(10**6)  # first day on sale, counted from the start
    ends: int = 10**6  # day after which nobody asks for it
    lookalike: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """One vendor. ``hub`` vendors deliver to the first warehouse only."""

    name: str
    street: str
    city: str
    country: str
    brands: tuple
    lead_days: float
    lead_cv: float
    review_weeks: int
    hub: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One customer, served from warehouse ``house``; ``goods_in`` holds delivery addresses."""

    code: str
    name: str
    kind: str
    street: str
    town: str
    county: str
    house: int
    size: float
    goods_in: tuple = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A promotion or closure, known in advance."""

    name: str
    kind: str
    date_from: date
    date_to: date
    category: str
    uplift: float
    recurring: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One line of a vendor's price list."""

    product: int
    supplier: int
    min_qty: float
    price: float
    lead_days: int
    code: str


@dataclass(slots=True, kw_only=True)
class Documents:
    """Finished transfers, in the order in which they were finished.

    Attributes
    ----------
    kind : int8 array
        See ``KINDS``.
    house : int8 array
        Warehouse at which it happens.
    minute : int64 array
        When it was done, in minutes from the start of the history (UTC).
    partner : int32 array
        Customer or supplier, -1 for none.
    address : int8 array
        Delivery address of the customer, -1 for the main one.
    order : int32 array
        Number of the sales or purchase order, -1 for none.
    source : int32 array
        Document it comes from (the delivery of a return, the outgoing side of a transfer, the first
        receipt of a back order), -1 for none.
    lateness : int8 array
        Days between the planned and the real date.
    """

    kind: np.ndarray
    house: np.ndarray
    minute: np.ndarray
    partner: np.ndarray
    address: np.ndarray
    order: np.ndarray
    source: np.ndarray
    lateness: np.ndarray

    def __len__(self):
        return len(self.kind)


@dataclass(slots=True, kw_only=True)
class Moves:
    """Lines of the documents, sorted by document. ``quantity`` < 0 only in counts."""

    document: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    source: np.ndarray  # move it returns or continues, -1 for none

    def __len__(self):
        return len(self.document)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """A transfer still to be done. ``day`` is counted from today: negative is late."""

    kind: int
    house: int
    partner: int
    address: int
    order: int
    day: int
    lines: tuple  # of (product, quantity)
    source: int = -1  # finished document it continues
    urgent: bool = False


@dataclass(slots=True, kw_only=True)
class Story:
    """The whole story: names, finished documents, open orders, what is on the shelf at the end."""

    params: Params
    products: list
    suppliers: list
    supplier_of: np.ndarray
    customers: list
    prices: list
    events: list
    documents: Documents
    moves: Moves
    open_orders: list
    stock: np.ndarray  # products x warehouses at the end
    in_transit: np.ndarray  # products, between the warehouses at the end
    out_of_stock: np.ndarray  # products x warehouses x days, bool
    next_order: tuple = field(default=(1, 1))  # next sales and purchase order number
