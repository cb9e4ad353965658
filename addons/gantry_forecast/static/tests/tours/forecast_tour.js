import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("gantry_forecast_planning", {
    steps: () => [
        {
            content: "The planning list shows the product and what is wrong",
            trigger: ".o_data_row:contains(Tour Pump) .o_field_badge[name=demand_class]:contains(Smooth)",
        },
        {
            content: "Refresh is at hand",
            trigger: "button[name=action_refresh]",
            run: "click",
        },
        {
            content: "The job shows how far it is",
            trigger: ".modal .o_gantry_job_progress",
        },
        {
            content: "Back to the list, the work goes on in the background",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "Open the product",
            trigger: ".o_data_row:contains(Tour Pump) td[name=product_id]",
            run: "click",
        },
        {
            content: "The chart is drawn",
            trigger: ".o_gantry_forecast_chart canvas",
        },
        {
            content: "Show last year",
            trigger: ".o_gantry_forecast_chart button[data-toggle-name=lastYear][aria-pressed=false]",
            run: "click",
        },
        {
            content: "It is on",
            trigger: ".o_gantry_forecast_chart button[data-toggle-name=lastYear][aria-pressed=true]",
        },
        {
            content: "It says why, with the numbers behind it",
            trigger: ".o_gantry_explanation .o_gantry_reason:contains(Sells regularly)",
        },
        {
            content: "Override it",
            trigger: "button[name=action_override]",
            run: "click",
        },
        {
            content: "Set the units",
            trigger: ".modal .o_field_widget[name=quantity]:not(.o_invisible_modifier) input",
            run: "edit 777",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit New customer",
        },
        {
            content: "Save",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The override is counted",
            trigger: "body:not(:has(.modal)) button[name=action_overrides] .o_stat_value:contains(1)",
        },
        {
            content: "Look at the periods",
            trigger: ".o_notebook .nav-link[name=lines]",
            run: "click",
        },
        {
            content: "The forecast has changed at once",
            trigger: ".o_field_widget[name=line_ids] .o_data_row td[name=final]:contains(777.00)",
        },
        {
            content: "Open its page",
            trigger: ".o_notebook .nav-link[name=overrides]",
            run: "click",
        },
        {
            content: "It is listed with its reason",
            trigger: ".o_field_widget[name=override_ids] .o_data_row:contains(New customer)",
        },
    ],
});

registry.category("web_tour.tours").add("gantry_forecast_accuracy", {
    steps: () => [
        {
            content: "The banner compares Gantry with the others",
            trigger: ".o_gantry_accuracy_banner .o_gantry_accuracy_figure[data-key=gantry]",
        },
        {
            content: "The pivot has a column for each",
            trigger: ".o_pivot th:contains(Error Naive)",
        },
        {
            content: "The graph has the banner too",
            trigger: ".o_switch_view.o_graph",
            run: "click",
        },
        {
            content: "Graph with banner",
            trigger: ".o_graph_view:has(.o_gantry_accuracy_verdict) canvas",
        },
    ],
});
