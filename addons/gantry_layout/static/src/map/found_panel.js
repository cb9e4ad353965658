import { Component } from "@odoo/owl";

/** The bins where a product or a lot lies. */
export class FoundPanel extends Component {
    static template = "gantry_layout.FoundPanel";
    static props = { item: Object, bins: Array, onBin: Function, onClear: Function };
}
