/** Draws the floor on a canvas: blocks, zones, walkways, bins, names. Knows neither OWL nor the server. */

import { seen } from "../core/viewport";
import { ZONE_COLORS } from "../core/shades";

const FLOOR = "#ffffff";
const OUTSIDE = "#e6eaed";
const WALK = "#8fa1ab";
const INK = "#37474f";
const BLOCKED = "#c9302c";
const PLANNED = "#d99000";
const CHOSEN = "#12545c";
const FOUND = "#0b62d6";

/** Plan to pixel, for this view. */
class Brush {
    constructor(ctx, size, view) {
        Object.assign(this, { ctx, size, view, box: seen(view, size) });
        this.ox = size.width / 2 - view.x * view.scale;
        this.oy = size.height / 2 + view.y * view.scale;
    }

    x(metre) {
        return this.ox + metre * this.view.scale;
    }

    y(metre) {
        return this.oy - metre * this.view.scale;
    }

    isSeen(left, right, bottom, top) {
        const { box } = this;
        return right >= box.left && left <= box.right && top >= box.bottom && bottom <= box.top;
    }

    rect(left, right, bottom, top) {
        return [this.x(left), this.y(top), (right - left) * this.view.scale, (top - bottom) * this.view.scale];
    }

    text(text, x, y, { size = 11, color = INK, align = "center", bold = false, halo = false } = {}) {
        const { ctx } = this;
        ctx.font = `${bold ? "600 " : ""}${size}px system-ui, sans-serif`;
        ctx.textAlign = align;
        ctx.textBaseline = "middle";
        if (halo) {
            ctx.lineWidth = 3;
            ctx.strokeStyle = "rgba(255, 255, 255, 0.9)";
            ctx.strokeText(text, x, y);
        }
        ctx.fillStyle = color;
        ctx.fillText(text, x, y);
    }
}

/** Slanted lines in a box: what is blocked is also told without colour. */
function hatch(ctx, [x, y, w, h], color) {
    ctx.save();
    ctx.beginPath();
    ctx.rect(x, y, w, h);
    ctx.clip();
    ctx.globalAlpha = 0.18;
    ctx.fillStyle = color;
    ctx.fillRect(x, y, w, h);
    ctx.globalAlpha = 1;
    ctx.strokeStyle = color;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    for (let at = -h; at < w; at += 8) {
        ctx.moveTo(x + at, y + h);
        ctx.lineTo(x + at + h, y);
    }
    ctx.stroke();
    ctx.restore();
}

function paintFloor(brush, plan) {
    const { ctx, size } = brush;
    ctx.fillStyle = OUTSIDE;
    ctx.fillRect(0, 0, size.width, size.height);
    ctx.fillStyle = FLOOR;
    const { bounds } = plan;
    ctx.fillRect(...brush.rect(bounds.left - 2, bounds.right + 2, bounds.bottom - 2, bounds.top + 2));
    for (const area of plan.areas) {
        const zone = plan.data.zones[area.zone];
        ctx.fillStyle = ZONE_COLORS[zone.color % ZONE_COLORS.length];
        ctx.globalAlpha = 0.11;
        ctx.fillRect(...brush.rect(area.left - 0.4, area.right + 0.4, area.bottom - 0.4, area.top + 0.4));
        ctx.globalAlpha = 1;
    }
}

function paintAisles(brush, plan) {
    const { ctx, view } = brush;
    for (const aisle of plan.data.aisles) {
        const half = aisle.width / 2;
        if (!brush.isSeen(aisle.x - half, aisle.x + half, aisle.y_from, aisle.y_to)) {
            continue;
        }
        const box = brush.rect(aisle.x - half, aisle.x + half, aisle.y_from, aisle.y_to);
        if (aisle.state !== "open") {
            hatch(ctx, box, aisle.state === "blocked" ? BLOCKED : PLANNED);
        }
        if (aisle.one_way !== "none" && view.scale > 3) {
            const way = aisle.one_way === "up" ? -1 : 1;
            for (let y = box[1] + 20; y < box[1] + box[3] - 10; y += 60) {
                arrow(ctx, brush.x(aisle.x), y, 0, way);
            }
        }
    }
}

