"""Names of bins from an example such as A-01-03-2, or from a pattern such as {aisle:A}-{bay:02}-{level}.

An example is read part by part. Letters count A, B ... Z, AA; figures keep their width. What the parts mean follows
from their number::

    A-01          aisle, bay
    A-01-2        aisle, bay, level
    A-01-03-2     aisle, block, bay, level
    A-01-03-2-1   aisle, block, bay, level, position

A last part L or R is the side, two or more letters are fixed text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from .shape import Shape, ShapeError

__all__ = ["PARTS", "Pattern", "letters"]

PARTS = ("aisle", "block", "bay", "level", "position", "side")
BY_COUNT = {2: ("aisle", "bay"), 3: ("aisle", "bay", "level"), 4: ("aisle", "block", "bay", "level"),
            5: ("aisle", "block", "bay", "level", "position")}
TOKEN = re.compile(r"\{(\w+)(?::(\w+))?\}")
RUN = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z0-9]+")


def letters(number: int) -> str:
    """Number as letters.

    >>> [letters(number) for number in (1, 26, 27, 703)]
    ['A', 'Z', 'AA', 'AAA']
    """
    text = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


@dataclass(frozen=True, slots=True)
class Pattern:
    """How bins are called: fixed texts and (part, format) by turns.

    >>> Pattern.read("A-01-03-2").pieces
    (('aisle', 'A'), '-', ('block', '00'), '-', ('bay', '00'), '-', ('level', '0'))
    """

    pieces: tuple

    @classmethod
    def read(cls, text: str) -> Pattern:
        """The pattern that a text means; ShapeError in one sentence when it means none."""
        text = (text or "").strip()
        pieces = cls._tokens(text) if "{" in text else cls._example(text)
        parts = [piece[0] for piece in pieces if isinstance(piece, tuple)]
        if len(set(parts)) != len(parts):
            raise ShapeError("The naming pattern has a part twice.")
        if not {"aisle", "bay"} <= set(parts):
            raise ShapeError("The naming pattern needs at least the aisle and the bay, such as A-01.")
        if "/" in text:
            raise ShapeError("The naming pattern must not contain a slash: it separates locations in Odoo.")
        return cls(tuple(pieces))

    @staticmethod
    def _tokens(text):
        pieces, end = [], 0
        for match in TOKEN.finditer(text):
            part, kind = match.groups()
            if part not in PARTS:
                raise ShapeError(f"The naming pattern knows no {{{part}}}: use {', '.join(PARTS)}.")
            width = re.fullmatch(r"0(\d)", kind or "")  # {bay:03} is three figures, as in a format of Python
            pieces += [text[end : match.start()], (part, _format("0" * int(width[1] or 1) if width else kind, part))]
            end = match.end()
        return [piece for piece in (*pieces, text[end:]) if piece]

    @staticmethod
    def _example(text):
        runs = RUN.findall(text)
        values = [row for row, run in enumerate(runs) if run.isdigit() or (run.isalpha() and len(run) == 1)]
        side = values[-1] if len(values) > 2 and runs[values[-1]] in ("L", "R") else None
        counted = [row for row in values if row != side]
        if len(counted) not in BY_COUNT:
            raise ShapeError(
                "The naming pattern is an example such as A-01-03-2 (aisle, block, bay, level) or says its parts, such "
                "as {aisle:A}-{bay:02}-{level}.")
        meaning = dict(zip(counted, BY_COUNT[len(counted)], strict=True)) | ({} if side is None else {side: "side"})
        return [(meaning[row], _format(run, meaning[row])) if row in meaning else run for row, run in enumerate(runs)]

    def parts(self) -> set[str]:
        """What the names tell."""
        return {piece[0] for piece in self.pieces if isinstance(piece, tuple)}

    def check(self, shape: Shape) -> None:
        """Refuse a pattern that would give two bins the same name."""
        parts = self.parts()
        for part, count in (("level", shape.level_count), ("position", shape.position_count)):
            if count > 1 and part not in parts:
                raise ShapeError(f"There are {count} {part}s, but the naming pattern has no place for the {part}.")

    def numbers(self, shape: Shape, bins: dict, first_aisle: int = 1) -> dict[str, np.ndarray]:
        """Numbers in the names, from one: bays run on through the blocks unless the name tells the block, and count
        on each side for itself when the name tells the side."""
        sided = "side" in self.parts()
        bay, per_section = (bins["column"], shape.column_count) if sided else (bins["bay"], shape.bay_count)
        if "block" not in self.parts():
            bay = bay + bins["section"] * per_section
        return {
            "aisle": bins["aisle"] + first_aisle, "block": bins["section"] + 1, "bay": bay + 1,
            "level": bins["level"] + 1, "position": bins["position"] + 1, "side": bins["side"] + 1}

    def names(self, numbers: dict[str, np.ndarray]) -> list[str]:
        """The name of every bin."""
        columns = []
        for piece in self.pieces:
            if isinstance(piece, str):
                columns.append(piece)
                continue
            part, kind = piece
            values, place = np.unique(numbers[part], return_inverse=True)
            words = np.array([_word(part, kind, int(value)) for value in values], object)
            columns.append(words[place.ravel()])
        count = len(numbers["aisle"])
        columns = [[column] * count if isinstance(column, str) else column.tolist() for column in columns]
        return ["".join(row) for row in zip(*columns, strict=True)]

    def aisle_name(self, number: int) -> str:
        """What an aisle is called in the names of its bins."""
        kind = next(piece[1] for piece in self.pieces if isinstance(piece, tuple) and piece[0] == "aisle")
        return _word("aisle", kind, number)


def _format(sample, part):
    """'A' for letters, zeros for the width of a number, 'LR' for sides."""
    if not sample:
        return "LR" if part == "side" else "0"
    if sample.isdigit():
        return "0" * len(sample)
    return "LR" if part == "side" else "A"


def _word(part, kind, number):
    if kind == "LR":
        return "LR"[number - 1]
    return letters(number) if kind == "A" else str(number).zfill(len(kind))
