import { Component } from "@odoo/owl";

/** Names of the lines of a chart beside their colours. */
export class PlotLegend extends Component {
    static template = "gantry_reorder.PlotLegend";
    static props = {
        items: { type: Array, element: { type: Object, shape: { name: String, label: String, "*": true } } },
    };
}
