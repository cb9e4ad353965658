/** Geometry of the charts: scales, ticks and SVG paths. Pure functions, no DOM. */

/**
 * Round steps that cover a span.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} [count] about how many
 * @returns {number[]}
 */
export function niceTicks(low, high, count = 5) {
    if (!(high > low)) {
        return [low];
    }
    const rough = (high - low) / Math.max(count, 1);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
    const ticks = [];
    for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++) {
        ticks.push(Number((index * step).toPrecision(12)));
    }
    return ticks;
}

/**
 * @param {[number, number]} domain values
 * @param {[number, number]} range pixels
 * @returns {(value: number) => number}
 */
export function linear([low, high], [from, to]) {
    const size = high - low || 1;
    return (value) => from + ((value - low) / size) * (to - from);
}

/**
 * Lowest and highest of many values, zero included, with some air above.
 *
 * @param {(number | null | undefined)[][]} lists
 * @returns {[number, number]}
 */
export function extent(lists) {
    let [low, high] = [0, 0];
    for (const value of lists.flat()) {
        if (Number.isFinite(value)) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
    }
    const air = (high - low) * 0.06;
    return high === low ? [low, low + 1] : [low < 0 ? low - air : 0, high + air];
}

const known = (value) => value !== null && value !== undefined && Number.isFinite(value);
const place = (value) => Number(value.toFixed(1));

/**
 * Path of a line; it breaks where there is no value.
 *
 * @param {number[]} xs pixels
 * @param {(number | null)[]} ys pixels
 * @param {boolean} [step] hold the value up to the next point
 * @returns {string}
 */
export function linePath(xs, ys, step = false) {
    let path = "";
    let open = false;
    ys.forEach((y, index) => {
        if (!known(y)) {
            open = false;
            return;
        }
        const x = place(xs[index]);
        if (!open) {
            path += `M${x} ${place(y)}`;
        } else {
            path += step ? `H${x}V${place(y)}` : `L${x} ${place(y)}`;
        }
        open = true;
    });
    return path;
}

/**
 * Closed area between two lines, where both have values.
 *
 * @param {number[]} xs pixels
 * @param {(number | null)[]} lows
 * @param {(number | null)[]} highs
 * @returns {string}
 */
export function bandPath(xs, lows, highs) {
    const points = xs.map((x, index) => index).filter((index) => known(lows[index]) && known(highs[index]));
    if (points.length < 2) {
        return "";
    }
    const there = points.map((index) => `${place(xs[index])} ${place(highs[index])}`);
    const back = points.toReversed().map((index) => `${place(xs[index])} ${place(lows[index])}`);
    return `M${there.join("L")}L${back.join("L")}Z`;
}

/**
 * Days that get a label on an axis: firsts of months, or evenly spread days on short spans.
 *
 * @param {string[]} dates ISO days, one per position
 * @param {number} count at most
 * @param {string} [locale]
 * @returns {{ at: number, label: string }[]}
 */
export function dateTicks(dates, count, locale) {
    const format = (date, options) =>
        new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(new Date(`${date}T00:00:00Z`));
    const firsts = dates.map((date, at) => ({ date, at })).filter(({ date }) => date.endsWith("-01"));
    if (firsts.length >= 3) {
        const every = Math.ceil(firsts.length / Math.max(count, 1));
        const short = firsts.length < 10;
        return firsts
            .filter((first, index) => index % every === 0)
            .map(({ date, at }) => ({
                at,
                label: format(date, short ? { month: "short" } : { month: "short", year: "2-digit" }),
            }));
    }
    const every = Math.max(1, Math.ceil(dates.length / Math.max(count, 1)));
    return dates
        .map((date, at) => ({ at, date }))
        .filter(({ at }) => at % every === 0)
        .map(({ at, date }) => ({ at, label: format(date, { day: "numeric", month: "short" }) }));
}

/**
 * Position of the value nearest to a place.
 *
 * @param {number[]} xs ascending
 * @param {number} x
 * @returns {number} -1 when there is none
 */
export function nearest(xs, x) {
    let best = -1;
    xs.forEach((value, index) => {
        if (best < 0 || Math.abs(value - x) < Math.abs(xs[best] - x)) {
            best = index;
        }
    });
    return best;
}

/**
 * Labels of marks in as many rows as they need to not cover each other.
 *
 * @param {{ x: number, label: string }[]} marks
 * @param {number} width of the chart
 * @param {number} [character] pixels
 * @returns {(object & { row: number, anchor: "start" | "end", tx: number })[]} in order of place
 */
export function labelRows(marks, width, character = 6.2) {
    const ends = [];
    return marks
        .toSorted((a, b) => a.x - b.x)
        .map((mark) => {
            const length = mark.label.length * character + 8;
            const anchor = mark.x + length > width ? "end" : "start";
            const from = anchor === "end" ? mark.x - length : mark.x;
            let row = ends.findIndex((end) => end <= from);
            if (row < 0) {
                row = ends.length;
            }
            ends[row] = from + length;
            return { ...mark, row, anchor, tx: anchor === "end" ? mark.x - 4 : mark.x + 4 };
        });
}

/**
 * A number short enough for an axis or a tile: 41k, 1.2M.
 *
 * @param {number} value
 * @returns {string}
 */
export function compact(value) {
    if (!Number.isFinite(value)) {
        return "–";
    }
    const size = Math.abs(value);
    const [unit, letter] = size >= 999500 ? [1e6, "M"] : size >= 9995 ? [1e3, "k"] : [1, ""];
    const scaled = value / unit;
    const digits = letter === "M" ? 1 : letter === "k" ? (Math.abs(scaled) < 99.5 ? 1 : 0) : size >= 100 ? 0 : size >= 10 ? 1 : 2;
    return `${Number(scaled.toFixed(digits))}${letter}`;
}
