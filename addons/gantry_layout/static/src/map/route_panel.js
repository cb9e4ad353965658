import { Component } from "@odoo/owl";

/** The stops of a route in their order. */
export class RoutePanel extends Component {
    static template = "gantry_layout.RoutePanel";
    static props = { route: Object, activeStop: Number, onStop: Function, onClear: Function, onOpen: Function };

    get metres() {
        return Math.round(this.props.route.length_m);
    }
}
