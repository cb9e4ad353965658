/** What the trace screen draws: from the answers of the server to boxes and arrows. No OWL, no DOM. */

export const BOX = { width: 190, height: 54, gapX: 90, gapY: 14, margin: 16 };
export const MAX_COLUMN = 8;
export const MIN_ZOOM = 0.7;
const RANK = { certain: 0, manual: 1, derived: 2, pooled: 3 };

/**
 * Boxes of the graph: the lots of the trace, suppliers on the left, customers on the right.
 *
 * @param {Object} trace answer of trace_lot
 * @param {Object} exposure answer of exposure
 * @returns {{boxes: Map, arrows: Object[]}} columns are numbers, 0 is the lot in the middle
 */
export function collect(trace, exposure) {
    const boxes = new Map();
    for (const row of [...trace.items, ...(trace.hubs || [])]) {
        const column = row.direction === "up" ? -row.depth : row.depth;
        const known = boxes.get(`n${row.node}`);
        // a lot in a cycle stands on both sides: draw it where it is nearer
        if (!known || Math.abs(column) < Math.abs(known.column)) {
            boxes.set(`n${row.node}`, {
                key: `n${row.node}`,
                kind: row.kind || (row.lot_id ? "lot" : "pool"),
                column,
                lotId: row.lot_id || false,
                label: row.pool_id ? row.product_name : row.name,
                sub: row.pool_id ? row.name.replace(`${row.product_name}, `, "") : row.product_name || "",
                productId: row.product_id || false,
                qty: row.on_hand || 0,
                unit: row.unit || "",
                confidence: row.confidence || "certain",
                members: 1,
            });
        }
    }
    const arrows = (trace.edges || [])
        .filter((edge) => boxes.has(`n${edge.from}`) && boxes.has(`n${edge.to}`))
        .map((edge) => ({
            from: `n${edge.from}`,
            to: `n${edge.to}`,
            qty: edge.qty || edge.made,
            unit: edge.unit,
            kind: edge.kind,
            confidence: edge.confidence,
            corrected: Boolean(edge.corrected_at),
            docs: edge.doc_name ? [{ model: edge.doc_model, id: edge.doc_id, name: edge.doc_name }] : [],
        }));
    const columns = [...boxes.values()].map((box) => box.column);
    addPartners(boxes, arrows, exposure.suppliers || [], "supplier", Math.min(0, ...columns) - 1);
    addPartners(boxes, arrows, exposure.customers || [], "customer", Math.max(0, ...columns) + 1);
    return { boxes, arrows };
}

function addPartners(boxes, arrows, rows, kind, column) {
    for (const row of rows) {
        const node = `n${row.lot_id || -row.pool_id}`;
        if (!boxes.has(node)) {
            continue;
        }
        const key = `${kind}${row.partner_id || 0}`;
        const qty = kind === "customer" ? row.qty_net : row.qty;
        const box = boxes.get(key) || {
            key,
            kind,
            column,
            partnerId: row.partner_id || false,
            label: row.partner_name || "",
            sub: "",
            qty: 0,
            unit: row.unit || "",
            confidence: "certain",
            members: 1,
        };
        box.qty += qty;
        boxes.set(key, box);
        arrows.push({
            from: kind === "customer" ? node : key,
            to: kind === "customer" ? key : node,
            qty,
            returned: row.qty_returned || 0,
            unit: row.unit || "",
            kind: kind === "customer" ? "ship" : "receive",
            confidence: "certain",
            docs: [],
        });
    }
}

/**
 * Put boxes of one product together where a column has more than fits, unless the user has opened that bundle.
 */
export function bundle({ boxes, arrows }, opened = new Set(), max = MAX_COLUMN) {
    const columns = groupBy([...boxes.values()], (box) => box.column);
    const moved = new Map();
    const kept = new Map();
    for (const [column, items] of columns) {
        const groups = groupBy(items, (box) => `${box.kind}-${box.productId || ""}`);
        for (const [name, members] of groups) {
            const key = `g${column}:${name}`;
            if (items.length <= max || members.length < 3 || opened.has(key) || column === 0) {
                for (const box of members) {
                    kept.set(box.key, opened.has(key) ? { ...box, bundle: key } : box);
                }
                continue;
            }
            const first = members[0];
            kept.set(key, {
                ...first,
                key,
                lotId: false,
                partnerId: false,
                kind: first.kind,
                label: "",
                sub: first.sub,
                qty: members.reduce((sum, box) => sum + box.qty, 0),
                confidence: weakest(members.map((box) => box.confidence)),
                members: members.length,
                isBundle: true,
            });
            members.forEach((box) => moved.set(box.key, key));
        }
    }
    return { boxes: kept, arrows: mergeArrows(arrows, moved) };
}

function mergeArrows(arrows, moved) {
    const merged = new Map();
    for (const arrow of arrows) {
        const from = moved.get(arrow.from) || arrow.from;
        const to = moved.get(arrow.to) || arrow.to;
        if (from === to) {
            continue;
        }
        const key = `${from}>${to}`;
        const known = merged.get(key);
        if (!known) {
            merged.set(key, { ...arrow, key, from, to, docs: [...arrow.docs], count: 1 });
            continue;
        }
        known.qty += arrow.qty;
        known.returned = (known.returned || 0) + (arrow.returned || 0);
        known.count += 1;
        known.confidence = surest([known.confidence, arrow.confidence]);
        known.corrected = known.corrected && arrow.corrected;
        known.unit = known.unit === arrow.unit ? known.unit : "";
        known.docs.push(...arrow.docs);
    }
    return [...merged.values()];
}

