import { Component } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";

/** An aisle or a drawn walkway: its state, and for managers the switch to block it. */
export class WayPanel extends Component {
    static template = "gantry_layout.WayPanel";
    static props = {
        way: Object,
        model: String,
        binCount: Number,
        canEdit: Boolean,
        onChanged: Function,
    };

    setup() {
        this.action = useService("action");
    }

    time(value) {
        return value ? toLocaleDateTimeString(deserializeDateTime(value)) : "";
    }

    block() {
        return this.run("action_block");
    }

    unblock() {
        return this.run("action_open");
    }

    run(name) {
        const { model, way, onChanged } = this.props;
        return this.action.doActionButton({
            type: "object", name, resModel: model, resId: way.id, resIds: [way.id], context: {}, onClose: onChanged,
        });
    }

    open() {
        return this.action.doAction({
            type: "ir.actions.act_window", res_model: this.props.model, res_id: this.props.way.id,
            views: [[false, "form"]],
        });
    }
}
