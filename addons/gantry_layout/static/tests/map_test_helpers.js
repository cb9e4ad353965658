/** Two aisles of three bays on both sides, two levels; aisle B is blocked. */
export function hall() {
    const bins = { id: [], name: [], x: [], y: [], w: [], h: [], level: [], zone: [], aisle: [], edge: [] };
    let id = 100;
    for (const aisle of [0, 1]) {
        for (const side of [-1, 1]) {
            for (const bay of [0, 1, 2]) {
                for (const level of [1, 2]) {
                    const values = {
                        id: id++, name: `${"AB"[aisle]}-${side > 0 ? "R" : "L"}${bay}-${level}`,
                        x: 2 + 4 * aisle + side * 1.5, y: 2 + bay, w: 1, h: 1, level, zone: level - 1, aisle, edge: -1,
                    };
                    Object.keys(bins).forEach((name) => bins[name].push(values[name]));
                }
            }
        }
    }
    const aisle = { one_way: "none", y_from: 0, y_to: 6, width: 2, block: 0 };
    return {
        layout: { id: 1, name: "Hall", kind: "blocks", revision: 5, can_edit: false, pick_days: 28 }, bins,
        blocks: [{ id: 1, x: 0, y: 0, w: 8, h: 6 }], nodes: [], edges: [],
        zones: [{ id: 1, name: "Pick", color: 1 }, { id: 2, name: "Reserve", color: 2 }],
        aisles: [
            { id: 7, name: "A", x: 2, state: "open", ...aisle },
            { id: 8, name: "B", x: 6, state: "blocked", reason: "Spill", ...aisle },
        ],
        points: [{ id: 1, name: "Depot", kind: "depot", x: 1, y: -2 }],
        figures: { by: "picks", id: [100, 101, 999], value: [2, 1.5, 7] },
    };
}
