/** A route on the map: corners and numbered stops. No OWL, no DOM. */

/** Metres along the corners. */
export function lengthOf(path) {
    let sum = 0;
    for (let i = 1; i < path.length; i++) {
        sum += Math.hypot(path[i][0] - path[i - 1][0], path[i][1] - path[i - 1][1]);
    }
    return sum;
}

/**
 * A route as given by the action, made whole: stops have a number, and those whose place is only known by their bin
 * get it from the map.
 *
 * @param {Object} raw `{ route_id, name, path: [[x, y]], stops: [{ x, y, label, location_id, done }], length_m, note,
 *     is_stale }`
 * @param {(locationId: number) => ([number, number] | null)} placeOf
 */
export function wholeRoute(raw, placeOf) {
    const numbered = (raw.stops || []).map((stop, index) => {
        const place = typeof stop.x === "number" ? [stop.x, stop.y] : placeOf(stop.location_id);
        return { ...stop, key: index, number: index + 1, x: place ? place[0] : null, y: place ? place[1] : null };
    });
    const stops = numbered.filter((stop) => stop.x !== null);
    const path = raw.path?.length ? raw.path : stops.map((stop) => [stop.x, stop.y]);
    return {
        id: raw.route_id || null,
        isStale: Boolean(raw.is_stale),
        name: raw.name || "",
        note: raw.note || "",
        path,
        stops,
        lost: numbered.filter((stop) => stop.x === null),
        length_m: raw.length_m || lengthOf(path),
    };
}

/** Markers that are drawn: stops at one place share a marker, "3" and "7" make "3, 7". */
export function markers(stops, apart = 0.3) {
    const found = [];
    for (const stop of stops) {
        const near = found.find((one) => Math.hypot(one.x - stop.x, one.y - stop.y) < apart);
        if (near) {
            near.stops.push(stop);
        } else {
            found.push({ key: stop.key, x: stop.x, y: stop.y, stops: [stop] });
        }
    }
    return found.map((one) => ({
        ...one,
        text: one.stops.map((stop) => stop.number).join(", "),
        done: one.stops.every((stop) => stop.done),
    }));
}

/** Points along the way where an arrow shows the direction, about every `every` metres. */
export function arrows(path, every) {
    const found = [];
    let left = every / 2;
    for (let i = 1; i < path.length; i++) {
        const [ax, ay] = path[i - 1];
        const [bx, by] = path[i];
        const leg = Math.hypot(bx - ax, by - ay);
        while (leg > 0 && left <= leg) {
            const part = left / leg;
            found.push({ x: ax + (bx - ax) * part, y: ay + (by - ay) * part, angle: Math.atan2(by - ay, bx - ax) });
            left += every;
        }
        left -= leg;
    }
    return found;
}

/** What is around the route, so that one can look at it. */
export function routeBounds(route) {
    const points = [...route.path, ...route.stops.map((stop) => [stop.x, stop.y])];
    const xs = points.map((point) => point[0]);
    const ys = points.map((point) => point[1]);
    return { left: Math.min(...xs), right: Math.max(...xs), bottom: Math.min(...ys), top: Math.max(...ys) };
}
