/** What the chart of projected stock draws, from what the server gives. Pure functions, no DOM. */

/**
 * @typedef {object} Projection
 * @property {string[]} dates coming days, the first is today
 * @property {[string, number][]} history stock at the end of past days, oldest first
 * @property {number[]} mean expected stock at the end of each coming day
 * @property {number[]} low 5 % quantile
 * @property {number[]} high 95 % quantile
 * @property {number[]} [planned] expected stock when what is proposed is ordered
 * @property {number} min reorder point
 * @property {number} max order-up-to level
 * @property {[string, number][]} incoming quantities on their way, by day
 * @property {[string, number][]} committed quantities promised, by day
 * @property {string | false} stockout_date
 * @property {string | false} order_by_date
 */

/**
 * Quantities at their positions on the axis. What is earlier counts on the first day (it is overdue), what is
 * later than the axis is left out.
 *
 * @param {[string, number][]} list
 * @param {string[]} dates ascending
 * @param {number} start position of today
 * @returns {(number | null)[]}
 */
export function byDay(list, dates, start) {
    const values = dates.map(() => null);
    for (const [date, quantity] of list || []) {
        if (!dates.length || date > dates.at(-1)) {
            continue;
        }
        const found = dates.indexOf(date);
        const at = Math.max(found, start);
        values[at] = (values[at] || 0) + quantity;
    }
    return values;
}

/**
 * @param {Projection} data
 * @param {number} [keep] days of history to show
 * @returns {object | null} null when there is nothing to draw
 */
export function projectionModel(data, keep = 90) {
    if (!data || !data.dates || !data.dates.length) {
        return null;
    }
    const past = (keep > 0 ? (data.history || []).slice(-keep) : []).filter(([date]) => date < data.dates[0]);
    const dates = [...past.map(([date]) => date), ...data.dates];
    const start = past.length;
    const gap = past.map(() => null);
    const ahead = (values) => [...gap, ...(values || data.dates.map(() => null))];
    const join = past.length ? past.at(-1)[1] : null;
    const mean = ahead(data.mean);
    if (start && data.mean) {
        mean[start - 1] = join; // the lines meet
    }
    const at = (date) => (date ? dates.indexOf(date) : -1);
    return {
        dates,
        start,
        history: [...past.map(([, quantity]) => quantity), ...data.dates.map(() => null)],
        mean,
        low: ahead(data.low),
        high: ahead(data.high),
        planned: ahead(data.planned),
        incoming: byDay(data.incoming, dates, start),
        committed: byDay(data.committed, dates, start),
        min: Number.isFinite(data.min) ? data.min : null,
        max: Number.isFinite(data.max) ? data.max : null,
        stockout: at(data.stockout_date),
        orderBy: at(data.order_by_date),
    };
}

/**
 * In one line what the chart says, for those who cannot see it and for the impatient.
 *
 * @param {Projection} data
 * @returns {{ code: "short" | "order" | "safe" | "none", stockout: string | false, orderBy: string | false }}
 */
export function verdict(data) {
    if (!data || !data.dates || !data.dates.length) {
        return { code: "none", stockout: false, orderBy: false };
    }
    const stockout = data.stockout_date || false;
    const orderBy = data.order_by_date || false;
    if (stockout) {
        return { code: "short", stockout, orderBy };
    }
    return { code: orderBy ? "order" : "safe", stockout, orderBy };
}
