import { Component, useState } from "@odoo/owl";

/** Colours and what they mean; on a phone it is folded until asked for. */
export class MapLegend extends Component {
    static template = "gantry_layout.Legend";
    static props = { title: String, classes: Array, note: { type: String, optional: true }, isSmall: Boolean };

    setup() {
        this.state = useState({ open: !this.props.isSmall });
    }

    get shown() {
        return this.props.classes.filter((one) => one.count);
    }
}
