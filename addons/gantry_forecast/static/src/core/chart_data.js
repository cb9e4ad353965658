/** What the forecast chart draws, from what the server gives. Pure functions, no DOM. */

/**
 * Label of a bucket that begins on a day.
 *
 * @param {string} date ISO day
 * @param {"day" | "week" | "month"} bucket
 * @param {string} [locale]
 * @returns {string}
 */
export function bucketLabel(date, bucket, locale) {
    const [year, month, day] = date.split("-").map(Number);
    const moment = new Date(Date.UTC(year, month - 1, day));
    const options =
        bucket === "month"
            ? { month: "short", year: "2-digit", timeZone: "UTC" }
            : { day: "numeric", month: "short", year: "2-digit", timeZone: "UTC" };
    return new Intl.DateTimeFormat(locale, options).format(moment);
}

/**
 * Days between two ISO days.
 *
 * @param {string} from
 * @param {string} to
 * @returns {number}
 */
export function daysBetween(from, to) {
    return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86400000);
}

/**
 * Runs of neighbouring buckets for which a test holds, as [first, last] positions.
 *
 * @template T
 * @param {T[]} items
 * @param {(item: T) => boolean} test
 * @returns {[number, number][]}
 */
export function runs(items, test) {
    const found = [];
    items.forEach((item, index) => {
        if (!test(item)) {
            return;
        }
        const last = found[found.length - 1];
        if (last && last[1] === index - 1) {
            last[1] = index;
        } else {
            found.push([index, index]);
        }
    });
    return found;
}

/**
 * Position on the axis of a day: 0 is the middle of the first bucket, -0.5 its beginning.
 *
 * @param {{ date: string, days: number }[]} buckets
 * @param {string} date
 * @returns {number} clipped to the axis
 */
export function position(buckets, date) {
    if (!buckets.length || daysBetween(buckets[0].date, date) <= 0) {
        return -0.5;
    }
    for (let index = 0; index < buckets.length; index++) {
        const offset = daysBetween(buckets[index].date, date);
        if (offset < buckets[index].days) {
            return index - 0.5 + offset / buckets[index].days;
        }
    }
    return buckets.length - 0.5;
}

/**
 * Last buckets of the history that fit beside the forecast on a screen of some width.
 *
 * @param {unknown[]} history
 * @param {number} horizon
 * @param {number} width pixels
 * @returns {number} how many
 */
export function visibleHistory(history, horizon, width) {
    const fit = Math.max(Math.floor(width / 8) - horizon, horizon, 12);
    return Math.min(history.length, fit);
}

/**
 * Everything the chart draws.
 *
 * @param {object} data what `get_chart` gives
 * @param {{ bands: boolean, lastYear: boolean, events: boolean, outOfStock: boolean }} show
 * @param {number} [keep] buckets of history, all by default
 * @returns {object} labels, values per line, shades and marks by position on the axis
 */
export function chartModel(data, show, keep = data.history.length) {
    const history = keep ? data.history.slice(-keep) : [];
    const { forecast } = data;
    const buckets = [...history, ...forecast];
    const gap = history.map(() => null);
    const after = forecast.map(() => null);
    const line = (name) => [...gap, ...forecast.map((bucket) => bucket[name])];
    const overridden = forecast.some((bucket) => Math.abs(bucket.final - bucket.mean) > 1e-6);
    return {
        labels: buckets.map((bucket) => bucketLabel(bucket.date, data.bucket)),
        sold: [...history.map((bucket) => bucket.quantity), ...after],
        excluded: history.some((bucket) => bucket.excluded)
            ? [...history.map((bucket) => bucket.excluded || null), ...after]
            : null,
        mean: line("mean"),
        final: overridden ? line("final") : null,
        bands: show.bands && forecast.length
            ? { p05: line("p05"), p25: line("p25"), p75: line("p75"), p95: line("p95") }
            : null,
        lastYear: show.lastYear ? buckets.map((bucket) => bucket.last_year) : null,
        outOfStock: show.outOfStock
            ? runs(history, (bucket) => bucket.out_days > 0).map(([first, last]) => ({
                  from: first - 0.5,
                  to: last + 0.5,
                  days: history.slice(first, last + 1).reduce((sum, bucket) => sum + bucket.out_days, 0),
              }))
            : [],
        events: show.events
            ? data.events
                  .filter((event) => buckets.length && daysBetween(buckets[0].date, event.date_to) >= 0)
                  .map((event) => ({
                      name: event.name,
                      type: event.type,
                      from: position(buckets, event.date_from),
                      to: Math.max(
                          position(buckets, event.date_to) + 1 / (buckets[0].days || 1),
                          position(buckets, event.date_from) + 0.2
                      ),
                  }))
            : [],
        start: history.length - 0.5,
    };
}

/**
 * A quantity short enough for a tooltip.
 *
 * @param {number} value
 * @returns {string}
 */
export function shortQuantity(value) {
    const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
    return String(Number(value.toFixed(digits)));
}
