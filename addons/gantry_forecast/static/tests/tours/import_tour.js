import { registry } from "@web/core/registry";

const ORDERS = [
    "Artikelnr;Menge;Datum;Kunde",
    "TOUR-1;4;15.01.2024;K1",
    "TOUR-1;6;16.01.2024;K2",
    "GONE;1;16.01.2024;K2",
].join("\n");

registry.category("web_tour.tours").add("gantry_forecast_import", {
    steps: () => [
        {
            content: "Begin a new import",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Choose the file",
            trigger: ".o_field_widget[name=file] .o_select_file_button",
            run() {
                const files = new DataTransfer();
                files.items.add(new File([ORDERS], "tour.csv", { type: "text/csv" }));
                const input = this.anchor.closest(".o_field_widget").querySelector("input[type=file]");
                input.files = files.files;
                input.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            content: "The columns are recognised, with their first values",
            trigger: ".o_data_row:contains(Menge):contains(Quantity):contains(4 · 6 · 1)",
        },
        {
            content: "Check",
            trigger: "button[name=action_check]",
            run: "click",
        },
        {
            content: "What was found is said in sentences",
            trigger: ".o_gantry_explanation:contains(1 codes belong to no product, such as GONE)",
        },
        {
            content: "Look at the bad lines",
            trigger: ".nav-link[name=errors]",
            run: "click",
        },
        {
            content: "The bad line is named",
            trigger: ".o_data_row:contains(4):contains(Artikelnr):contains(GONE):contains(No product has this code.)",
        },
        {
            content: "Importing with errors is refused in a sentence",
            trigger: "button[name=action_import]",
            run: "click",
        },
        {
            trigger: ".modal:contains(1 lines have errors) .modal-footer button",
            run: "click",
        },
        {
            content: "Import the other lines",
            trigger: ".o_field_widget[name=bad_lines] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Import the other lines)",
            run: "click",
        },
        {
            content: "A change of the rules asks for a new check",
            trigger: "button[name=action_check]",
            run: "click",
        },
        {
            trigger: "button[name=action_import]:not([disabled])",
            run: "click",
        },
        {
            content: "It goes on in the background",
            trigger: ".o_gantry_job_progress[data-state=pending]",
        },
    ],
});
