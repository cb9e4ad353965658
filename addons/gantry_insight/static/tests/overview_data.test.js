import { describe, expect, test } from "@odoo/hoot";
import {
    bars,
    change,
    clickDomain,
    firstSteps,
    matrixModel,
    serviceTone,
    shorten,
    valueChange,
} from "@gantry_insight/core/overview_data";

describe.current.tags("headless");

const month = (value) => ({ value });

test("a change needs something to compare with", () => {
    expect(change(110, 100)).toBe(10);
    expect(change(5, 0)).toBe(null);
});

test("the value is compared with the month before and the year before", () => {
    const trend = [month(50), ...Array(11).fill(month(80)), month(100)];
    expect(valueChange(trend)).toEqual({ month: 25, year: 100 });
});

test("a short history has no year to compare with", () => {
    expect(valueChange([month(80), month(100)])).toEqual({ month: 25, year: null });
    expect(valueChange([])).toEqual({ month: null, year: null });
});

const cell = (abc, xyz, count, value) => ({ abc, xyz, count, value, demand: 2 * value });

test("the matrix has nine cells, the biggest is the darkest", () => {
    const model = matrixModel([cell("A", "X", 2, 100), cell("B", "Z", 4, 50), cell("C", false, 0, 0)], "value");
    expect(model.columns).toEqual(["X", "Y", "Z"]);
    expect(model.rows.length).toBe(3);
    expect(model.rows[0].cells[0].shade).toBe(1);
    expect(model.rows[1].cells[2].shade).toBe(0.5);
    expect(model.rows[2].cells[1].amount).toBe(0);
});

test("products without a class get a column of their own", () => {
    const model = matrixModel([cell("A", "X", 2, 100), cell("C", false, 3, 100)], "count");
    expect(model.columns).toEqual(["X", "Y", "Z", false]);
    expect(model.rows[2].cells[3].share).toBe(0.6);
});

test("an empty matrix has no shade and no share", () => {
    const model = matrixModel([], "value");
    expect(model.rows.flatMap((row) => row.cells).every((item) => item.shade === 0 && item.share === 0)).toBe(true);
});

test("the matrix can show another measure", () => {
    expect(matrixModel([cell("A", "X", 2, 100)], "demand").total).toBe(200);
});

test("bars are as long as their share of the longest", () => {
    const found = bars([{ value: 50 }, { value: 200 }, { value: 0 }]);
    expect(found.map((item) => item.width)).toEqual([25, 100, 0]);
    expect(found.map((item) => item.share)).toEqual([20, 80, 0]);
});

test("bars of nothing have no length", () => {
    expect(bars([{ value: 0 }])[0].width).toBe(0);
    expect(bars([{ value: -5 }])[0].share).toBe(0);
});

test("a click keeps the filters of the page", () => {
    expect(clickDomain({ warehouse_id: 3, categ_id: null }, [["abc", "=", "A"]])).toEqual([
        ["warehouse_id", "=", 3],
        ["abc", "=", "A"],
    ]);
    expect(clickDomain({ warehouse_id: null, categ_id: 5 })).toEqual([["categ_id", "child_of", 5]]);
});

test("money is short on a tile", () => {
    expect(shorten(940.4)).toEqual({ number: 940.4, digits: 0, suffix: "" });
    expect(shorten(12345)).toEqual({ number: 12.345, digits: 1, suffix: "k" });
    expect(shorten(316724)).toEqual({ number: 316.724, digits: 0, suffix: "k" });
    expect(shorten(1234567)).toEqual({ number: 1.234567, digits: 2, suffix: "M" });
    expect(shorten(-20000).suffix).toBe("k");
});

test("money that rounds up to a million is one", () => {
    expect(shorten(999700).suffix).toBe("M");
    expect(shorten(999400).suffix).toBe("k");
});

test("service is good from its target on and near it within two points", () => {
    expect(serviceTone(95, 95)).toBe("good");
    expect(serviceTone(93.5, 95)).toBe("near");
    expect(serviceTone(90, 95)).toBe("bad");
    expect(serviceTone(null, 95)).toBe("none");
});

test("the first step that is not done is next", () => {
    const steps = firstSteps({ stock: true, demand: false, forecast: false });
    expect(steps.map((step) => step.next)).toEqual([false, true, false, false]);
    expect(steps[0].done).toBe(true);
});

test("with everything there, looking is next", () => {
    expect(firstSteps({ stock: true, demand: true, forecast: true })[3].next).toBe(true);
    expect(firstSteps(null)).toEqual([]);
});
