/**
 * The floor plan as the map draws it, from the columns the server sends. No OWL, no DOM.
 *
 * Bins that stand above each other share a cell; a scene is made for one level or for all of them.
 */

const CELL_M = 4;
const EMPTY = [];

/** Finds what is at a point or in a rectangle without looking at everything: boxes by squares of the floor. */
export class GridIndex {
    /** @param {{x, y, w, h}} boxes arrays: middle and size in metres */
    constructor(boxes, square = CELL_M) {
        this.boxes = boxes;
        this.square = square;
        this.squares = new Map();
        for (let i = 0; i < boxes.x.length; i++) {
            this._each(this._range(i), (key) => {
                const list = this.squares.get(key);
                list ? list.push(i) : this.squares.set(key, [i]);
            });
        }
    }

    _range(i) {
        const { x, y, w, h } = this.boxes;
        return { left: x[i] - w[i] / 2, right: x[i] + w[i] / 2, bottom: y[i] - h[i] / 2, top: y[i] + h[i] / 2 };
    }

    _each({ left, right, bottom, top }, visit) {
        const at = (value) => Math.floor(value / this.square);
        for (let row = at(bottom); row <= at(top); row++) {
            for (let column = at(left); column <= at(right); column++) {
                visit(`${column},${row}`);
            }
        }
    }

    /** The box at the point, or -1; the smallest when several overlap. `reach` is how far beside it still counts. */
    at(x, y, reach = 0) {
        const { w, h } = this.boxes;
        let best = -1;
        let least = [Infinity, Infinity];
        this._each({ left: x - reach, right: x + reach, bottom: y - reach, top: y + reach }, (key) => {
            for (const i of this.squares.get(key) || EMPTY) {
                const away = this._distance(i, x, y);
                const rank = [away, w[i] * h[i]];
                if (away <= reach && (rank[0] < least[0] || (rank[0] === least[0] && rank[1] < least[1]))) {
                    [best, least] = [i, rank];
                }
            }
        });
        return best;
    }

    _distance(i, x, y) {
        const box = this._range(i);
        return Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.bottom - y, 0, y - box.top));
    }
}

/**
 * Cells of one level (`null` for all): arrays x, y, w, h, and `bins`, the positions in the columns of the server.
 *
 * @param {Object} bins columns id, x, y, w, h, level
 */
export function cellsOf(bins, level = null) {
    const cells = { x: [], y: [], w: [], h: [], bins: [] };
    const known = new Map();
    const cellOfBin = new Int32Array(bins.id.length).fill(-1);
    for (let i = 0; i < bins.id.length; i++) {
        if (level !== null && bins.level[i] !== level) {
            continue;
        }
        const key = `${Math.round(bins.x[i] * 50)},${Math.round(bins.y[i] * 50)}`;
        let cell = known.get(key);
        if (cell === undefined) {
            cell = cells.x.length;
            known.set(key, cell);
            cells.x.push(bins.x[i]);
            cells.y.push(bins.y[i]);
            cells.w.push(bins.w[i]);
            cells.h.push(bins.h[i]);
            cells.bins.push([]);
        }
        cells.w[cell] = Math.max(cells.w[cell], bins.w[i]);
        cells.h[cell] = Math.max(cells.h[cell], bins.h[i]);
        cells.bins[cell].push(i);
        cellOfBin[i] = cell;
    }
    for (const list of cells.bins) {
        list.sort((a, b) => bins.level[a] - bins.level[b]);
    }
    return { ...cells, count: cells.x.length, cellOfBin };
}

export function levelsOf(bins) {
    return [...new Set(bins.level)].sort((a, b) => a - b);
}

