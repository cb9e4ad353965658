"""What a recall proves and measures, without Odoo: snapshots, samples, accounts, drills, evidence."""

from .account import Account, Answer, account
from .evidence import pack, verify
from .fsma import EVENTS, completeness, tracking_events
from .sample import LEVELS, sample
from .score import Limits, Result, score
from .sheet import Sheet, write_workbook
from .snapshot import GENESIS, canonical, chain, difference

__all__ = [
    "EVENTS",
    "GENESIS",
    "LEVELS",
    "Account",
    "Answer",
    "Limits",
    "Result",
    "Sheet",
    "account",
    "canonical",
    "chain",
    "completeness",
    "difference",
    "pack",
    "sample",
    "score",
    "tracking_events",
    "verify",
    "write_workbook",
]
