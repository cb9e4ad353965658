import { Component, useRef, useState, useEffect } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { backtestModel } from "../core/backtest";
import { Plot } from "../plot/plot";

/** Stock value day by day of the methods that a backtest compares, and what each could not serve. */
export class BacktestChart extends Component {
    static template = "gantry_reorder.BacktestChart";
    static components = { Plot };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.box = useRef("box");
        this.state = useState({ data: null, width: 900, hidden: {} });
        useRecordObserver((record) => {
            const stamp = [record.data.state, record.data.date_done];
            return this.load(record.resId, stamp);
        });
        useEffect(
            (el) => {
                if (el && el.clientWidth) {
                    this.state.width = el.clientWidth;
                }
            },
            () => [this.box.el]
        );
    }

    async load(resId) {
        this.state.data = resId
            ? await this.keepLast.add(this.orm.call("gantry.reorder.backtest", "get_chart", [[resId]]))
            : null;
    }

    get methods() {
        return (this.state.data?.series || []).map(({ method, label }) => ({
            name: method, label, shown: !this.state.hidden[method],
        }));
    }

    toggle(name) {
        this.state.hidden[name] = !this.state.hidden[name];
    }

    get model() {
        const shown = this.methods.filter((method) => method.shown).map(({ name }) => name);
        return backtestModel(this.state.data, shown, this.state.width);
    }

    get stock() {
        return this.model.series.map(({ method, label, stock }) => ({ name: method, label, values: stock }));
    }

    get misses() {
        return this.model.series.map(({ method, label, short }) => ({ name: method, label, kind: "bar", values: short }));
    }

    get caption() {
        const { size } = this.model;
        return size === 1 ? _t("by day") : _t("average of %s days", size);
    }
}

export const backtestChart = {
    component: BacktestChart,
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "date_done", type: "datetime" },
    ],
};

registry.category("view_widgets").add("gantry_reorder_backtest", backtestChart);
