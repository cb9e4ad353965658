import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { Floor } from "@gantry_layout/core/floor";
import { cellsOf, GridIndex, neighbour } from "@gantry_layout/core/scene";
import { hall } from "./map_test_helpers";

describe.current.tags("headless");

beforeEach(allowTranslations);

test("bins above each other share a cell, and a level has its own", () => {
    const { bins } = hall();
    const all = cellsOf(bins);
    expect([all.count, all.bins[0].length]).toEqual([12, 2]);
    const upper = cellsOf(bins, 2);
    expect(upper.bins.flat().every((row) => bins.level[row] === 2)).toBe(true);
    expect([upper.count, upper.cellOfBin[0]]).toEqual([12, -1]);
});

test("the index finds the same as looking at every box", () => {
    const boxes = { x: [], y: [], w: [], h: [] };
    for (let i = 0; i < 400; i++) {
        boxes.x.push((i * 37) % 83);
        boxes.y.push((i * 53) % 71);
        boxes.w.push(0.5 + (i % 5));
        boxes.h.push(0.5 + (i % 3));
    }
    const index = new GridIndex(boxes);
    for (let k = 0; k < 300; k++) {
        const [x, y] = [((k * 29) % 860) / 10, ((k * 31) % 740) / 10];
        const inside = boxes.x.map((_x, i) => i).filter(
            (i) => Math.abs(boxes.x[i] - x) <= boxes.w[i] / 2 && Math.abs(boxes.y[i] - y) <= boxes.h[i] / 2);
        const found = index.at(x, y);
        const area = (i) => boxes.w[i] * boxes.h[i];
        expect(found < 0 ? null : area(found)).toBe(inside.length ? Math.min(...inside.map(area)) : null);
    }
});

test("a bin is found before the walkway, near misses count for fingers, and outside is nothing", () => {
    const floor = new Floor(hall());
    floor.setColor("picks");
    expect(floor.cellName(floor.at(0.5, 2, 0).index)).toBe("A-L0");
    expect(floor.at(2, 3, 0)).toEqual({ kind: "aisle", index: 0 });
    expect(floor.at(-0.2, 2, 0)).toBe(null);
    expect(floor.at(-0.2, 2, 0.5).kind).toBe("cell");
    expect(floor.at(20, 20, 1)).toBe(null);
});

test("figures go to their bins and add up over levels; strangers are left out", () => {
    const floor = new Floor(hall());
    floor.setColor("picks");
    const cell = floor.showBin(100);
    expect(floor.shade.values[cell]).toBe(3.5);
    expect(floor.shade.values.filter((value) => value !== null).length).toBe(1);
    floor.setLevel(2);
    expect(floor.shade.values[floor.showBin(101)]).toBe(1.5);
});

test("looking at a bin of another level changes the level", () => {
    const floor = new Floor(hall());
    floor.setColor("zone");
    floor.setLevel(1);
    const cell = floor.showBin(101);
    expect([floor.level, floor.locationIds(cell)]).toEqual([2, [101]]);
    expect(floor.showBin(12345)).toBe(-1);
});

test("bins of a blocked aisle are blocked", () => {
    const floor = new Floor(hall());
    floor.setColor("blocked");
    expect(floor.shade.classes.map((one) => one.count)).toEqual([6, 0, 6]);
    expect(floor.binsOfWay("aisle", 1)).toBe(12);
});

test("cells of one colour are drawn one after the other, each once", () => {
    const floor = new Floor(hall());
    floor.setColor("blocked");
    const looks = [...floor.order].map((cell) => floor.shade.of[cell]);
    expect(looks).toEqual([...looks].sort());
    expect([...floor.order].sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
});

test("arrow keys go to the next bin in that direction and stop at the end", () => {
    const { cells } = new Floor(hall());
    const at = (x, y) => cells.x.findIndex((one, i) => one === x && cells.y[i] === y);
    expect(neighbour(cells, at(0.5, 2), [0, 1])).toBe(at(0.5, 3));
    expect(neighbour(cells, at(0.5, 2), [1, 0])).toBe(at(3.5, 2));
    expect(neighbour(cells, at(0.5, 2), [-1, 0])).toBe(-1);
});

test("zones are areas round their bins, and the plan has room for everything", () => {
    const floor = new Floor(hall());
    expect(floor.areas.map((area) => [area.name, area.left, area.right])).toEqual([["Pick, Reserve", 0, 8]]);
    floor.setLevel(2);
    expect(floor.areas.map((area) => area.name)).toEqual(["Reserve"]);
    expect([floor.bounds.left, floor.bounds.top, floor.bounds.bottom]).toEqual([0, 6, -2.5]);
});

test("an empty layout is no error", () => {
    const data = hall();
    Object.values(data.bins).forEach((column) => column.splice(0));
    const floor = new Floor({ ...data, aisles: [], blocks: [], points: [] });
    floor.setColor("fill");
    expect([floor.cells.count, floor.bounds.right]).toEqual([0, 10]);
});

test("a drawn walkway is found by pointing near it", () => {
    const data = hall();
    data.nodes = [{ id: 1, x: 20, y: 0 }, { id: 2, x: 30, y: 10 }];
    data.edges = [{ id: 4, name: "1 – 2", start: 0, end: 1, state: "open", one_way: "none" }];
    const floor = new Floor(data);
    expect(floor.at(25, 5.3, 0)).toEqual({ kind: "edge", index: 0 });
    expect(floor.at(25, 8, 0)).toBe(null);
});
