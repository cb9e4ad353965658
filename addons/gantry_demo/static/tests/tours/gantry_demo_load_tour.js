import { registry } from "@web/core/registry";

/** A manager of an empty company is offered the story, reads the warning and starts it. */
registry.category("web_tour.tours").add("gantry_demo_load", {
    url: "/odoo/action-gantry_forecast.gantry_forecast_action",
    steps: () => [
        {
            content: "take up the offer of the empty list",
            trigger: "a[name='gantry_demo.action_gantry_demo_load']",
            run: "click",
        },
        { content: "the warning is there", trigger: ".modal .alert:contains(This is for a test database)" },
        { content: "start", trigger: ".modal button[name=action_load]", run: "click" },
        {
            content: "the job is on screen",
            trigger: ".o_form_view .o_field_widget[name=name]:contains(Load the demo story)",
        },
    ],
});
