/** Which colour a bin gets, and what the legend says about it. No OWL, no DOM. */

import { _t } from "@web/core/l10n/translation";

/** Yellow to dark red: light is little, and the steps can be told apart without seeing red and green. */
export const HEAT = ["#fde9b5", "#fbc66f", "#f59b43", "#e2672f", "#bd3a28", "#85161f"];
export const ZONE_COLORS = [
    "#c8cdd2", "#e07a6c", "#eda85f", "#e5cb5a", "#7fb7d6", "#8d6a9f", "#e59a94", "#5ba99a", "#5f78a8", "#c7719b",
    "#74b06f", "#9b8cc4",
];
export const NONE = "#dbe1e5";
export const UNKNOWN = "#9fb0ba";
const BLOCKED = "#c9302c";
const PLANNED = "#f6b73c";

/** Which colourings there are, for the choice on screen. */
export function modes() {
    return [
        { name: "picks", label: _t("Picks per day") },
        { name: "fill", label: _t("Fill") },
        { name: "age", label: _t("Age of stock") },
        { name: "zone", label: _t("Zone") },
        { name: "blocked", label: _t("Blocked") },
    ];
}

/** One figure for a cell of several levels: picks add up, fill is the mean, age the oldest. */
export function together(mode, values) {
    const known = values.filter((value) => value !== null && value !== undefined);
    if (!known.length) {
        return null;
    }
    switch (mode) {
        case "picks":
            return known.reduce((sum, value) => sum + value, 0);
        case "fill": {
            // a bin with goods of unknown size (-1) tells nothing about the fill, but it is not empty
            const measured = known.filter((value) => value >= 0);
            return measured.length ? measured.reduce((sum, value) => sum + value, 0) / measured.length : -1;
        }
        case "age":
        case "blocked":
            return Math.max(...known);
        default:
            return known[0];
    }
}

/** At most `count` growing bounds so that the classes between them hold about as many values each. */
export function quantileBounds(values, count) {
    const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
    const bounds = [];
    for (let i = 1; i < count; i++) {
        const value = round2(sorted[Math.floor((i * sorted.length) / count)] || 0);
        if (value > (bounds.at(-1) || 0) && value > sorted[0]) {
            bounds.push(value);
        }
    }
    return bounds;
}

function round2(value) {
    if (!value) {
        return 0;
    }
    const power = 10 ** (Math.floor(Math.log10(value)) - 1);
    return Number((Math.round(value / power) * power).toPrecision(2));
}

export function shortNumber(value) {
    return Number(value.toPrecision(value >= 100 ? 3 : 2)).toString();
}

function span(low, high, unit = "") {
    if (high === undefined) {
        return low ? `≥ ${low}${unit}` : `> 0${unit}`;
    }
    return low ? `${low} – ${high}${unit}` : `< ${high}${unit}`;
}

function stepped(bounds, colors, label) {
    const classes = [...bounds, Infinity].map((_high, i) => ({
        color: colors[Math.round((i * (colors.length - 1)) / Math.max(bounds.length, 1))],
        label: label(bounds[i - 1], bounds[i]),
    }));
    const find = (value) => {
        let i = 0;
        while (i < bounds.length && value >= bounds[i]) {
            i++;
        }
        return i;
    };
    return { classes, find };
}

function picksScale(values) {
    const { classes, find } = stepped(quantileBounds(values, HEAT.length), HEAT, (low, high) => span(low, high));
    return {
        classes: [{ color: NONE, label: _t("No picks") }, ...classes],
        find: (value) => (value > 0 ? find(value) + 1 : 0),
    };
}

function fillScale() {
    const { classes, find } = stepped([25, 50, 75, 90, 100.01], HEAT, (low, high) => {
        if (high === undefined) {
            return _t("over the limit");
        }
        return span(low, Math.round(high), " %");
    });
    const lead = [{ color: NONE, label: _t("Empty") }, { color: UNKNOWN, label: _t("Size not known") }];
    return {
        classes: [...lead, ...classes],
        find: (value) => (value === null || value === 0 ? 0 : value < 0 ? 1 : find(value) + 2),
    };
}

function ageScale() {
    const { classes, find } = stepped([7, 30, 90, 180, 365], HEAT, (low, high) => span(low, high, _t(" days")));
    return {
        classes: [{ color: NONE, label: _t("Empty") }, ...classes],
        find: (value) => (value === null ? 0 : find(value) + 1),
    };
}

function zoneScale(zones) {
    const classes = zones.map((zone) => ({
        color: ZONE_COLORS[zone.color % ZONE_COLORS.length] || UNKNOWN,
        label: zone.name,
    }));
    return {
        classes: [{ color: NONE, label: _t("No zone") }, ...classes],
        find: (value) => (value === null || value < 0 ? 0 : value + 1),
    };
}

function blockedScale() {
    return {
        classes: [
            { color: NONE, label: _t("Can be reached") },
            { color: PLANNED, label: _t("Blocked later") },
            { color: BLOCKED, label: _t("Blocked now") },
        ],
        find: (value) => value || 0,
    };
}

/**
 * Classes of a colouring and the class of every cell.
 *
 * @param {string} mode
 * @param {Array} values one per bin, as the server sent them
 * @param {Object} cells of `cellsOf`
 * @param {Object[]} zones
 * @returns {{classes: Object[], of: Uint8Array, values: Array}} classes have color, label and count (cells)
 */
export function shade(mode, values, cells, zones) {
    const figures = cells.bins.map((bins) => together(mode, bins.map((bin) => values[bin])));
    const scale = { picks: picksScale, fill: fillScale, age: ageScale, blocked: blockedScale }[mode];
    const { classes, find } = mode === "zone" ? zoneScale(zones) : scale(figures);
    const of = Uint8Array.from(figures, find);
    const counts = new Array(classes.length).fill(0);
    of.forEach((which) => counts[which]++);
    return { classes: classes.map((one, i) => ({ ...one, count: counts[i] })), of, values: figures };
}
