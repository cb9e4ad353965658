import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("gantry_trace_tour", {
    url: "/odoo/action-gantry_trace.action_trace",
    steps: () => [
        { content: "search the lot", trigger: ".o_gantry_trace_search input", run: "edit COC-77" },
        { content: "take it", trigger: ".o_gantry_trace_found .dropdown-item:contains(COC-77)", run: "click" },
        { content: "it is in the middle", trigger: ".o_gantry_trace_focus:contains(COC-77)" },
        { content: "its supplier is drawn", trigger: ".o_gantry_trace_kind_supplier:contains(Vendor)" },
        { content: "what was made of it", trigger: ".o_gantry_trace_kind_lot:contains(BAR-1)" },
        { content: "who got it", trigger: ".o_gantry_trace_kind_customer:contains(Alice)", run: "click" },
        { content: "the table says how much", trigger: ".o_gantry_trace_table tr:contains(Alice):contains(5)" },
        { content: "lots", trigger: "[data-tab=lots]", run: "click" },
        { content: "what it went into", trigger: ".o_gantry_trace_table tr:contains(BAR-1):contains(went into)" },
        { content: "balance", trigger: "[data-tab=balance]", run: "click" },
        { content: "it adds up", trigger: ".o_gantry_trace_table tr:contains(COC-77)" },
        { content: "backward only", trigger: ".o_gantry_trace_directions button:contains(Backward)", run: "click" },
        { content: "no customers then", trigger: ".o_gantry_trace_graph:not(:has(.o_gantry_trace_kind_customer))" },
        { content: "clear", trigger: "button:contains(Clear filters)", run: "click" },
        { content: "trace from what was made", trigger: "[data-tab=lots]", run: "click" },
        { content: "take it", trigger: ".o_gantry_trace_table a:contains(BAR-1)", run: "click" },
        { content: "it is in the middle now", trigger: ".o_gantry_trace_focus:contains(BAR-1)" },
    ],
});