function arrow(ctx, x, y, dx, dy, color = WALK, reach = 5) {
    ctx.fillStyle = color;
    ctx.beginPath();
    ctx.moveTo(x + dx * reach, y + dy * reach);
    ctx.lineTo(x - dx * reach - dy * reach * 0.7, y - dy * reach + dx * reach * 0.7);
    ctx.lineTo(x - dx * reach + dy * reach * 0.7, y - dy * reach - dx * reach * 0.7);
    ctx.fill();
}

function paintEdges(brush, plan) {
    const { ctx, view } = brush;
    const { edges, nodes } = plan.data;
    for (const edge of edges) {
        const [ax, ay] = [brush.x(nodes[edge.start].x), brush.y(nodes[edge.start].y)];
        const [bx, by] = [brush.x(nodes[edge.end].x), brush.y(nodes[edge.end].y)];
        ctx.strokeStyle = edge.state === "blocked" ? BLOCKED : edge.state === "planned" ? PLANNED : WALK;
        ctx.lineWidth = edge.state === "open" ? Math.min(Math.max(view.scale * 0.25, 1), 5) : 3;
        ctx.setLineDash(edge.state === "open" ? [] : [7, 5]);
        ctx.beginPath();
        ctx.moveTo(ax, ay);
        ctx.lineTo(bx, by);
        ctx.stroke();
        const long = Math.hypot(bx - ax, by - ay);
        if (edge.one_way !== "none" && long > 18) {
            const way = edge.one_way === "back" ? -1 : 1;
            arrow(ctx, (ax + bx) / 2, (ay + by) / 2, (way * (bx - ax)) / long, (way * (by - ay)) / long, INK);
        }
    }
    ctx.setLineDash([]);
}

/** The many: grouped by colour, because changing it is what takes time. */
function paintCells(brush, plan) {
    const { ctx, view } = brush;
    const { cells, shade, order, highlight } = plan;
    const { x, y, w, h } = cells;
    const gap = view.scale > 12 ? 1 : view.scale > 5 ? 0.5 : 0;
    let current = -1;
    for (let k = 0; k < order.length; k++) {
        const i = order[k];
        if (!brush.isSeen(x[i] - w[i] / 2, x[i] + w[i] / 2, y[i] - h[i] / 2, y[i] + h[i] / 2)) {
            continue;
        }
        const look = highlight && !highlight.has(i) ? -2 : shade.of[i];
        if (look !== current) {
            current = look;
            ctx.fillStyle = look === -2 ? "#e4e9ec" : shade.classes[look].color;
        }
        const width = w[i] * view.scale;
        const height = h[i] * view.scale;
        ctx.fillRect(
            brush.ox + x[i] * view.scale - width / 2 + gap / 2,
            brush.oy - y[i] * view.scale - height / 2 + gap / 2,
            Math.max(width - gap, 0.8),
            Math.max(height - gap, 0.8)
        );
    }
}

function paintGrid(brush, plan) {
    const { ctx, view } = brush;
    const { cells } = plan;
    if (view.scale < 12) {
        return;
    }
    ctx.strokeStyle = "rgba(55, 71, 79, 0.35)";
    ctx.lineWidth = 0.6;
    for (let i = 0; i < cells.count; i++) {
        const [left, right] = [cells.x[i] - cells.w[i] / 2, cells.x[i] + cells.w[i] / 2];
        const [bottom, top] = [cells.y[i] - cells.h[i] / 2, cells.y[i] + cells.h[i] / 2];
        if (!brush.isSeen(left, right, bottom, top)) {
            continue;
        }
        const box = brush.rect(left, right, bottom, top);
        ctx.strokeRect(...box);
        if (box[2] > 58 && box[3] > 15) {
            brush.text(plan.cellName(i), box[0] + box[2] / 2, box[1] + box[3] / 2, { size: 10, halo: true });
        }
    }
}

