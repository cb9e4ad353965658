import { describe, expect, test } from "@odoo/hoot";
import { arrows, lengthOf, markers, routeBounds, wholeRoute } from "@gantry_layout/core/route";

describe.current.tags("headless");

const nowhere = () => null;

test("metres along the corners", () => {
    expect(lengthOf([[0, 0], [3, 4], [3, 10]])).toBe(11);
});

test("stops are numbered, find their place by their bin, and lost ones are named", () => {
    const raw = { stops: [{ x: 1, y: 1, label: "a" }, { location_id: 5, label: "b" }, { location_id: 6, label: "c" }] };
    const route = wholeRoute(raw, (id) => (id === 5 ? [4, 5] : null));
    expect(route.stops.map((stop) => [stop.number, stop.x, stop.y])).toEqual([[1, 1, 1], [2, 4, 5]]);
    expect(route.lost.map((stop) => stop.label)).toEqual(["c"]);
    expect([route.path, route.length_m]).toEqual([[[1, 1], [4, 5]], 5]);
});

test("metres and corners that are given are kept", () => {
    const route = wholeRoute({ path: [[0, 0], [0, 9]], stops: [], length_m: 12.5, name: "R" }, nowhere);
    expect([route.path.length, route.length_m, route.name]).toEqual([2, 12.5, "R"]);
});

test("stops at one place share a marker", () => {
    const { stops } = wholeRoute(
        { stops: [{ x: 1, y: 1, done: true }, { x: 9, y: 1 }, { x: 1.1, y: 1, done: true }] }, nowhere);
    expect(markers(stops).map((one) => [one.text, one.done])).toEqual([["1, 3", true], ["2", false]]);
});

test("arrows come at even distances and point along the way", () => {
    const found = arrows([[0, 0], [10, 0], [10, 10]], 4);
    expect(found.map((one) => [one.x, one.y])).toEqual([[2, 0], [6, 0], [10, 0], [10, 4], [10, 8]]);
    expect(found[4].angle).toBeCloseTo(Math.PI / 2);
    expect(arrows([[1, 1], [1, 1]], 4)).toEqual([]);
});

test("one looks at all of it", () => {
    const route = wholeRoute({ path: [[0, 3], [5, 3]], stops: [{ x: 2, y: 8 }] }, nowhere);
    expect(routeBounds(route)).toEqual({ left: 0, right: 5, bottom: 3, top: 8 });
});
