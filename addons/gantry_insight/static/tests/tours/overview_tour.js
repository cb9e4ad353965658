import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("gantry_insight_overview", {
    steps: () => [
        {
            content: "The tile tells the shortage in money",
            trigger: ".o_gantry_insight_tile[data-tile=shortage] .o_gantry_insight_tile_value:contains(70)",
        },
        {
            content: "The trend is drawn",
            trigger: ".o_gantry_insight_trend canvas",
        },
        {
            content: "The matrix can show products instead of money",
            trigger: ".o_gantry_insight_card[data-card=matrix] button:contains(Products)",
            run: "click",
        },
        {
            content: "It does; a click leads to them",
            trigger: ".o_gantry_insight_matrix button[data-cell^=C]:not(:disabled)",
            run: "click",
        },
        {
            content: "The list of the class",
            trigger: ".o_list_view .o_data_row:contains(Tour Pump) td[name=abc]:contains(C)",
        },
        {
            content: "Back to the overview",
            trigger: ".o_back_button, .breadcrumb-item a:contains(Overview)",
            run: "click",
        },
        {
            content: "Shortage leads to what is short",
            trigger: ".o_gantry_insight_tile[data-tile=shortage]",
            run: "click",
        },
        {
            content: "Only shortages are shown",
            trigger: ".o_searchview .o_facet_value:contains(Shortage)",
        },
        {
            content: "Back again",
            trigger: ".o_back_button, .breadcrumb-item a:contains(Overview)",
            run: "click",
        },
        {
            content: "Alerts of one kind",
            trigger: ".o_gantry_insight_bar[data-kind=stockout]",
            run: "click",
        },
        {
            content: "Open the alert",
            trigger: ".o_list_view .o_data_row:contains(Tour Pump) td[name=product_id]",
            run: "click",
        },
        {
            content: "It says what is the matter and what to do",
            trigger: ".o_gantry_explanation .o_gantry_reason:contains(more are needed within)",
        },
        {
            content: "Handled",
            trigger: "button[name=action_handle]",
            run: "click",
        },
        {
            content: "It is",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Handled)",
        },
    ],
});

registry.category("web_tour.tours").add("gantry_insight_first_steps", {
    steps: () => [
        {
            content: "The first step is stock",
            trigger: ".o_gantry_insight_step.o_next[data-step=stock] button",
        },
        {
            content: "Whoever wants to look at once may do so",
            trigger: ".o_gantry_insight_step[data-step=refresh] button",
            run: "click",
        },
        {
            content: "The work has begun",
            trigger: ".o_gantry_insight_step[data-step=refresh] button:disabled:contains(Working)",
        },
    ],
});
