/** The floor as it is looked at: data of the server, level, colours, what is chosen. No OWL, no DOM. */

import { aisleAt, boundsOf, cellsOf, edgeAt, GridIndex, levelsOf, zoneAreas } from "./scene";
import { shade } from "./shades";

const STATES = { open: 0, planned: 1, blocked: 2 };

export class Floor {
    /** @param {Object} data answer of get_map_data */
    constructor(data) {
        this.data = data;
        this.bounds = boundsOf(data);
        this.levels = levelsOf(data.bins);
        this.rowOf = new Map(data.bins.id.map((id, row) => [id, row]));
        this.highlight = null;
        this.selection = null;
        this.hover = -1;
        this.route = null;
        this.marked = null;
        this.figures = {};
        this.setLevel(null);
        this.setFigures(data.figures);
    }

    setLevel(level) {
        this.level = level;
        this.cells = cellsOf(this.data.bins, level);
        this.index = new GridIndex(this.cells);
        this.areas = zoneAreas(this.data, this.cells.bins.flat());
        this.hover = -1;
        if (this.by) {
            this.setColor(this.by);
        }
        this.setRoute(this.route);
    }

    /** Figures of the server: only bins that have one. */
    setFigures({ by, id, value }) {
        if (by) {
            const column = new Array(this.data.bins.id.length).fill(null);
            id.forEach((one, i) => this.rowOf.has(one) && (column[this.rowOf.get(one)] = value[i]));
            this.figures[by] = column;
        }
    }

    setColor(by) {
        this.by = by;
        this.shade = shade(by, this.valuesOf(by), this.cells, this.data.zones);
        // cells of one colour one after the other: see painter
        this.order = Int32Array.from(this.cells.x.keys()).sort((a, b) => this.shade.of[a] - this.shade.of[b]);
    }

    valuesOf(by) {
        const { bins, aisles, edges } = this.data;
        if (by === "zone") {
            return bins.zone;
        }
        if (by === "blocked") {
            return bins.id.map((_id, row) => {
                const way = bins.aisle[row] >= 0 ? aisles[bins.aisle[row]] : edges[bins.edge[row]];
                return way ? STATES[way.state] : 0;
            });
        }
        return this.figures[by] || new Array(bins.id.length).fill(null);
    }

    cellName(cell) {
        const names = this.cells.bins[cell].map((row) => this.data.bins.name[row]);
        if (names.length < 2) {
            return names[0];
        }
        // A-01-03-1 … A-01-03-4 stand above each other: say what they have in common
        let same = 0;
        while (names.every((name) => same < name.length && name[same] === names[0][same])) {
            same++;
        }
        return names[0].slice(0, same).replace(/[-_./ ]+$/, "") || names[0];
    }

    /** The cell a bin is in, changing the level when it is on another one. */
    showBin(locationId) {
        const row = this.rowOf.get(locationId);
        if (row === undefined) {
            return -1;
        }
        if (this.cells.cellOfBin[row] < 0) {
            this.setLevel(this.data.bins.level[row]);
        }
        return this.cells.cellOfBin[row];
    }

    placeOf(locationId) {
        const row = this.rowOf.get(locationId);
        return row === undefined ? null : [this.data.bins.x[row], this.data.bins.y[row]];
    }

    /** What is at a point: a cell before a walkway, and of those the nearest. */
    at(x, y, reach) {
        const cell = this.index.at(x, y, 0);
        if (cell >= 0) {
            return { kind: "cell", index: cell };
        }
        const aisle = aisleAt(this.data.aisles, x, y);
        if (aisle >= 0) {
            return { kind: "aisle", index: aisle };
        }
        const near = this.index.at(x, y, reach);
        if (near >= 0) {
            return { kind: "cell", index: near };
        }
        const edge = edgeAt(this.data.edges, this.data.nodes, x, y, Math.max(reach, 0.6));
        return edge >= 0 ? { kind: "edge", index: edge } : null;
    }

    /** Outline these bins and let the others step back; null ends it. */
    setHighlight(locationIds) {
        this.marked = locationIds;
        if (!locationIds) {
            this.highlight = null;
            return;
        }
        const cells = locationIds.map((id) => this.rowOf.get(id)).map((row) => this.cells.cellOfBin[row]);
        this.highlight = new Set(cells.filter((cell) => cell >= 0));
    }

    /** Cells of the stops; a stop on another level than the one shown has none. */
    setRoute(route) {
        const rows = (route?.stops || []).map((stop) => this.rowOf.get(stop.location_id));
        const cells = rows.filter((row) => row !== undefined).map((row) => this.cells.cellOfBin[row]);
        this.route = route && { ...route, cells: cells.filter((cell) => cell >= 0) };
    }

    boundsOfBins(locationIds) {
        const places = locationIds.map((id) => this.placeOf(id)).filter(Boolean);
        const xs = places.map(([x]) => x);
        const ys = places.map(([, y]) => y);
        return places.length
            ? { left: Math.min(...xs) - 2, right: Math.max(...xs) + 2, bottom: Math.min(...ys) - 2,
                top: Math.max(...ys) + 2 }
            : this.bounds;
    }

    binsOfWay(kind, index) {
        return this.data.bins[kind].reduce((count, row) => count + (row === index ? 1 : 0), 0);
    }

    locationIds(cell) {
        return this.cells.bins[cell].map((row) => this.data.bins.id[row]);
    }
}
