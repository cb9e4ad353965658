/** What the overview shows, from what the server gives. Pure functions, no DOM. */

/**
 * Change against an earlier figure in per cent, null when there is nothing to compare with.
 *
 * @param {number} now
 * @param {number} before
 * @returns {number | null}
 */
export function change(now, before) {
    return before ? (100 * (now - before)) / before : null;
}

/**
 * The month before the running one, and the one a year ago.
 *
 * @param {{ value: number }[]} trend oldest first, the running month last
 * @returns {{ month: number | null, year: number | null }} change of the stock value in per cent
 */
export function valueChange(trend) {
    const last = trend[trend.length - 1];
    const month = trend[trend.length - 2];
    const year = trend.length >= 13 ? trend[trend.length - 13] : null;
    return {
        month: last && month ? change(last.value, month.value) : null,
        year: last && year ? change(last.value, year.value) : null,
    };
}

/**
 * Rows of the ABC/XYZ matrix with the shade of each cell. Products whose demand is too short for a class (`xyz` false)
 * get a column only when there are any.
 *
 * @param {{ abc: string, xyz: string | false, count: number, value: number, demand: number }[]} cells
 * @param {"value" | "demand" | "count"} measure
 * @returns {{ columns: (string | false)[], rows: { abc: string, cells: object[] }[], total: number }}
 */
export function matrixModel(cells, measure) {
    const columns = ["X", "Y", "Z"];
    if (cells.some((cell) => cell.xyz === false && cell.count)) {
        columns.push(false);
    }
    const shown = cells.filter((cell) => columns.includes(cell.xyz));
    const most = Math.max(...shown.map((cell) => cell[measure]), 0);
    const total = shown.reduce((sum, cell) => sum + cell[measure], 0);
    const rows = ["A", "B", "C"].map((abc) => ({
        abc,
        cells: columns.map((xyz) => {
            const cell = shown.find((item) => item.abc === abc && item.xyz === xyz) || { abc, xyz, count: 0, value: 0, demand: 0 };
            return {
                ...cell,
                amount: cell[measure],
                share: total ? cell[measure] / total : 0,
                shade: most > 0 ? cell[measure] / most : 0,
            };
        }),
    }));
    return { columns, rows, total };
}

/**
 * Bars with their width and share in per cent of the longest and of all.
 *
 * @template {{ value: number }} T
 * @param {T[]} items
 * @returns {(T & { width: number, share: number })[]}
 */
export function bars(items) {
    const most = Math.max(...items.map((item) => item.value), 0);
    const total = items.reduce((sum, item) => sum + Math.max(item.value, 0), 0);
    return items.map((item) => ({
        ...item,
        width: most > 0 ? (100 * Math.max(item.value, 0)) / most : 0,
        share: total > 0 ? (100 * Math.max(item.value, 0)) / total : 0,
    }));
}

/**
 * Domain of a click: what is filtered on the page, and what was clicked.
 *
 * @param {{ warehouse_id: number | null, categ_id: number | null }} filter
 * @param {Array} [extra]
 * @returns {Array}
 */
export function clickDomain(filter, extra = []) {
    const domain = [];
    if (filter.warehouse_id) {
        domain.push(["warehouse_id", "=", filter.warehouse_id]);
    }
    if (filter.categ_id) {
        domain.push(["categ_id", "child_of", filter.categ_id]);
    }
    return [...domain, ...extra];
}

/**
 * Money as short as a tile needs it: 1.2M, 316k, 940.
 *
 * @param {number} amount
 * @returns {{ number: number, digits: number, suffix: string }}
 */
export function shorten(amount) {
    const size = Math.abs(amount);
    if (size >= 999500) {
        return { number: amount / 1e6, digits: size >= 1e8 ? 0 : size >= 1e7 ? 1 : 2, suffix: "M" };
    }
    if (size >= 10000) {
        return { number: amount / 1e3, digits: size >= 1e5 ? 0 : 1, suffix: "k" };
    }
    return { number: amount, digits: 0, suffix: "" };
}

/**
 * How service stands to its target.
 *
 * @param {number | null} service
 * @param {number | null} target
 * @returns {"none" | "good" | "near" | "bad"}
 */
export function serviceTone(service, target) {
    if (service === null || service === undefined || service === false) {
        return "none";
    }
    return service >= target ? "good" : service >= target - 2 ? "near" : "bad";
}

/**
 * What still has to be done before there is anything to see.
 *
 * @param {{ stock: boolean, demand: boolean, forecast: boolean } | null} steps
 * @returns {{ key: string, done: boolean, next: boolean }[]} the first one that is not done is next
 */
export function firstSteps(steps) {
    if (!steps) {
        return [];
    }
    const list = [
        { key: "stock", done: steps.stock },
        { key: "demand", done: steps.demand },
        { key: "forecast", done: steps.forecast },
        { key: "refresh", done: false },
    ];
    const next = list.findIndex((step) => !step.done);
    return list.map((step, index) => ({ ...step, next: index === next }));
}
