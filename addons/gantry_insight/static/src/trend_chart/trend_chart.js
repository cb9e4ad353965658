import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";

/** Stock value by month as bars, service reached as a line. */
export class TrendChart extends Component {
    static template = "gantry_insight.TrendChart";
    static props = {
        trend: Array,
        target: { type: Number, optional: true },
        money: Function,
        onMonth: { type: Function, optional: true },
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                this.draw();
            },
            () => [this.props.trend]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get colors() {
        const scheme = cookie.get("color_scheme");
        return {
            value: getCustomColor(scheme, "#12545c", "#3fa7b3"),
            demand: getCustomColor(scheme, "#b9cfd3", "#41565a"),
            service: getCustomColor(scheme, "#f2784b", "#ff9a73"),
            target: getCustomColor(scheme, "#f2b49b", "#8a5a47"),
            grid: getCustomColor(scheme, "#e6e9ec", "#3c3e4b"),
            text: getCustomColor(scheme, "#4b5563", "#c8ccd4"),
        };
    }

    label(month) {
        const [year, number] = month.split("-").map(Number);
        return new Intl.DateTimeFormat(undefined, { month: "short", year: "2-digit", timeZone: "UTC" }).format(
            new Date(Date.UTC(year, number - 1, 1))
        );
    }

    draw() {
        this.chart?.destroy();
        this.chart = null;
        if (!this.canvas.el || !this.props.trend.length) {
            return;
        }
        const { trend, money, target } = this.props;
        const { colors } = this;
        const line = { type: "line", yAxisID: "service", pointRadius: 2, borderWidth: 2, tension: 0.25, spanGaps: true };
        const datasets = [
            { ...line, label: _t("Service (%)"), data: trend.map((item) => item.service), borderColor: colors.service, backgroundColor: colors.service, order: 0 },
            { ...line, label: _t("Target"), data: trend.map(() => target ?? null), borderColor: colors.target, backgroundColor: colors.target, borderDash: [4, 4], pointRadius: 0, borderWidth: 1.5, order: 1 },
            { type: "bar", label: _t("Stock value"), data: trend.map((item) => item.value), backgroundColor: colors.value, yAxisID: "money", borderRadius: 3, order: 3 },
            { type: "bar", label: _t("Demand at cost"), data: trend.map((item) => item.demand), backgroundColor: colors.demand, yAxisID: "money", borderRadius: 3, order: 3 },
        ];
        const services = trend.map((item) => item.service).filter((value) => value !== null);
        this.chart = new Chart(this.canvas.el, {
            data: { labels: trend.map((item) => this.label(item.month)), datasets },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                onClick: (_event, elements) => elements.length && this.props.onMonth?.(trend[elements[0].index].month),
                scales: {
                    x: { grid: { display: false }, ticks: { color: colors.text, maxRotation: 0, autoSkip: true } },
                    money: {
                        position: "left",
                        beginAtZero: true,
                        grid: { color: colors.grid },
                        border: { display: false },
                        ticks: { color: colors.text, maxTicksLimit: 5, callback: (value) => money(value) },
                    },
                    service: {
                        position: "right",
                        max: 100,
                        suggestedMin: Math.min(85, ...services.map((value) => Math.floor(value / 5) * 5)),
                        grid: { display: false },
                        border: { display: false },
                        ticks: { color: colors.text, maxTicksLimit: 5, callback: (value) => `${value} %` },
                    },
                },
                plugins: {
                    legend: { position: "bottom", labels: { color: colors.text, boxWidth: 12, boxHeight: 8 } },
                    tooltip: {
                        callbacks: {
                            label: (item) =>
                                item.dataset.yAxisID === "service"
                                    ? `${item.dataset.label}: ${item.parsed.y?.toFixed(1)}`
                                    : `${item.dataset.label}: ${money(item.parsed.y)}`,
                        },
                    },
                },
            },
        });
    }
}
