import { describe, expect, test } from "@odoo/hoot";
import {
    barPercent,
    formatDuration,
    isActive,
    isForgotten,
    pollDelay,
    remainingSeconds,
} from "@gantry_base/core/job_progress";

describe.current.tags("headless");

test("only waiting and running jobs are watched", () => {
    expect(["pending", "running", "done", "failed", "cancelled"].filter(isActive)).toEqual([
        "pending",
        "running",
    ]);
});

test("time to go follows the pace so far", () => {
    expect(remainingSeconds({ done: 25, total: 100, elapsedS: 10 })).toBe(30);
    expect(remainingSeconds({ done: 3, total: 4, elapsedS: 9 })).toBe(3);
});

test("nothing is said about the time to go before it is known", () => {
    expect(remainingSeconds({ done: 0, total: 100, elapsedS: 10 })).toBe(null);
    expect(remainingSeconds({ done: 1, total: 100, elapsedS: 1 })).toBe(null);
    expect(remainingSeconds({ done: 5, total: 0, elapsedS: 10 })).toBe(null);
    expect(remainingSeconds({ done: 100, total: 100, elapsedS: 10 })).toBe(null);
});

test("durations have two units at most", () => {
    const cases = [
        [-3, "0 s"],
        [59.4, "59 s"],
        [59.6, "1 min"],
        [200, "3 min 20 s"],
        [3600, "1 h"],
        [7500, "2 h 5 min"],
        [90061, "25 h 1 min"],
    ];
    for (const [seconds, text] of cases) {
        expect(formatDuration(seconds)).toBe(text);
    }
});

test("the bar is full only when the job is done", () => {
    expect(barPercent({ state: "running", progress: 99.9 })).toBe(99);
    expect(barPercent({ state: "running", progress: 100 })).toBe(99);
    expect(barPercent({ state: "done", progress: 0 })).toBe(100);
    expect(barPercent({ state: "failed", progress: 140 })).toBe(99);
    expect(barPercent({ state: "pending", progress: null })).toBe(0);
});

test("looks become rarer but never stop", () => {
    expect(pollDelay(0)).toBe(1000);
    expect(pollDelay(10)).toBe(2000);
    expect(pollDelay(10000)).toBe(5000);
});

test("a job that no worker takes is noticed", () => {
    expect(isForgotten({ state: "pending", waitedS: 30 })).toBe(false);
    expect(isForgotten({ state: "pending", waitedS: 120 })).toBe(true);
    expect(isForgotten({ state: "running", waitedS: 120 })).toBe(false);
});
