/** What a job's numbers mean to somebody who waits. Pure functions, no DOM. */

export const ACTIVE_STATES = ["pending", "running"];

/** Seconds after which a job that nobody has taken needs a word about it. */
export const PATIENCE_S = 90;

export function isActive(state) {
    return ACTIVE_STATES.includes(state);
}

/**
 * Seconds a running job is likely to need still, or null when nothing can be said yet.
 *
 * @param {{ done: number, total: number, elapsedS: number }} job
 * @returns {number | null}
 */
export function remainingSeconds({ done, total, elapsedS }) {
    if (!(done > 0) || !(total > done) || !(elapsedS > 2)) {
        return null;
    }
    return (elapsedS * (total - done)) / done;
}

/**
 * A duration as people say it, with two units at most.
 *
 * @param {number} seconds
 * @returns {string} e.g. "45 s", "3 min 20 s", "2 h 5 min"
 */
export function formatDuration(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) {
        return `${whole} s`;
    }
    const minutes = Math.floor(whole / 60);
    if (minutes < 60) {
        const rest = whole % 60;
        return rest ? `${minutes} min ${rest} s` : `${minutes} min`;
    }
    const rest = minutes % 60;
    return rest ? `${Math.floor(minutes / 60)} h ${rest} min` : `${minutes / 60} h`;
}

/**
 * Milliseconds to the next look at a job: often at first, then less so.
 *
 * @param {number} looks how often it was looked at
 * @returns {number}
 */
export function pollDelay(looks) {
    return Math.min(1000 + 100 * looks, 5000);
}

/**
 * Per cent to draw, never outside 0 to 100, and never full before the job is done.
 *
 * @param {{ state: string, progress: number }} job
 * @returns {number}
 */
export function barPercent({ state, progress }) {
    if (state === "done") {
        return 100;
    }
    return Math.min(Math.max(Math.floor(progress || 0), 0), 99);
}

/**
 * Whether a waiting job has waited so long that no worker seems to run.
 *
 * @param {{ state: string, waitedS: number }} job
 * @returns {boolean}
 */
export function isForgotten({ state, waitedS }) {
    return state === "pending" && waitedS > PATIENCE_S;
}
