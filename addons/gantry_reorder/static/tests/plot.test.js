import { describe, expect, test } from "@odoo/hoot";
import {
    bandPath,
    compact,
    dateTicks,
    extent,
    labelRows,
    linePath,
    linear,
    nearest,
    niceTicks,
} from "@gantry_reorder/core/plot";

describe.current.tags("headless");

const days = (first, count) =>
    Array.from({ length: count }, (_, index) =>
        new Date(Date.parse(`${first}T00:00:00Z`) + index * 86400000).toISOString().slice(0, 10)
    );

test("ticks are round and lie within the span", () => {
    expect(niceTicks(0, 100, 5)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(niceTicks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(niceTicks(-7, 12, 4)).toEqual([-5, 0, 5, 10]);
    expect(niceTicks(5, 5)).toEqual([5]);
    for (const tick of niceTicks(3.1, 977, 6)) {
        expect(tick >= 3.1 && tick <= 977).toBe(true);
    }
});

test("a scale turns values into pixels, also upside down", () => {
    const y = linear([0, 10], [200, 0]);
    expect([y(0), y(5), y(10)]).toEqual([200, 100, 0]);
    expect(linear([3, 3], [0, 10])(3)).toBe(0);
});

test("the extent holds zero and skips what is unknown", () => {
    expect(extent([[null, 50, NaN], [undefined, 100]])).toEqual([0, 106]);
    expect(extent([[-10, 10]])).toEqual([-11.2, 11.2]);
    expect(extent([[]])).toEqual([0, 1]);
});

test("a line breaks where a value is missing", () => {
    expect(linePath([0, 10, 20, 30], [1, null, 2, 3])).toBe("M0 1M20 2L30 3");
    expect(linePath([0, 10, 20], [1, 2, 3], true)).toBe("M0 1H10V2H20V3");
    expect(linePath([], [])).toBe("");
});

test("a band goes there on its upper and back on its lower edge", () => {
    expect(bandPath([0, 10], [5, 6], [1, 2])).toBe("M0 1L10 2L10 6L0 5Z");
    expect(bandPath([0, 10], [5, null], [1, 2])).toBe("");
});

test("months name a long axis, days a short one", () => {
    const year = dateTicks(days("2026-01-01", 365), 6, "en-US");
    expect(year.map(({ label }) => label)).toEqual(["Jan 26", "Mar 26", "May 26", "Jul 26", "Sep 26", "Nov 26"]);
    const week = dateTicks(days("2026-03-05", 7), 3, "en-US");
    expect(week.map(({ at }) => at)).toEqual([0, 3, 6]);
    expect(week[0].label).toBe("Mar 5");
    expect(dateTicks([], 5)).toEqual([]);
});

test("the nearest value is found", () => {
    expect(nearest([0, 10, 20], 13)).toBe(1);
    expect(nearest([0, 10, 20], -5)).toBe(0);
    expect(nearest([], 1)).toBe(-1);
});

test("labels that would cover each other stand in rows, and turn round at the edge", () => {
    const marks = labelRows(
        [
            { x: 395, label: "Runs out" },
            { x: 100, label: "Today" },
            { x: 110, label: "Order by 3 March" },
        ],
        400
    );
    expect(marks.map(({ label, row }) => [label, row])).toEqual([
        ["Today", 0],
        ["Order by 3 March", 1],
        ["Runs out", 0],
    ]);
    expect(marks.map(({ anchor }) => anchor)).toEqual(["start", "start", "end"]);
});

test("numbers are short", () => {
    expect([41300, 38000, 1234567, 999, 12.34, 0.126, 250000].map(compact)).toEqual([
        "41.3k", "38k", "1.2M", "999", "12.3", "0.13", "250k",
    ]);
    expect(compact(999600)).toBe("1M");
    expect(compact(-15000)).toBe("-15k");
    expect(compact(NaN)).toBe("–");
});
