import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { GraphController } from "@web/views/graph/graph_controller";
import { graphView } from "@web/views/graph/graph_view";
import { PivotController } from "@web/views/pivot/pivot_controller";
import { pivotView } from "@web/views/pivot/pivot_view";
import { ratioLabel, verdict } from "../core/accuracy";

/** One friendly line above the accuracy views: Gantry beside the best window average and naive. */
export class AccuracyBanner extends Component {
    static template = "gantry_forecast.AccuracyBanner";
    static props = { domain: Array };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ summary: null });
        onWillStart(() => this.load(this.props.domain));
        onWillUpdateProps((props) => this.load(props.domain));
    }

    async load(domain) {
        this.state.summary = await this.orm.call("gantry.forecast.accuracy", "get_summary", [domain], {
            context: user.context,
        });
    }

    get figures() {
        const { summary } = this.state;
        return summary && summary.actual
            ? [
                  { key: "gantry", label: summary.labels.gantry, value: ratioLabel(summary.gantry), best: true },
                  { key: "window", label: summary.labels.window, value: ratioLabel(summary.window) },
                  { key: "naive", label: summary.labels.naive, value: ratioLabel(summary.naive) },
              ]
            : [];
    }

    get verdict() {
        return verdict(this.state.summary);
    }
}

class AccuracyPivotController extends PivotController {
    static template = "gantry_forecast.AccuracyPivot";
    static components = { ...PivotController.components, AccuracyBanner };
}

class AccuracyGraphController extends GraphController {
    static template = "gantry_forecast.AccuracyGraph";
    static components = { ...GraphController.components, AccuracyBanner };
}

registry.category("views").add("gantry_forecast_accuracy_pivot", {
    ...pivotView,
    Controller: AccuracyPivotController,
});
registry.category("views").add("gantry_forecast_accuracy_graph", {
    ...graphView,
    Controller: AccuracyGraphController,
});
