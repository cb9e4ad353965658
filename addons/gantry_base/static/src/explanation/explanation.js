import { Component, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { readReasons } from "../core/reasons";

/** Why a figure is what it is: sentences, and the numbers behind each on demand. */
export class Explanation extends Component {
    static template = "gantry_base.Explanation";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ open: {} });
        onWillUpdateProps((props) => {
            if (props.record.resId !== this.props.record.resId) {
                this.state.open = {};
            }
        });
    }

    get reasons() {
        return readReasons(this.props.record.data[this.props.name]);
    }

    toggle(key) {
        this.state.open[key] = !this.state.open[key];
    }
}

export const explanation = {
    component: Explanation,
    displayName: _t("Explanation"),
    supportedTypes: ["json"],
    isEmpty: (record, name) => !readReasons(record.data[name]).length,
};

registry.category("fields").add("gantry_explanation", explanation);
