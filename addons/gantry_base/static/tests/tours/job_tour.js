import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("gantry_base_job", {
    steps: () => [
        {
            content: "A waiting job can be run at once",
            trigger: ".o_gantry_job_progress[data-state=pending]",
        },
        {
            content: "Run it",
            trigger: "button[name=action_run_now]",
            run: "click",
        },
        {
            content: "It moves",
            trigger: ".o_gantry_job_progress[data-state=running] .o_gantry_job_percent:contains(40 %)",
        },
        {
            content: "It ends by itself, without a click",
            trigger: ".o_gantry_job_progress[data-state=done] .o_gantry_job_percent:contains(100 %)",
        },
        {
            content: "The form has been loaded again: state and result are there",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)",
        },
        {
            content: "The result is readable",
            trigger: ".o_gantry_json_lines:contains(Steps)",
        },
    ],
});
