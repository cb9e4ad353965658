/** Words for accuracy figures. Pure functions, no DOM. */

/**
 * @param {number | null} value
 * @returns {string} two decimals, "–" when unknown
 */
export function ratioLabel(value) {
    return typeof value === "number" && Number.isFinite(value) ? value.toFixed(2) : "–";
}

/**
 * How Gantry did against the better of its rivals.
 *
 * @param {{ gantry: number, window: number, naive: number, actual: number } | null} summary
 * @returns {{ code: "better" | "worse" | "even" | "none", percent: number }}
 */
export function verdict(summary) {
    if (!summary || !summary.actual) {
        return { code: "none", percent: 0 };
    }
    const rivals = [summary.window, summary.naive].filter((value) => Number.isFinite(value) && value > 0);
    if (!rivals.length) {
        return { code: "none", percent: 0 };
    }
    const rival = Math.min(...rivals);
    const percent = Math.round(100 * (1 - summary.gantry / rival));
    return { code: percent > 0 ? "better" : percent < 0 ? "worse" : "even", percent: Math.abs(percent) };
}
