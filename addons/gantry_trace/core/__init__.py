"""Genealogy of lots as a graph: how far, how sure, does it add up. Knows nothing of Odoo."""

from .balance import Balance, balance
from .closure import CONFIDENCE, Reached, reach
from .epochs import Epoch, epochs

__all__ = ["CONFIDENCE", "Balance", "Epoch", "Reached", "balance", "epochs", "reach"]
