import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("gantry_route_walk", {
    steps: () => [
        {
            content: "The transfer has no route yet",
            trigger: ".oe_stat_button[name=action_gantry_route]:contains(Plan route)",
            run: "click",
        },
        {
            content: "The walk, and what it beat",
            trigger: ".oe_title:contains(m in name order)",
        },
        {
            content: "Four stops; the first is done",
            trigger: "[name=stop_ids] .o_data_row:eq(0):contains(1-20) button[name=action_done]",
            run: "click",
        },
        {
            content: "It shows; the second is skipped",
            trigger: "[name=stop_ids]:has(.o_data_row:eq(0) .fa-check.text-success) .o_data_row:eq(1) button[name=action_skip]",
            run: "click",
        },
        {
            content: "There is not enough in the next one",
            trigger: "[name=stop_ids] .o_data_row:contains(5-33) button[name=action_short_pick]",
            run: "click",
        },
        {
            content: "Only one of two was there",
            trigger: ".modal [name=quantity] input",
            run: "edit 1 && press Tab",
        },
        {
            content: "The rest comes from elsewhere",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "Another bin joined the walk",
            trigger: "[name=stop_ids] .o_data_row:contains(6-1)",
        },
        {
            content: "Why this way?",
            trigger: ".o_notebook_headers .nav-link:contains(Why this way)",
            run: "click",
        },
        {
            content: "In words",
            trigger: ".tab-pane.active:contains(Planned again from)",
        },
        {
            content: "Back to the transfer",
            trigger: "button[name=action_open_pickings]",
            run: "click",
        },
        {
            content: "Its button knows the metres",
            trigger: ".oe_stat_button[name=action_gantry_route]:contains(m):contains(Route)",
        },
    ],
});
