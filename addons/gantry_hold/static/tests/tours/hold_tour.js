import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("gantry_hold_place", {
    steps: () => [
        {
            content: "Open the menu of quality",
            trigger: ".o_menu_sections button:contains(Quality)",
            run: "click",
        },
        {
            content: "Put something on hold",
            trigger: ".dropdown-menu .dropdown-item:contains(Put on hold)",
            run: "click",
        },
        {
            content: "By the number of the supplier",
            trigger: ".modal [name=scope] input[data-value=supplier_lot]",
            run: "click",
        },
        {
            content: "Type it",
            trigger: ".modal [name=supplier_lot] input",
            run: "edit TOUR-77 && press Tab",
        },
        {
            content: "Say why",
            trigger: ".modal [name=reason] textarea",
            run: "edit Metal found && press Tab",
        },
        {
            content: "It says what it would hit",
            trigger: ".modal .alert-info:contains(1 lots):contains(1 reservations)",
        },
        {
            content: "Do it",
            trigger: ".modal button[name=action_hold]",
            run: "click",
        },
        {
            content: "The hold is open",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(On hold)",
        },
        {
            content: "What was hit?",
            trigger: ".o_notebook_headers .nav-link:contains(What was hit)",
            run: "click",
        },
        {
            content: "A delivery, with its lot",
            trigger: "[name=hit_ids] .o_data_row:contains(/OUT/):contains(A)",
        },
        {
            content: "Take the goods away",
            trigger: "button[name=action_move_to_quarantine]",
            run: "click",
        },
        {
            content: "All of it is in quarantine",
            trigger: "button[name=action_open_moves]:contains(1)",
        },
        {
            content: "Who placed it has no button to release it",
            trigger: ".o_form_view:not(:has(.o_statusbar_buttons button))",
        },
    ],
});

registry.category("web_tour.tours").add("gantry_hold_release", {
    steps: () => [
        {
            content: "Release",
            trigger: ".o_statusbar_buttons button:contains(Release)",
            run: "click",
        },
        {
            content: "With a reason",
            trigger: ".modal [name=reason] textarea",
            run: "edit Laboratory 17",
        },
        {
            content: "Decide",
            trigger: ".modal button[name=action_decide]:contains(Release)",
            run: "click",
        },
        {
            content: "Released",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Released)",
        },
    ],
});
