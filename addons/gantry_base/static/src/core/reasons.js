/** Reasons of a computed figure, made ready for the screen. Pure functions, no DOM. */

/**
 * @param {string} name e.g. "lead_time_days"
 * @returns {string} e.g. "Lead time days"
 */
export function humanise(name) {
    const text = String(name).replace(/[._]+/g, " ").trim();
    return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * @param {unknown} value
 * @returns {string}
 */
export function plain(value) {
    if (value === null || value === undefined) {
        return "–";
    }
    if (typeof value === "number" && !Number.isInteger(value)) {
        return String(Number(value.toPrecision(4)));
    }
    if (Array.isArray(value)) {
        return value.map(plain).join(", ");
    }
    return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * The reasons of a field's value; anything that has no sentence is left out.
 *
 * @param {unknown} value list of { code, text, numbers, facts }
 * @returns {{ key: string, text: string, facts: { label: string, text: string }[] }[]}
 */
export function readReasons(value) {
    if (!Array.isArray(value)) {
        return [];
    }
    return value
        .filter((reason) => reason && reason.text)
        .map((reason, index) => ({
            key: `${index}-${reason.code}`,
            text: reason.text,
            facts: Array.isArray(reason.facts)
                ? reason.facts
                : Object.entries(reason.numbers || {}).map(([name, number]) => ({
                      label: humanise(name),
                      text: plain(number),
                  })),
        }));
}

/**
 * A JSON value as lines to read: nested values are indented under their name.
 *
 * @param {unknown} value
 * @param {number} [depth]
 * @returns {{ label: string, text: string, depth: number }[]}
 */
export function jsonLines(value, depth = 0) {
    if (value === null || value === undefined || value === false) {
        return [];
    }
    if (typeof value !== "object") {
        return [{ label: "", text: plain(value), depth }];
    }
    const lines = [];
    for (const [name, item] of Object.entries(value)) {
        const label = Array.isArray(value) ? `${Number(name) + 1}.` : humanise(name);
        const flat =
            item === null ||
            typeof item !== "object" ||
            (Array.isArray(item) && item.every((part) => part === null || typeof part !== "object"));
        if (flat) {
            lines.push({ label, text: plain(item), depth });
        } else {
            lines.push({ label, text: "", depth }, ...jsonLines(item, depth + 1));
        }
    }
    return lines;
}
