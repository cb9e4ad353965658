import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { bandPath, compact, dateTicks, extent, labelRows, linePath, linear, nearest, niceTicks } from "../core/plot";

const ROW = 14;
const GUTTER = { right: 12, bottom: 22, left: 44 };

/**
 * A small SVG chart: lines, steps, bands, bars and dots over days or over numbers, with marks, levels and a tip
 * that follows the pointer (or the arrow keys).
 */
export class Plot extends Component {
    static template = "gantry_reorder.Plot";
    static props = {
        series: {
            type: Array,
            element: {
                type: Object,
                shape: {
                    name: String,
                    label: String,
                    kind: { type: String, optional: true }, // line, step, band, bar, dots
                    values: { type: Array, optional: true },
                    low: { type: Array, optional: true },
                    high: { type: Array, optional: true },
                    tip: { type: Boolean, optional: true },
                },
            },
        },
        dates: { type: Array, optional: true },
        xs: { type: Array, optional: true },
        levels: { type: Array, optional: true }, // { name, label, value }
        marks: { type: Array, optional: true }, // { name, label, at } at: position, or x when xs is given
        points: { type: Array, optional: true }, // { name, label, x, y }
        split: { type: Number, optional: true },
        height: { type: Number, optional: true },
        fromZero: { type: Boolean, optional: true },
        unit: { type: String, optional: true },
        xUnit: { type: String, optional: true },
        label: { type: String, optional: true },
        formatX: { type: Function, optional: true },
        formatY: { type: Function, optional: true },
        onPick: { type: Function, optional: true },
    };
    static defaultProps = { levels: [], marks: [], points: [], height: 280, unit: "", xUnit: "", fromZero: true };

    setup() {
        this.box = useRef("box");
        this.state = useState({ width: 0, at: -1 });
        const measure = () => {
            const width = this.box.el?.clientWidth || 0;
            if (width && Math.abs(width - this.state.width) > 1) {
                this.state.width = width;
            }
        };
        onMounted(() => {
            measure();
            this.observer = new ResizeObserver(measure);
            this.observer.observe(this.box.el);
        });
        onWillUnmount(() => this.observer?.disconnect());
    }

    get xs() {
        return this.props.xs || (this.props.dates || []).map((date, index) => index);
    }

    /** Everything in pixels. */
    get geometry() {
        const { props } = this;
        const { width } = this.state;
        const { xs } = this;
        const xLow = xs.length ? xs[0] : 0;
        const xHigh = xs.length ? xs.at(-1) : 1;
        const left = GUTTER.left;
        const right = Math.max(width - GUTTER.right, left + 10);
        const x = linear([xLow, xHigh], [left, right]);
        const marks = labelRows(
            props.marks.map((mark) => ({ ...mark, x: x(mark.at) })), right
        );
        const rows = marks.reduce((most, mark) => Math.max(most, mark.row + 1), 0);
        const top = 8 + rows * ROW;
        const bottom = props.height - GUTTER.bottom;
        const lists = props.series.flatMap(({ values, low, high }) => [values || [], low || [], high || []]);
        let [low, high] = extent([...lists, props.levels.map(({ value }) => value), props.points.map(({ y }) => y)]);
        if (!props.fromZero) {
            const all = [...lists.flat(), ...props.points.map((point) => point.y)].filter((y) => Number.isFinite(y));
            low = Math.min(...all);
            high = Math.max(...all);
            const air = (high - low || 1) * 0.06;
            [low, high] = [low - air, high + air];
        }
        const y = linear([low, high], [bottom, top]);
        return { x, y, left, right, top, bottom, low, high, width, pixels: xs.map(x), marks };
    }

    draw(view) {
        const { pixels, y, bottom } = view;
        const size = pixels.length > 1 ? (pixels.at(-1) - pixels[0]) / (pixels.length - 1) : 10;
        const together = this.props.series.filter(({ kind }) => kind === "bar").map(({ name }) => name);
        const bar = Math.max(Math.min((size * 0.8) / (together.length || 1), 14), 1.5);
        const up = (value) => (value === null || value === undefined ? null : y(value));
        return this.props.series.map(({ name, kind = "line", values = [], low = [], high = [] }) => {
            switch (kind) {
                case "band":
                    return { name, kind, path: bandPath(pixels, low.map(up), high.map(up)) };
                case "bar": {
                    const shift = (together.indexOf(name) - together.length / 2) * bar;
                    return {
                        name, kind,
                        bars: values
                            .map((value, at) => ({ value, at }))
                            .filter(({ value }) => value)
                            .map(({ value, at }) => ({
                                key: at, x: pixels[at] + shift, width: bar,
                                y: Math.min(y(value), y(0)), height: Math.max(Math.abs(y(value) - y(0)), 1),
                            })),
                    };
                }
                case "dots":
                    return {
                        name, kind,
                        dots: values
                            .map((value, at) => ({ key: at, x: pixels[at], y: up(value) }))
                            .filter((dot) => dot.y !== null),
                    };
                default:
                    return { name, kind, path: linePath(pixels, values.map(up), kind === "step"), bottom };
            }
        });
    }

    get yTicks() {
        const { low, high, y } = this.geometry;
        const format = this.props.formatY || compact;
        return niceTicks(low, high, this.props.height > 200 ? 5 : 3).map((value) => ({
            value, y: y(value), label: format(value),
        }));
    }

    get xTicks() {
        const view = this.geometry;
        const room = Math.max(Math.floor((view.right - view.left) / 74), 2);
        if (this.props.dates) {
            return dateTicks(this.props.dates, room).map(({ at, label }) => ({ x: view.x(at), label, key: at }));
        }
        const format = this.props.formatX || compact;
        return niceTicks(this.xs[0], this.xs.at(-1), room).map((value) => ({
            x: view.x(value), label: format(value), key: value,
        }));
    }

    get tip() {
        const { at } = this.state;
        const view = this.geometry;
        if (at < 0 || at >= view.pixels.length) {
            return null;
        }
        const { props } = this;
        const format = props.formatY || compact;
        const rows = props.series
            .filter((series) => series.tip !== false)
            .map(({ name, label, kind, values, low, high }) => ({
                name, label,
                text:
                    kind === "band"
                        ? Number.isFinite(low[at]) ? `${format(low[at])} – ${format(high[at])}` : ""
                        : Number.isFinite(values[at]) ? format(values[at]) : "",
            }))
            .filter(({ text }) => text);
        const x = view.pixels[at];
        const title = props.dates
            ? new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" }).format(
                  new Date(`${props.dates[at]}T00:00:00Z`))
            : `${(props.formatX || compact)(this.xs[at])} ${props.xUnit}`;
        return {
            x, rows, title,
            style: x > view.width / 2 ? `right:${view.width - x + 10}px` : `left:${x + 10}px`,
        };
    }

    point(event) {
        const rect = this.box.el.getBoundingClientRect();
        this.state.at = nearest(this.geometry.pixels, event.clientX - rect.left);
    }

    leave() {
        this.state.at = -1;
    }

    pick() {
        if (this.props.onPick && this.state.at >= 0) {
            this.props.onPick(this.state.at);
        }
    }

    onKeydown(event) {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) {
            event.preventDefault();
            this.state.at = Math.min(Math.max(this.state.at + step, 0), this.xs.length - 1);
        } else if (event.key === "Enter") {
            this.pick();
        } else if (event.key === "Escape") {
            this.leave();
        }
    }
}
