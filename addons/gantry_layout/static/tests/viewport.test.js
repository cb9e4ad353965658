import { describe, expect, test } from "@odoo/hoot";
import {
    between, fit, hold, MAX_SCALE, pan, pinch, resized, scaleBar, seen, toFloor, toScreen, zoomAt,
} from "@gantry_layout/core/viewport";

describe.current.tags("headless");

const SIZE = { width: 800, height: 600 };
const BOUNDS = { left: 0, right: 100, bottom: 0, top: 50 };
const VIEW = { x: 10, y: 20, scale: 8 };

function near(actual, wanted) {
    actual.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]));
}

test("a place goes to the screen and back, and up on the plan is up on the screen", () => {
    const [px, py] = toScreen(VIEW, SIZE, 12, 25);
    near([px, py], [416, 260]);
    near(toFloor(VIEW, SIZE, px, py), [12, 25]);
});

test("everything fits in the window, with the middle in the middle", () => {
    const view = fit(BOUNDS, SIZE);
    near([view.x, view.y], [50, 25]);
    const box = seen(view, SIZE);
    expect(box.left <= 0 && box.right >= 100 && box.bottom <= 0 && box.top >= 50).toBe(true);
});

test("what a legend covers is left free, as far as needed", () => {
    const inset = 200;
    const view = fit(BOUNDS, SIZE, 20, inset);
    expect(toScreen(view, SIZE, BOUNDS.left, 0)[0] >= inset).toBe(true);
    expect(toScreen(view, SIZE, BOUNDS.right, 0)[0] <= SIZE.width).toBe(true);
    const tall = { left: 0, right: 10, bottom: 0, top: 100 };
    expect(fit(tall, SIZE, 20, inset).x).toBe(fit(tall, SIZE, 20).x);
});

test("the upper left corner stays when a panel opens", () => {
    const small = { width: 500, height: 400 };
    near(toFloor(resized(VIEW, SIZE, small), small, 0, 0), toFloor(VIEW, SIZE, 0, 0));
});

test("what is under the pointer stays under it while zooming", () => {
    const before = toFloor(VIEW, SIZE, 700, 90);
    near(toFloor(zoomAt(VIEW, SIZE, 1.7, 700, 90), SIZE, 700, 90), before);
});

test("the floor follows the finger", () => {
    const place = toFloor(VIEW, SIZE, 300, 300);
    near(toScreen(pan(VIEW, 40, -25), SIZE, ...place), [340, 275]);
});

test("two fingers keep hold of the places they are on", () => {
    const before = [[300, 300], [500, 300]];
    const after = [[250, 320], [550, 320]];
    const view = pinch(VIEW, SIZE, before, after);
    expect(view.scale).toBeCloseTo(12);
    before.forEach((finger, i) => near(toScreen(view, SIZE, ...toFloor(VIEW, SIZE, ...finger)), after[i]));
});

test("one can neither lose the floor nor zoom without end", () => {
    const far = hold({ x: 9999, y: -9999, scale: 0.0001 }, BOUNDS, SIZE);
    near([far.x, far.y], [100, 0]);
    expect(far.scale).toBeCloseTo(fit(BOUNDS, SIZE).scale / 2);
    expect(hold({ x: 0, y: 0, scale: 1e6 }, BOUNDS, SIZE).scale).toBe(MAX_SCALE);
});

test("a flight starts and ends where it should", () => {
    const to = { x: 90, y: 5, scale: 32 };
    expect(between(VIEW, to, 0)).toEqual(VIEW);
    expect(between(VIEW, to, 1)).toEqual(to);
    expect(between(VIEW, to, 0.5).scale).toBeCloseTo(16);
});

test("the scale bar is a round length that fits", () => {
    expect(scaleBar({ scale: 8 })).toEqual({ metres: 10, px: 80 });
    expect(scaleBar({ scale: 100 }).metres).toBe(0.5);
});