/** Under a route the colours step back, and the bins to visit are outlined. */
function paintVeil(brush, plan) {
    if (!plan.route) {
        return;
    }
    const { ctx, size } = brush;
    ctx.fillStyle = "rgba(255, 255, 255, 0.55)";
    ctx.fillRect(0, 0, size.width, size.height);
    plan.route.cells.forEach((cell) => outline(brush, plan.cells, cell, FOUND, 2));
}

function paintNames(brush, plan) {
    const { view } = brush;
    const { aisles } = plan.data;
    let last = -Infinity;
    for (const aisle of aisles) {
        const x = brush.x(aisle.x);
        if (x - last < 22 && x > last) {
            continue;
        }
        last = x;
        const y = Math.min(brush.y(aisle.y_from) + 11, brush.size.height - 8);
        if (y > brush.y(aisle.y_to)) {
            brush.text(aisle.name, x, y, { size: 11, bold: true, halo: true });
        }
    }
    for (const area of plan.areas) {
        const [x, y, w] = brush.rect(area.left, area.right, area.bottom, area.top);
        if (w > 90 && view.scale < 12) {
            brush.text(area.name, x + 4, y - 9, { align: "left", bold: true, halo: true });
        }
    }
}

function outline(brush, cells, i, color, width) {
    const { ctx } = brush;
    const box = brush.rect(
        cells.x[i] - cells.w[i] / 2, cells.x[i] + cells.w[i] / 2,
        cells.y[i] - cells.h[i] / 2, cells.y[i] + cells.h[i] / 2
    );
    ctx.lineWidth = width + 3;
    ctx.strokeStyle = "#ffffff";
    ctx.strokeRect(...box);
    ctx.lineWidth = width;
    ctx.strokeStyle = color;
    ctx.strokeRect(...box);
}

function paintChoice(brush, plan) {
    const { cells, highlight, selection, hover } = plan;
    if (highlight && highlight.size <= 300) {
        highlight.forEach((i) => outline(brush, cells, i, FOUND, 2));
    }
    if (hover >= 0 && hover < cells.count) {
        outline(brush, cells, hover, INK, 1.5);
    }
    if (selection?.kind === "cell" && selection.index >= 0) {
        outline(brush, cells, selection.index, CHOSEN, 3);
    } else if (selection?.kind === "aisle") {
        const aisle = plan.data.aisles[selection.index];
        const half = aisle.width / 2;
        brush.ctx.lineWidth = 2.5;
        brush.ctx.strokeStyle = CHOSEN;
        brush.ctx.strokeRect(...brush.rect(aisle.x - half, aisle.x + half, aisle.y_from, aisle.y_to));
    } else if (selection?.kind === "edge") {
        const edge = plan.data.edges[selection.index];
        const [a, b] = [plan.data.nodes[edge.start], plan.data.nodes[edge.end]];
        brush.ctx.lineWidth = 6;
        brush.ctx.strokeStyle = CHOSEN;
        brush.ctx.beginPath();
        brush.ctx.moveTo(brush.x(a.x), brush.y(a.y));
        brush.ctx.lineTo(brush.x(b.x), brush.y(b.y));
        brush.ctx.stroke();
    }
}

/**
 * @param {CanvasRenderingContext2D} ctx with its scale set to the pixels of the device
 * @param {{width, height}} size in CSS pixels
 * @param {Object} view of core/viewport
 * @param {Object} plan data, bounds, areas, cells, shade, order, cellName, highlight, selection, hover
 */
export function paint(ctx, size, view, plan) {
    const brush = new Brush(ctx, size, view);
    paintFloor(brush, plan);
    paintCells(brush, plan);
    paintGrid(brush, plan);
    paintVeil(brush, plan);
    paintAisles(brush, plan);
    paintEdges(brush, plan);
    paintNames(brush, plan);
    paintChoice(brush, plan);
}
