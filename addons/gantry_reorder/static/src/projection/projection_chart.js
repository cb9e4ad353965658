import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { projectionModel, verdict } from "../core/projection";
import { Plot } from "../plot/plot";
import { PlotLegend } from "../plot/plot_legend";

const KEY = "gantry_reorder.projection";
const PHONE = 576;

/** Stock of a product as it was and as it is going to be, with what is on its way and when to order. */
export class ProjectionChart extends Component {
    static template = "gantry_reorder.ProjectionChart";
    static components = { Plot, PlotLegend };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.box = useRef("box");
        const kept = JSON.parse(browser.localStorage.getItem(KEY) || "{}");
        this.state = useState({
            data: null,
            loaded: false,
            phone: false,
            show: { history: true, band: true, flows: true, planned: false, ...kept },
        });
        useRecordObserver((record) => {
            // read what tells that the figures have changed
            const stamp = [record.data.last_run, record.data.order_qty, record.data.state];
            return this.load(record.resId, stamp);
        });
        useEffect(
            (el) => {
                this.state.phone = !!el && el.clientWidth < PHONE;
            },
            () => [this.box.el]
        );
        onWillUnmount(() => {
            this.gone = true;
        });
    }

    async load(resId) {
        if (!resId) {
            this.state.loaded = true;
            return;
        }
        const data = await this.keepLast.add(this.orm.call("gantry.reorder.rule", "get_projection", [[resId]]));
        if (!this.gone) {
            this.state.data = data;
            this.state.loaded = true;
        }
    }

    toggle(name) {
        this.state.show[name] = !this.state.show[name];
        browser.localStorage.setItem(KEY, JSON.stringify(this.state.show));
    }

    get toggles() {
        return [
            { name: "history", label: _t("History") },
            { name: "band", label: _t("Band") },
            { name: "flows", label: _t("Orders") },
            { name: "planned", label: _t("If ordered") },
        ];
    }

    get model() {
        const { data, show, phone } = this.state;
        return projectionModel(data, show.history ? (phone ? 30 : 90) : 0);
    }

    get series() {
        const { model } = this;
        const { show } = this.state;
        const series = [];
        if (show.flows) {
            series.push({ name: "incoming", kind: "bar", label: _t("Coming in"), values: model.incoming });
            series.push({ name: "committed", kind: "bar", label: _t("Promised"), values: model.committed });
        }
        if (show.band) {
            series.push({ name: "band", kind: "band", label: _t("9 of 10 cases"), low: model.low, high: model.high });
        }
        if (show.history) {
            series.push({ name: "history", kind: "step", label: _t("Stock so far"), values: model.history });
        }
        series.push({ name: "mean", label: _t("Projected stock"), values: model.mean });
        if (show.planned) {
            series.push({ name: "planned", label: _t("If ordered as proposed"), values: model.planned });
        }
        return series;
    }

    get levels() {
        const { min, max } = this.model;
        return [
            { name: "min", label: _t("Min"), value: min },
            { name: "max", label: _t("Max"), value: max },
        ].filter(({ value }) => value);
    }

    get marks() {
        const { model } = this;
        return [
            { name: "today", label: _t("Today"), at: model.start },
            { name: "order", label: _t("Order by %s", this.day(this.state.data.order_by_date)), at: model.orderBy },
            { name: "stockout", label: _t("Runs out %s", this.day(this.state.data.stockout_date)), at: model.stockout },
        ].filter(({ at }) => at >= 0);
    }

    day(date) {
        return date ? formatDate(deserializeDate(date)) : "";
    }

    get verdict() {
        const { code, stockout, orderBy } = verdict(this.state.data);
        return { code, stockout: this.day(stockout), orderBy: this.day(orderBy) };
    }
}

export const projectionChart = {
    component: ProjectionChart,
    fieldDependencies: [
        { name: "last_run", type: "datetime" },
        { name: "order_qty", type: "float" },
        { name: "state", type: "selection" },
    ],
};

registry.category("view_widgets").add("gantry_reorder_projection", projectionChart);
