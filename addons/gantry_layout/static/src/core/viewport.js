/**
 * What part of the floor is seen. No OWL, no DOM.
 *
 * A view is `{ x, y, scale }`: the metre that is in the middle of the screen, and pixels per metre. The floor's y grows
 * away from the reader (as in a plan), the screen's y grows downwards. A size is `{ width, height }` in pixels,
 * bounds are `{ left, right, bottom, top }` in metres.
 */

export const MAX_SCALE = 160;
export const MARGIN_PX = 40;

export function toScreen(view, size, x, y) {
    return [size.width / 2 + (x - view.x) * view.scale, size.height / 2 - (y - view.y) * view.scale];
}

export function toFloor(view, size, px, py) {
    return [view.x + (px - size.width / 2) / view.scale, view.y - (py - size.height / 2) / view.scale];
}

/** The part of the floor that the screen shows. */
export function seen(view, size) {
    const [left, top] = toFloor(view, size, 0, 0);
    const [right, bottom] = toFloor(view, size, size.width, size.height);
    return { left, right, bottom, top };
}

/** Everything within the bounds, as large as it gets; `inset` pixels on the left are covered by something. */
export function fit(bounds, size, margin = MARGIN_PX, inset = 0) {
    const width = Math.max(bounds.right - bounds.left, 1);
    const height = Math.max(bounds.top - bounds.bottom, 1);
    const scale = Math.min(
        Math.max(size.width - inset - 2 * margin, 40) / width,
        Math.max(size.height - 2 * margin, 40) / height,
        MAX_SCALE
    );
    // covered pixels move the middle only as far as they are needed
    const shift = Math.max(inset + margin - (size.width - width * scale) / 2, 0) / scale;
    return { x: (bounds.left + bounds.right) / 2 - (inset && shift), y: (bounds.bottom + bounds.top) / 2, scale };
}

/** The window got another size: what is at its upper left corner stays there. */
export function resized(view, before, after) {
    return {
        ...view,
        x: view.x + (after.width - before.width) / 2 / view.scale,
        y: view.y - (after.height - before.height) / 2 / view.scale,
    };
}

/** Keep the zoom sensible and some of the floor on the screen, whatever the hand did. */
export function hold(view, bounds, size) {
    const least = fit(bounds, size).scale * 0.5;
    const scale = Math.min(Math.max(view.scale, least), Math.max(MAX_SCALE, least));
    const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
    return {
        x: clamp(view.x, bounds.left, bounds.right),
        y: clamp(view.y, bounds.bottom, bounds.top),
        scale,
    };
}

/** The floor follows the finger: it moved by so many pixels. */
export function pan(view, dx, dy) {
    return { ...view, x: view.x - dx / view.scale, y: view.y + dy / view.scale };
}

/** Zoom, and what is under the pointer stays there. */
export function zoomAt(view, size, factor, px, py) {
    const [x, y] = toFloor(view, size, px, py);
    const scale = view.scale * factor;
    return { x: x - (px - size.width / 2) / scale, y: y + (py - size.height / 2) / scale, scale };
}

/** Two fingers went from `before` to `after`, each a pair of `[px, py]`. */
export function pinch(view, size, before, after) {
    const middle = ([[ax, ay], [bx, by]]) => [(ax + bx) / 2, (ay + by) / 2];
    const spread = ([[ax, ay], [bx, by]]) => Math.hypot(ax - bx, ay - by);
    const [bx, by] = middle(before);
    const [ax, ay] = middle(after);
    const factor = spread(before) > 1 ? spread(after) / spread(before) : 1;
    return pan(zoomAt(view, size, factor, bx, by), ax - bx, ay - by);
}

/** Between two views, `part` of the way (0 to 1): eased, and the zoom changes evenly to the eye. */
export function between(from, to, part) {
    const eased = part < 0.5 ? 2 * part * part : 1 - (2 - 2 * part) ** 2 / 2;
    return {
        x: from.x + (to.x - from.x) * eased,
        y: from.y + (to.y - from.y) * eased,
        scale: from.scale * (to.scale / from.scale) ** eased,
    };
}

/** A round length in metres for the scale bar, about `px` pixels long. */
export function scaleBar(view, px = 90) {
    const wished = px / view.scale;
    const power = 10 ** Math.floor(Math.log10(wished));
    const metres = [5, 2, 1].map((one) => one * power).find((one) => one <= wished) || power;
    return { metres, px: metres * view.scale };
}
