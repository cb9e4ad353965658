import { describe, expect, test } from "@odoo/hoot";
import {
    bucketLabel,
    chartModel,
    daysBetween,
    position,
    runs,
    shortQuantity,
    visibleHistory,
} from "@gantry_forecast/core/chart_data";
import { ratioLabel, verdict } from "@gantry_forecast/core/accuracy";

describe.current.tags("headless");

const ALL = { bands: true, lastYear: true, events: true, outOfStock: true };

function sample(changes = {}) {
    const past = (date, quantity, more = {}) => ({
        date, quantity, excluded: 0, out_days: 0, days: 7, last_year: quantity - 1, ...more,
    });
    const ahead = (date, mean, final = mean) => ({
        date, mean, final, days: 7, p05: mean - 4, p25: mean - 2, p50: mean, p75: mean + 2, p95: mean + 4,
        last_year: mean - 1,
    });
    return {
        bucket: "week",
        unit: "Units",
        history: [
            past("2026-02-02", 10),
            past("2026-02-09", 0, { out_days: 5 }),
            past("2026-02-16", 2, { out_days: 2 }),
            past("2026-02-23", 30, { excluded: 25 }),
        ],
        forecast: [ahead("2026-03-02", 11), ahead("2026-03-09", 12)],
        events: [{ name: "Promo", type: "promotion", date_from: "2026-03-03", date_to: "2026-03-06" }],
        overrides: [],
        ...changes,
    };
}

test("labels name the month or the day", () => {
    expect(bucketLabel("2026-03-01", "month", "en-US")).toBe("Mar 26");
    expect(bucketLabel("2026-03-02", "week", "en-US")).toBe("Mar 2, 26");
});

test("days between two dates do not depend on daylight saving", () => {
    expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2);
    expect(daysBetween("2026-03-30", "2026-03-28")).toBe(-2);
});

test("runs join neighbours", () => {
    expect(runs([1, 1, 0, 1], Boolean)).toEqual([
        [0, 1],
        [3, 3],
    ]);
    expect(runs([], Boolean)).toEqual([]);
});

test("history and forecast lie behind each other on one axis", () => {
    const model = chartModel(sample(), ALL);
    expect(model.labels).toHaveLength(6);
    expect(model.sold).toEqual([10, 0, 2, 30, null, null]);
    expect(model.mean).toEqual([null, null, null, null, 11, 12]);
    expect(model.lastYear).toEqual([9, -1, 1, 29, 10, 11]);
    expect(model.bands.p05).toEqual([null, null, null, null, 7, 8]);
    expect(model.start).toBe(3.5);
});

test("days out of stock are one shade per run", () => {
    expect(chartModel(sample(), ALL).outOfStock).toEqual([{ from: 0.5, to: 2.5, days: 7 }]);
});

test("excluded demand is marked only when there is some", () => {
    expect(chartModel(sample(), ALL).excluded).toEqual([null, null, null, 25, null, null]);
    const data = sample();
    data.history.pop();
    expect(chartModel(data, ALL).excluded).toBe(null);
});

test("the override line appears only where a planner changed something", () => {
    expect(chartModel(sample(), ALL).final).toBe(null);
    const data = sample();
    data.forecast[1].final = 20;
    expect(chartModel(data, ALL).final).toEqual([null, null, null, null, 11, 20]);
});

test("what is switched off is not drawn", () => {
    const model = chartModel(sample(), { bands: false, lastYear: false, events: false, outOfStock: false });
    expect([model.bands, model.lastYear]).toEqual([null, null]);
    expect([model.events, model.outOfStock]).toEqual([[], []]);
});

test("an event lies at its days on the axis", () => {
    const [event] = chartModel(sample(), ALL).events;
    expect(event.name).toBe("Promo");
    expect(event.from).toBeCloseTo(3.5 + 1 / 7, { digits: 5 });
    expect(event.to).toBeCloseTo(3.5 + 5 / 7, { digits: 5 });
});

test("an event before the first bucket shown is left out", () => {
    expect(chartModel(sample(), ALL, 1).events).toHaveLength(1);
    const data = sample({ events: [{ name: "Old", type: "other", date_from: "2026-01-01", date_to: "2026-01-02" }] });
    expect(chartModel(data, ALL).events).toEqual([]);
});

test("positions are clipped to the axis", () => {
    const { history } = sample();
    expect(position(history, "2020-01-01")).toBe(-0.5);
    expect(position(history, "2030-01-01")).toBe(3.5);
    expect(position([], "2026-01-01")).toBe(-0.5);
});

test("a phone shows less history than a desktop, and never less than the horizon", () => {
    const history = new Array(104).fill(0);
    expect(visibleHistory(history, 13, 320)).toBe(27);
    expect(visibleHistory(history, 13, 1200)).toBe(104);
    expect(visibleHistory(history, 40, 100)).toBe(40);
    expect(visibleHistory([1, 2], 13, 1200)).toBe(2);
});

test("a product never sold gives an empty chart", () => {
    const model = chartModel(sample({ history: [], forecast: [], events: [] }), ALL);
    expect(model.labels).toEqual([]);
    expect(model.bands).toBe(null);
});

test("quantities are short", () => {
    expect(shortQuantity(1234.567)).toBe("1235");
    expect(shortQuantity(12.34)).toBe("12.3");
    expect(shortQuantity(0.126)).toBe("0.13");
});

test("the verdict compares with the better rival", () => {
    const summary = { actual: 10, gantry: 0.58, window: 0.64, naive: 0.76 };
    expect(verdict(summary)).toEqual({ code: "better", percent: 9 });
    expect(verdict({ ...summary, gantry: 0.7 })).toEqual({ code: "worse", percent: 9 });
    expect(verdict({ ...summary, gantry: 0.64 })).toEqual({ code: "even", percent: 0 });
    expect(verdict({ ...summary, actual: 0 }).code).toBe("none");
    expect(verdict(null).code).toBe("none");
    expect(ratioLabel(0.5)).toBe("0.50");
    expect(ratioLabel(NaN)).toBe("–");
});
