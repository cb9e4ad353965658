"""The demo story as arrays: a wholesaler with two warehouses, told from a seed up to a given day."""

from .barcode import ean13
from .story import solve
from .types import (
    COUNT,
    DELIVERY,
    KINDS,
    RECEIPT,
    RETURN,
    TRANSFER_IN,
    TRANSFER_OUT,
    Customer,
    Documents,
    Event,
    Moves,
    OpenOrder,
    Params,
    Price,
    Product,
    Story,
    Supplier,
)

__all__ = [
    "COUNT", "DELIVERY", "KINDS", "RECEIPT", "RETURN", "TRANSFER_IN", "TRANSFER_OUT", "Customer", "Documents",
    "Event", "Moves", "OpenOrder", "Params", "Price", "Product", "Story", "Supplier", "ean13", "solve",
]
