/**
 * Years in which an event of every year touches a window of days, the year it was entered for left out.
 *
 * @param {{ first: string, last: string }} event ISO dates of the first time
 * @param {{ from: string, to: string }} span ISO dates, both included
 * @returns {number[]} years to add to the dates of the event
 */
export function yearsLater(event, span) {
    const found = [];
    const own = Number(event.first.slice(0, 4));
    const length = Number(event.last.slice(0, 4)) - own;
    for (let year = Math.max(own + 1, Number(span.from.slice(0, 4)) - 1); year <= Number(span.to.slice(0, 4)); year++) {
        const first = `${year}${event.first.slice(4)}`;
        const last = `${year + length}${event.last.slice(4)}`;
        if (last >= span.from && first <= span.to) {
            found.push(year - own);
        }
    }
    return found;
}
