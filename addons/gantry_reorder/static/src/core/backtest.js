/** A replayed year, made ready for the screen. Pure functions, no DOM. */

/**
 * @typedef {object} Series
 * @property {string} method
 * @property {string} label
 * @property {number[]} stock by day
 * @property {number[]} short what could not be served, by day
 */

/**
 * Average of a list over groups of days, so that a year fits on a phone.
 *
 * @param {number[]} values
 * @param {number} size days per group
 * @returns {number[]}
 */
export function averages(values, size) {
    const groups = [];
    for (let first = 0; first < values.length; first += size) {
        const part = values.slice(first, first + size);
        groups.push(part.reduce((sum, value) => sum + value, 0) / part.length);
    }
    return groups;
}

/**
 * Days per point: one while they have room, else whole weeks.
 *
 * @param {number} days
 * @param {number} width pixels
 * @returns {number}
 */
export function daysPerPoint(days, width) {
    const fit = Math.max(width / 2.2, 1);
    return days <= fit ? 1 : Math.ceil(days / fit / 7) * 7;
}

/**
 * @param {{ dates: string[], series: Series[] }} data
 * @param {string[]} shown methods
 * @param {number} width pixels
 * @returns {{ dates: string[], size: number, series: Series[] } | null}
 */
export function backtestModel(data, shown, width) {
    if (!data || !data.dates || !data.dates.length) {
        return null;
    }
    const size = daysPerPoint(data.dates.length, width);
    return {
        size,
        dates: data.dates.filter((date, index) => index % size === 0),
        series: data.series
            .filter((series) => shown.includes(series.method))
            .map((series) => ({
                ...series,
                stock: averages(series.stock, size),
                short: averages(series.short, size),
            })),
    };
}
