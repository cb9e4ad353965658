import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("gantry_reorder_planner", {
    steps: () => [
        {
            content: "The first policy is made",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Name it",
            trigger: ".o_field_widget[name=name] input",
            run: "edit Tour policy",
        },
        {
            content: "A target",
            trigger: ".o_field_widget[name=target_pct] input",
            run: "edit 98",
        },
        {
            content: "Lead times are as set when nothing was measured",
            trigger: ".o_field_widget[name=lead_days] input",
            run: "edit 7",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is saved and says what it is for",
            trigger: ".o_form_saved .o_field_widget[name=scope]:contains(all products)",
        },
    ],
});

registry.category("web_tour.tours").add("gantry_reorder_worklist", {
    steps: () => [
        {
            content: "What was sold out stands in the worklist",
            trigger: ".o_data_row:contains(Tour Bolt) .o_field_badge[name=state]:contains(Change Proposed)",
        },
        {
            content: "A run can be asked for",
            trigger: "button[name=action_run_list]",
        },
        {
            content: "Open the row",
            trigger: ".o_data_row:contains(Tour Bolt) .o_list_record_open_form_view button",
            run: "click",
        },
        {
            content: "The chart shows projected stock and when to order",
            trigger: ".o_gantry_projection[data-verdict=short] svg path[data-series=mean]",
        },
        {
            content: "With the mark of the day on which to order",
            trigger: ".o_gantry_projection text[data-mark=order]",
        },
        {
            content: "Bands can be taken away",
            trigger: ".o_gantry_projection button[data-toggle-name=band][aria-pressed=true]",
            run: "click",
        },
        {
            trigger: ".o_gantry_projection:not(:has(path[data-series=band])) button[data-toggle-name=band][aria-pressed=false]",
        },
        {
            content: "It says why, in words",
            trigger: ".o_gantry_explanation .o_gantry_reason:contains(98 %)",
        },
        {
            content: "Accept the rule",
            trigger: "button[name=action_accept]:visible",
            run: "click",
        },
        {
            content: "It is in force",
            trigger: ".o_form_view button[name=action_orderpoint]",
        },
        {
            content: "And in the history",
            trigger: ".o_notebook .nav-link[name=changes]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=change_ids] .o_data_row button[name=action_undo]",
        },
        {
            content: "Order what is proposed",
            trigger: "button[name=action_order]:visible",
            run: "click",
        },
        {
            content: "The note says that it is ordered",
            trigger: ".o_notification:contains(1 products are ordered)",
        },
    ],
});

registry.category("web_tour.tours").add("gantry_reorder_replay", {
    steps: () => [
        {
            content: "Begin a replay",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "It counts what is in scope",
            trigger: ".o_field_widget[name=rule_count]:contains(1)",
        },
        {
            content: "Replay",
            trigger: "button[name=action_run]",
            run: "click",
        },
        {
            content: "It goes on in the background",
            trigger: ".o_gantry_job_progress[data-state=pending]",
        },
    ],
});

registry.category("web_tour.tours").add("gantry_reorder_replay_result", {
    steps: () => [
        {
            content: "The result is one sentence",
            trigger: ".o_field_widget[name=sentence]:contains(stock-outs become)",
        },
        {
            content: "With the methods beside each other",
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(Gantry)",
        },
        {
            content: "Day by day",
            trigger: ".o_gantry_backtest svg path[data-series=gantry]",
        },
        {
            content: "A method can be taken away",
            trigger: ".o_gantry_backtest button[data-method=odoo][aria-pressed=true]",
            run: "click",
        },
        {
            trigger: ".o_gantry_backtest:not(:has(path[data-series=odoo])) svg path[data-series=gantry]",
        },
        {
            content: "Product by product",
            trigger: "button[name=action_products]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Tour Bolt)",
        },
    ],
});

registry.category("web_tour.tours").add("gantry_reorder_whatif", {
    steps: () => [
        {
            content: "The curve is drawn",
            trigger: ".o_gantry_whatif svg path[data-series=curve]",
        },
        {
            content: "Ask for more service",
            trigger: ".o_gantry_whatif input[name=target]",
            run() {
                this.anchor.value = "2";
                this.anchor.dispatchEvent(new Event("input", { bubbles: true }));
            },
        },
        {
            content: "99 %",
            trigger: ".o_gantry_whatif_target:contains(99 %)",
        },
        {
            content: "Dear stock makes less service the cheapest",
            trigger: ".o_gantry_whatif input[name=holding]",
            run() {
                this.anchor.value = "60";
                this.anchor.dispatchEvent(new Event("input", { bubbles: true }));
            },
        },
        {
            trigger: ".o_gantry_whatif_holding:contains(60 %)",
        },
        {
            trigger: "button[name=cheapest]",
            run: "click",
        },
        {
            trigger: ".o_gantry_whatif_target:not(:contains(99 %))",
        },
        {
            content: "Replay it",
            trigger: "button[name=backtest]",
            run: "click",
        },
        {
            content: "A replay begins with these settings",
            trigger: ".o_form_view .o_field_widget[name=holding_pct] input:value(60)",
        },
    ],
});
