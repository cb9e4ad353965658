"""Published picker-routing instances (Hessler and Irnich 2024, MIT), read from the data folder."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from harness import data

NAME = re.compile(r"(unit|varying)_F(\d+)_m(\d+)_C(\d+)_a(\d+)_(\d+)")


@dataclass(frozen=True)
class Case:
    """One instance in metres: cell 0 lies at the top, a middle cross-aisle is one metre wide."""

    name: str
    xs: list[float]
    crossings: list[float]
    columns: list[int]
    ys: list[float]
    item: list[int]
    quantity: list[int]
    demand: list[int]
    start: tuple[int, float]
    best: float


def plain(blocks: int) -> list[Case]:
    """The instances in which every article lies in one bin, with their proven optimum."""
    folder = data("picking", "sprp")
    if blocks == 1:
        best = _table(folder / "results" / "results_SPRP.csv", "DP cost", unit=False)
    else:
        best = _named(folder / "results" / "results_SPRP_two_block.csv")
    return _cases(folder / "instances", blocks, best)


def scattered(blocks: int) -> list[Case]:
    """The instances in which articles lie in several bins; those without a published optimum are left out."""
    folder = data("picking", "sprp")
    if blocks == 1:
        best = _table(folder / "results" / "results_SPRP-SS.csv", "Netw MIP cost", unit=True)
    else:
        best = _named(folder / "results" / "results_SPRP-SS_two_block.csv")
    return _cases(folder / "scattered", blocks, best)


def _named(path):
    with open(path, encoding="utf-8") as file:
        return {row["filename"]: float(row["objective"]) for row in csv.DictReader(file)}


def _table(path, column, *, unit):
    found = {}
    with open(path, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            kind = "varying" if unit and row["unit demand"] != "true" else "unit"
            name = "{}_F{}_m{}_C{}_a{}_{}.txt".format(
                kind, row["alpha"], row["num aisles"], row["num cells"], row["num articles"], row["random seed"])
            found[name] = float(row[column])
    return found


def _cases(folder, blocks, best):
    return [
        _read(path, blocks, best[path.name]) for path in sorted(folder.glob("*.txt")) if path.name in best]


def _read(path, blocks, best):
    head, bins, wanted, section = {}, [], {}, ""
    for line in path.read_text(encoding="latin1").splitlines():
        words = line.split()
        if line.strip().endswith("SECTION"):
            section = line.strip()
        elif words[:1] == ["ID"] and "AISLE" in words:
            bins.append((int(words[1]), int(words[3]), int(words[5]), int(words[7])))
        elif words[:1] == ["ID"] and section == "ORDER_SECTION":
            wanted[int(words[1])] = int(words[3])
        elif ":" in line:
            key, value = line.split(":", 1)
            head[key.strip()] = value.strip()
    cells = int(head["NUM_CELLS"])
    crossings = [0.0, cells + 1.0] if blocks == 1 else [0.0, cells / 2 + 1.0, cells + 2.0]
    number = {article: place for place, article in enumerate(sorted(wanted))}
    bins = [found for found in bins if found[0] in number]

    def y(cell):
        up = cells - cell
        return float(up + 1 if blocks == 2 and up > cells / 2 else up)

    front = 0.0 if head["DEPOT_LOCATION"] == "bottom" else crossings[-1]
    return Case(
        name=path.name, xs=[3.0 * aisle for aisle in range(int(head["NUM_AISLES"]))], crossings=crossings,
        columns=[found[1] for found in bins], ys=[y(found[2]) for found in bins],
        item=[number[found[0]] for found in bins], quantity=[found[3] for found in bins],
        demand=[wanted[article] for article in sorted(wanted)], start=(int(head["DEPOT_AISLE"]), front), best=best)