/** Metres from the leftmost to the rightmost thing there is. */
export function boundsOf(data) {
    const box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
    const add = (x, y, w = 0, h = 0) => {
        box.left = Math.min(box.left, x - w / 2);
        box.right = Math.max(box.right, x + w / 2);
        box.bottom = Math.min(box.bottom, y - h / 2);
        box.top = Math.max(box.top, y + h / 2);
    };
    const { bins } = data;
    for (let i = 0; i < bins.id.length; i++) {
        add(bins.x[i], bins.y[i], bins.w[i], bins.h[i]);
    }
    for (const aisle of data.aisles) {
        add(aisle.x, aisle.y_from, aisle.width);
        add(aisle.x, aisle.y_to, aisle.width);
    }
    for (const block of data.blocks) {
        add(block.x + block.w / 2, block.y + block.h / 2, block.w, block.h);
    }
    [...data.points, ...data.nodes].forEach((point) => add(point.x, point.y, 1, 1));
    return box.left > box.right ? { left: 0, right: 10, bottom: 0, top: 10 } : box;
}

/**
 * Where zones are: a rectangle round the bins of each zone in each block, so that two wings stay two areas. Zones that
 * lie above each other are one area with both names.
 *
 * @param {number[]} rows the bins that are looked at
 */
export function zoneAreas(data, rows) {
    const { bins } = data;
    const areas = new Map();
    for (const i of rows) {
        if (bins.zone[i] < 0) {
            continue;
        }
        const block = bins.aisle[i] < 0 ? -1 : data.aisles[bins.aisle[i]].block;
        const key = `${bins.zone[i]}:${block}`;
        const area = areas.get(key) || {
            zone: bins.zone[i], left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity,
        };
        area.left = Math.min(area.left, bins.x[i] - bins.w[i] / 2);
        area.right = Math.max(area.right, bins.x[i] + bins.w[i] / 2);
        area.bottom = Math.min(area.bottom, bins.y[i] - bins.h[i] / 2);
        area.top = Math.max(area.top, bins.y[i] + bins.h[i] / 2);
        areas.set(key, area);
    }
    return merged([...areas.values()], data.zones);
}

function merged(areas, zones) {
    const places = new Map();
    for (const area of areas) {
        const key = [area.left, area.right, area.bottom, area.top].map((metre) => Math.round(metre)).join();
        const known = places.get(key);
        if (known) {
            known.name += `, ${zones[area.zone].name}`;
        } else {
            places.set(key, { ...area, name: zones[area.zone].name });
        }
    }
    return [...places.values()];
}

/** The aisle whose corridor is at the point, or -1. */
export function aisleAt(aisles, x, y, reach = 0) {
    let best = -1;
    let least = Infinity;
    aisles.forEach((aisle, i) => {
        const away = Math.abs(aisle.x - x);
        const inside = y >= aisle.y_from - reach && y <= aisle.y_to + reach;
        if (inside && away <= aisle.width / 2 + reach && away < least) {
            [best, least] = [i, away];
        }
    });
    return best;
}

/** The edge of a walkway graph nearest to the point within reach, or -1. */
export function edgeAt(edges, nodes, x, y, reach) {
    let best = -1;
    let least = reach;
    edges.forEach((edge, i) => {
        const a = nodes[edge.start];
        const b = nodes[edge.end];
        const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
        const along = length ? ((x - a.x) * (b.x - a.x) + (y - a.y) * (b.y - a.y)) / length : 0;
        const part = Math.min(Math.max(along, 0), 1);
        const away = Math.hypot(a.x + part * (b.x - a.x) - x, a.y + part * (b.y - a.y) - y);
        if (away <= least) {
            [best, least] = [i, away];
        }
    });
    return best;
}

/**
 * The cell one meets first in a direction, for the arrow keys: near, and rather straight ahead than aside.
 *
 * @param {[number, number]} way of length 1, in floor directions
 */
export function neighbour(cells, from, [dx, dy]) {
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < cells.count; i++) {
        const ahead = (cells.x[i] - cells.x[from]) * dx + (cells.y[i] - cells.y[from]) * dy;
        const aside = Math.abs((cells.x[i] - cells.x[from]) * dy) + Math.abs((cells.y[i] - cells.y[from]) * dx);
        if (i === from || ahead < 0.05 || aside > ahead * 2) {
            continue;
        }
        const cost = ahead + 3 * aside;
        if (cost < least) {
            [best, least] = [i, cost];
        }
    }
    return best;
}
