import { registry } from "@web/core/registry";

const open = (title, lot, drill) => [
    {
        content: "A new case",
        trigger: ".o_list_button_add, .o-kanban-button-new",
        run: "click",
    },
    {
        content: "What it is called",
        trigger: ".o_form_view [name=title] input, .o_form_view [name=title] textarea",
        run: `edit ${title}`,
    },
    ...(drill
        ? [{ content: "Only a drill", trigger: ".o_form_view [name=is_drill] input", run: "click" }]
        : [{
              content: "How bad it is",
              trigger: ".o_form_view [name=hazard_class] input",
              run: "click",
          },
          { content: "Class II", trigger: ".o_select_menu_item:contains(Class II):not(:contains(III))", run: "click" }]),
    {
        content: "Type the defective lot",
        trigger: ".o_form_view [name=lot_ids] input",
        run: `edit ${lot}`,
    },
    {
        content: "Take it",
        trigger: `.o-autocomplete--dropdown-item a:contains(${lot})`,
        run: "click",
    },
    {
        content: "Say what is wrong",
        trigger: ".o_form_view [name=reason] textarea",
        run: "edit Glass in the bottle",
    },
    {
        content: "Trace",
        trigger: ".o_statusbar_buttons button[name=action_trace]",
        run: "click",
    },
    {
        content: "Two lots are concerned",
        trigger: "button[name=action_open_scope]:contains(2)",
    },
    {
        content: "Hold all of it",
        trigger: ".o_statusbar_buttons button[name=action_hold]",
        run: "click",
    },
    {
        content: "Held",
        trigger: ".o_statusbar_buttons button[name=action_notify]:contains(Tell consignees)",
    },
    {
        content: "Tell whoever has it",
        trigger: ".o_statusbar_buttons button[name=action_notify]",
        run: "click",
    },
    {
        content: "Yes",
        trigger: ".modal .btn-primary",
        run: "click",
    },
    {
        content: "Told",
        trigger: ".o_statusbar_buttons button[name=action_notify]:contains(Tell who is new)",
    },
    {
        content: "Add it all up",
        trigger: ".o_statusbar_buttons button[name=action_balance]",
        run: "click",
    },
    {
        content: "Look at it",
        trigger: ".o_notebook_headers .nav-link:contains(Balance)",
        run: "click",
    },
    {
        content: "Every product has a line",
        trigger: "[name=account_html] td:contains(Juice)",
    },
    {
        content: "The clock ran",
        trigger: ".o_notebook_headers .nav-link:contains(Clock)",
        run: "click",
    },
    {
        content: "From opening to balance",
        trigger: "[name=step_ids] .o_data_row:contains(Mass balance)",
    },
];

registry.category("web_tour.tours").add("gantry_recall_case", { steps: () => open("Tour recall", "RAW-1", false) });
registry.category("web_tour.tours").add("gantry_recall_drill", { steps: () => open("Tour drill", "RAW-1", true) });
