/** What service and holding cost do to stock and money. Pure functions, no DOM. */

/**
 * A point of the efficient curve.
 *
 * @typedef {object} Point
 * @property {number} target service target, per cent
 * @property {number} fill fill rate that is expected, per cent
 * @property {number} stock average stock value
 * @property {number} orders a year
 * @property {number} ordering cost of the orders a year
 * @property {number} short value of what is not served a year
 * @property {number} shortage cost of not serving it a year
 */

/**
 * The curve at a target between two of its points.
 *
 * @param {Point[]} curve by ascending target
 * @param {number} target per cent
 * @returns {Point | null}
 */
export function pointAt(curve, target) {
    if (!curve.length) {
        return null;
    }
    const after = curve.findIndex((point) => point.target >= target);
    if (after === 0) {
        return { ...curve[0] };
    }
    if (after < 0) {
        return { ...curve.at(-1) };
    }
    const [low, high] = [curve[after - 1], curve[after]];
    const share = (target - low.target) / (high.target - low.target);
    const mixed = {};
    for (const name of Object.keys(low)) {
        mixed[name] = typeof low[name] === "number" ? low[name] + share * (high[name] - low[name]) : low[name];
    }
    return mixed;
}

/**
 * Cost a year of a point: what the stock costs to hold, the orders to place, and the misses.
 *
 * @param {Point} point
 * @param {number} holding per cent of the value a year
 * @returns {{ holding: number, ordering: number, shortage: number, total: number }}
 */
export function yearlyCost(point, holding) {
    const held = (point.stock * holding) / 100;
    return {
        holding: held,
        ordering: point.ordering,
        shortage: point.shortage,
        total: held + point.ordering + point.shortage,
    };
}

/**
 * The point of the curve that costs least at a holding cost.
 *
 * @param {Point[]} curve
 * @param {number} holding per cent a year
 * @returns {Point | null}
 */
export function cheapest(curve, holding) {
    let best = null;
    for (const point of curve) {
        if (!best || yearlyCost(point, holding).total < yearlyCost(best, holding).total) {
            best = point;
        }
    }
    return best;
}

/**
 * Change from a present value to a new one.
 *
 * @param {number} now
 * @param {number} then
 * @returns {{ amount: number, percent: number | null }} whole per cents, null when there was nothing
 */
export function change(now, then) {
    return { amount: then - now, percent: now ? Math.round((100 * (then - now)) / now) : null };
}

/**
 * Service targets near certainty need finer steps: a slider of equal clicks over -log10(1 - target).
 *
 * @param {number} target per cent, below 100
 * @returns {number} 0 (0 %) to 3 (99.9 %)
 */
export function toSlider(target) {
    return -Math.log10(1 - Math.min(target, 99.9) / 100);
}

/**
 * @param {number} value of the slider
 * @returns {number} per cent, rounded as people say it
 */
export function fromSlider(value) {
    const target = 100 * (1 - 10 ** -value);
    const digits = target < 98.95 ? 0 : 1;
    return Number(target.toFixed(digits));
}
