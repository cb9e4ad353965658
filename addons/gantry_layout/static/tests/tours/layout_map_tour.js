import { registry } from "@web/core/registry";

const FLOOR = ".o_gantry_layout_floor";
const PANEL = ".o_gantry_layout_panel";

function key(name) {
    return () =>
        document.querySelector(FLOOR).dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
}

registry.category("web_tour.tours").add("gantry_layout_map_tour", {
    url: "/odoo/warehouse-map",
    steps: () => [
        { content: "the plan is there", trigger: `${FLOOR}[aria-label*='24 bins']` },
        { content: "the legend tells the picks", trigger: ".o_gantry_layout_legend:contains(Picks per day)" },
        { content: "search a product", trigger: ".o_gantry_layout_search input", run: "edit PEAR-7" },
        { content: "take its lot", trigger: ".o_gantry_layout_found .dropdown-item:contains(PEAR-7)", run: "click" },
        { content: "it lies in one bin", trigger: `${PANEL} button:contains(A-L1-1)`, run: "click" },
        { content: "with its lot", trigger: `${PANEL}:contains(Pear):contains(PEAR-7)` },
        { content: "the bin above", trigger: `${PANEL} .o_gantry_layout_rack button:contains(A-L1-2)`, run: "click" },
        { content: "is empty", trigger: `${PANEL}:contains(Nothing lies here)` },
        { content: "on to the next bin by key", trigger: FLOOR, run: key("ArrowUp") },
        { content: "which is said", trigger: `${PANEL} h4:contains(A-L2)` },
        { content: "colour by zone", trigger: ".o_gantry_layout_color", run: "click" },
        { content: "take it", trigger: "[data-color=zone]", run: "click" },
        { content: "zones have names", trigger: ".o_gantry_layout_legend:contains(Pick face)" },
        { content: "upper level", trigger: ".o_gantry_layout_level", run: "click" },
        { content: "take it", trigger: "[data-level='2']", run: "click" },
        {
            content: "has only the reserve",
            trigger: ".o_gantry_layout_legend:contains(Reserve):not(:contains(Pick face))",
        },
        { content: "the aisle of this bin", trigger: `${PANEL} .o_gantry_layout_facts a`, run: "click" },
        { content: "is open", trigger: `${PANEL}:contains(Open to walk)` },
        { content: "close it", trigger: `${PANEL} button[aria-label=Close]`, run: "click" },
        { content: "back to what was found", trigger: `${PANEL} h4:contains(PEAR-7)` },
        { content: "zoom in", trigger: ".o_gantry_layout_zoom button:first", run: "click" },
        { content: "all alike again", trigger: `${PANEL} button:contains(Show all bins alike)`, run: "click" },
        { content: "nothing is chosen", trigger: `.o_gantry_layout_stage:not(:has(${PANEL}))` },
    ],
});

registry.category("web_tour.tours").add("gantry_layout_block_tour", {
    steps: () => [
        { content: "by bin to its aisle", trigger: `${PANEL} .o_gantry_layout_facts a:contains(A)`, run: "click" },
        { content: "block it", trigger: ".o_gantry_layout_block", run: "click" },
        { content: "say why", trigger: ".modal [name=blocked_reason] input", run: "edit Spill" },
        { content: "do it", trigger: ".modal footer .btn-primary", run: "click" },
        { content: "it is blocked", trigger: `${PANEL} .alert-danger:contains(Spill)` },
        { content: "open again", trigger: ".o_gantry_layout_unblock", run: "click" },
        { content: "it is open", trigger: `${PANEL}:contains(Open to walk)` },
    ],
});