/**
 * Places of boxes and curves of arrows. Within a column boxes follow the middle of what they hang on in the column
 * nearer to the lot, so that arrows cross seldom.
 */
export function place({ boxes, arrows }) {
    const columns = groupBy([...boxes.values()], (box) => box.column);
    const order = [...columns.keys()].sort((a, b) => a - b);
    const rows = new Map();
    for (const column of [...order].sort((a, b) => Math.abs(a) - Math.abs(b))) {
        const items = columns.get(column);
        const pull = (box) => {
            const near = arrows
                .filter((arrow) => arrow.from === box.key || arrow.to === box.key)
                .map((arrow) => rows.get(arrow.from === box.key ? arrow.to : arrow.from))
                .filter((row) => row !== undefined);
            return near.length ? near.reduce((sum, row) => sum + row, 0) / near.length : Infinity;
        };
        const pulls = new Map(items.map((box) => [box.key, pull(box)]));
        items.sort(
            (a, b) =>
                (pulls.get(a.key) === pulls.get(b.key) ? 0 : pulls.get(a.key) - pulls.get(b.key)) ||
                a.sub.localeCompare(b.sub) ||
                a.label.localeCompare(b.label)
        );
        items.forEach((box, index) => rows.set(box.key, index - (items.length - 1) / 2));
    }
    const tallest = Math.max(1, ...[...columns.values()].map((items) => items.length));
    const height = tallest * (BOX.height + BOX.gapY) - BOX.gapY + 2 * BOX.margin;
    const placed = new Map();
    order.forEach((column, number) => {
        for (const box of columns.get(column)) {
            placed.set(box.key, {
                ...box,
                x: BOX.margin + number * (BOX.width + BOX.gapX),
                y: height / 2 + rows.get(box.key) * (BOX.height + BOX.gapY) - BOX.height / 2,
            });
        }
    });
    return {
        boxes: [...placed.values()],
        arrows: arrows.map((arrow) => curve(arrow, placed)),
        width: order.length * (BOX.width + BOX.gapX) - BOX.gapX + 2 * BOX.margin,
        height,
    };
}

function curve(arrow, placed) {
    const from = placed.get(arrow.from);
    const to = placed.get(arrow.to);
    const back = from.x >= to.x;
    const x1 = from.x + (back ? 0 : BOX.width);
    const x2 = to.x + (back ? BOX.width : 0);
    const y1 = from.y + BOX.height / 2;
    const y2 = to.y + BOX.height / 2;
    const bend = (x2 - x1) / 2;
    return {
        ...arrow,
        path: `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`,
        ...labelPlace(x1, y1, x2, y2),
    };
}

/** On the curve: in its middle, or in the first gap when it passes behind other columns. */
function labelPlace(x1, y1, x2, y2) {
    const columns = Math.max(1, Math.round(Math.abs(x2 - x1) / (BOX.width + BOX.gapX)));
    // the curve leaves its box about one and a half times as fast as a straight line
    const t = columns > 1 ? BOX.gapX / (3 * Math.abs(x2 - x1)) : 0.5;
    const bezier = (a, b, c, d) =>
        a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t ** 2 * (1 - t) + d * t ** 3;
    const middle = (x1 + x2) / 2;
    return { labelX: bezier(x1, middle, middle, x2), labelY: bezier(y1, y1, y2, y2) };
}

/** Boxes and arrows that hang together with one box, both ways; what the screen leaves bright. */
export function connected(key, arrows) {
    const found = new Set([key]);
    for (const [near, far] of [["from", "to"], ["to", "from"]]) {
        const queue = [key];
        while (queue.length) {
            const current = queue.pop();
            for (const arrow of arrows) {
                if (arrow[near] === current && !found.has(`${near}${arrow[far]}`)) {
                    found.add(`${near}${arrow[far]}`);
                    found.add(arrow[far]);
                    queue.push(arrow[far]);
                }
            }
        }
    }
    return found;
}

/**
 * How large to draw, and where to scroll: everything when the boxes stay readable, else the lot in the middle.
 */
export function fit(picture, focus, width, height) {
    const zoom = Math.min(1, Math.max(MIN_ZOOM, width / picture.width));
    const box = picture.boxes.find((one) => one.key === focus);
    const middle = (at, size, whole, room) => Math.max(0, Math.min((at + size / 2) * zoom - room / 2, whole * zoom - room));
    return {
        zoom,
        left: box ? middle(box.x, BOX.width, picture.width, width) : 0,
        top: box ? middle(box.y, BOX.height, picture.height, height) : 0,
    };
}

/** A quantity for an arrow: short, without needless decimals. */
export function shortQty(value) {
    const size = Math.abs(value);
    if (size >= 1e6) {
        return `${trim(value / 1e6)}M`;
    }
    return size >= 1e4 ? `${trim(value / 1e3)}k` : trim(value);
}

function trim(value) {
    return String(Math.round(value * 100) / 100);
}

function weakest(names) {
    return names.reduce((one, other) => (RANK[other] > RANK[one] ? other : one), "certain");
}

function surest(names) {
    return names.reduce((one, other) => (RANK[other] < RANK[one] ? other : one));
}

function groupBy(items, key) {
    const groups = new Map();
    for (const item of items) {
        const name = key(item);
        groups.set(name, [...(groups.get(name) || []), item]);
    }
    return groups;
}
