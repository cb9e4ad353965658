"""Genealogy of lots as a graph: how far, how sure, does it add up; and as EPCIS events. Knows nothing of Odoo."""

from . import epcis, epcis_hash, gs1
from .balance import Balance, balance
from .closure import CONFIDENCE, Reached, reach
from .epcis_check import faults
from .epcis_hash import event_hash
from .epochs import Epoch, epochs

__all__ = [
    "CONFIDENCE", "Balance", "Epoch", "Reached", "balance", "epcis", "epcis_hash", "epochs", "event_hash",
    "faults", "gs1", "reach",
]  # fmt: skip
