import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { jsonLines } from "../core/reasons";

/** A JSON value as a list of names and values that people can read. */
export class JsonLines extends Component {
    static template = "gantry_base.JsonLines";
    static props = { ...standardFieldProps };

    get lines() {
        return jsonLines(this.props.record.data[this.props.name]);
    }
}

export const jsonLinesField = {
    component: JsonLines,
    displayName: _t("Readable JSON"),
    supportedTypes: ["json"],
    isEmpty: (record, name) => !jsonLines(record.data[name]).length,
};

registry.category("fields").add("gantry_json_lines", jsonLinesField);
