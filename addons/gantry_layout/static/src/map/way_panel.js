import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
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
        this.orm = useService("orm");
        this.action = useService("action");
    }

    time(value) {
        return value ? formatDateTime(deserializeDateTime(value)) : "";
    }

    async block() {
        const action = await this.orm.call(this.props.model, "action_block", [[this.props.way.id]]);
        await this.action.doAction(action, { onClose: () => this.props.onChanged() });
    }

    async unblock() {
        await this.orm.call(this.props.model, "action_open", [[this.props.way.id]]);
        await this.props.onChanged();
    }

    open() {
        return this.action.doAction({
            type: "ir.actions.act_window", res_model: this.props.model, res_id: this.props.way.id,
            views: [[false, "form"]],
        });
    }
}
