import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { browser } from "@web/core/browser/browser";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor, hexToRGBA } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { chartModel, shortQuantity, visibleHistory } from "../core/chart_data";
import { shadePlugin } from "./shade_plugin";

const EMPTY = { bucket: "week", unit: "", history: [], forecast: [], events: [], overrides: [] };
const KEY = "gantry_forecast.chart";

/** History and forecast of a product in a warehouse. */
export class ForecastChart extends Component {
    static template = "gantry_forecast.Chart";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.canvas = useRef("canvas");
        this.box = useRef("box");
        this.keepLast = new KeepLast();
        const kept = JSON.parse(browser.localStorage.getItem(KEY) || "{}");
        this.state = useState({
            data: EMPTY,
            loaded: false,
            wide: false,
            show: { bands: true, lastYear: false, events: true, outOfStock: true, ...kept },
        });
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useRecordObserver((record) => {
            // read what tells that the figures have changed
            const stamp = [record.data.date_forecast, record.data.horizon_qty, record.data.override_count];
            return this.load(record.resId, stamp);
        });
        useEffect(
            () => {
                this.draw();
            },
            () => [this.state.data, this.state.wide, JSON.stringify(this.state.show), this.state.loaded]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get toggles() {
        return [
            { name: "bands", label: _t("Bands") },
            { name: "lastYear", label: _t("Last year") },
            { name: "outOfStock", label: _t("Out of stock") },
            { name: "events", label: _t("Events") },
        ];
    }

    get isEmpty() {
        return this.state.loaded && !this.state.data.history.length && !this.state.data.forecast.length;
    }

    async load(resId) {
        if (!resId) {
            this.state.loaded = true;
            return;
        }
        const data = await this.keepLast.add(this.orm.call("gantry.forecast", "get_chart", [[resId]]));
        this.state.data = data;
        this.state.loaded = true;
    }

    toggle(name) {
        this.state.show[name] = !this.state.show[name];
        browser.localStorage.setItem(KEY, JSON.stringify(this.state.show));
    }

    toggleWide() {
        this.state.wide = !this.state.wide;
    }

    draw() {
        this.chart?.destroy();
        this.chart = null;
        if (!this.canvas.el || this.isEmpty) {
            return;
        }
        const { data, show, wide } = this.state;
        const width = this.box.el.clientWidth;
        const keep = wide ? data.history.length : visibleHistory(data.history, data.forecast.length, width);
        this.model = chartModel(data, show, keep);
        this.chart = new Chart(this.canvas.el, this.getConfig(this.model, width));
    }

    getColors() {
        const scheme = cookie.get("color_scheme");
        return {
            sold: getColor(0, scheme, "odoo"),
            forecast: getCustomColor(scheme, "#0b7285", "#4bc8dc"),
            final: getCustomColor(scheme, "#1f8a4c", "#53d18a"),
            lastYear: getCustomColor(scheme, "#8f8f8f", "#b5b5b5"),
            excluded: getCustomColor(scheme, "#c9302c", "#ff7b75"),
            outOfStock: getCustomColor(scheme, "rgba(220, 53, 69, 0.13)", "rgba(255, 110, 120, 0.2)"),
            promotion: getCustomColor(scheme, "#0d8a9e", "#4bc8dc"),
            holiday: getCustomColor(scheme, "#b58900", "#e0b73c"),
            shutdown: getCustomColor(scheme, "#6c757d", "#aaaaaa"),
            other: getCustomColor(scheme, "#7a4fa3", "#b78be0"),
            grid: getCustomColor(scheme, "#d8dadd", "#3c3e4b"),
            text: getCustomColor(scheme, "#111827", "#e4e4e4"),
            now: getCustomColor(scheme, "#6b7280", "#a0a6b2"),
        };
    }

    getDatasets(model, colors) {
        const line = (label, data, color, extra = {}) => ({
            type: "line", label, data, borderColor: color, backgroundColor: color, borderWidth: 2, pointRadius: 0,
            pointHitRadius: 8, tension: 0, ...extra,
        });
        const sets = [
            { type: "bar", label: _t("Demand"), data: model.sold, backgroundColor: hexToRGBA(colors.sold, 0.65), order: 5, barPercentage: 0.95, categoryPercentage: 0.9 },
        ];
        if (model.excluded) {
            sets.push(line(_t("Left out"), model.excluded, colors.excluded, {
                showLine: false, pointStyle: "crossRot", pointRadius: 6, borderWidth: 2, order: 1,
            }));
        }
        if (model.bands) {
            const edge = { borderWidth: 0, order: 4 };
            const outer = hexToRGBA(colors.forecast, 0.14);
            const inner = hexToRGBA(colors.forecast, 0.3);
            sets.push(
                line(_t("5 %"), model.bands.p05, outer, edge),
                line(_t("90 % band"), model.bands.p95, outer, { ...edge, fill: "-1" }),
                line(_t("25 %"), model.bands.p25, inner, edge),
                line(_t("50 % band"), model.bands.p75, inner, { ...edge, fill: "-1" })
            );
        }
        sets.push(line(_t("Forecast"), model.mean, colors.forecast, { order: 2 }));
        if (model.final) {
            sets.push(line(_t("With overrides"), model.final, colors.final, { order: 1, borderDash: [6, 3] }));
        }
        if (model.lastYear) {
            sets.push(line(_t("Last year"), model.lastYear, colors.lastYear, { order: 3, borderDash: [2, 3], borderWidth: 1.5 }));
        }
        return sets;
    }

    getConfig(model, width) {
        const colors = this.getColors();
        const hidden = [_t("5 %"), _t("25 %")].map(String);
        const { unit } = this.state.data;
        return {
            data: { labels: model.labels, datasets: this.getDatasets(model, colors) },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                scales: {
                    x: {
                        grid: { display: false },
                        ticks: { color: colors.text, maxRotation: 0, autoSkip: true, maxTicksLimit: Math.max(3, Math.floor(width / 90)) },
                    },
                    y: { beginAtZero: true, grid: { color: colors.grid }, ticks: { color: colors.text, maxTicksLimit: 6 } },
                },
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: {
                            color: colors.text, boxWidth: 12, boxHeight: 8,
                            filter: (item) => !hidden.includes(item.text),
                        },
                    },
                    tooltip: {
                        callbacks: {
                            label: (item) => `${item.dataset.label}: ${shortQuantity(item.parsed.y)} ${unit}`,
                            afterBody: (items) => this.getNotes(items[0]?.dataIndex),
                        },
                    },
                },
            },
            plugins: [shadePlugin(() => this.model, colors)],
        };
    }

    getNotes(index) {
        const inside = (span) => index + 0.5 > span.from && index - 0.5 < span.to;
        const notes = this.model.events.filter(inside).map((event) => event.name);
        if (this.model.outOfStock.some(inside)) {
            notes.push(_t("Out of stock"));
        }
        return notes.map(String);
    }
}

export const forecastChart = {
    component: ForecastChart,
    fieldDependencies: [
        { name: "date_forecast", type: "datetime" },
        { name: "horizon_qty", type: "float" },
        { name: "override_count", type: "integer" },
    ],
};

registry.category("view_widgets").add("gantry_forecast_chart", forecastChart);
