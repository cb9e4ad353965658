import { Component, onMounted, onPatched, onWillUnmount, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { between, fit, hold, pan, pinch, resized, scaleBar, toFloor, toScreen, zoomAt } from "../core/viewport";
import { Gestures } from "./gestures";
import { MapOverlay } from "./overlay";
import { paint } from "./painter";

const FLIGHT_MS = 450;
const CLOSE_SCALE = 26;
const LEGEND_PX = 190;

/** The canvas: shows a plan, moves it under hand and keys, and tells what was pointed at. */
export class FloorPlan extends Component {
    static template = "gantry_layout.FloorPlan";
    static components = { MapOverlay };
    static props = {
        plan: Object, // not reactive: see LayoutMap.plan
        version: Number, // grows when the plan looks different
        label: String,
        onPick: Function, // (x, y, reach) in metres
        onHover: Function,
        onArrow: Function,
        onKey: Function,
        onStop: Function,
        onReady: Function,
        onResize: Function,
        activeStop: Number,
        tip: { type: [String, { value: null }] },
    };

    setup() {
        this.root = useRef("root");
        this.canvas = useRef("canvas");
        this.size = { width: 0, height: 0 };
        this.view = { x: 0, y: 0, scale: 1 };
        this.state = useState({ frame: 0, tipAt: [0, 0] });
        onMounted(() => this.start());
        onPatched(() => this.props.version !== this.painted && this.draw());
        onWillUnmount(() => {
            this.gestures.stop();
            this.watcher.disconnect();
            browser.cancelAnimationFrame(this.request);
            browser.cancelAnimationFrame(this.flight);
        });
    }

    start() {
        this.gestures = new Gestures(this.root.el, {
            pan: (dx, dy) => {
                this.props.onHover(null, null);
                this.steer(pan(this.view, dx, dy));
            },
            zoom: (factor, px, py) => this.steer(this.zoomed(factor, px, py)),
            pinch: (before, after) => this.steer(pinch(this.view, this.size, before, after)),
            click: (px, py, reach) =>
                this.props.onPick(...toFloor(this.view, this.size, px, py), reach / this.view.scale),
            hover: (place) => this.hover(place),
            arrow: (way, isFast) => this.arrow(way, isFast),
            key: (name) => this.key(name),
            settle: () => {},
        });
        this.watcher = new ResizeObserver(() => this.resize());
        this.watcher.observe(this.root.el);
        this.resize();
        this.props.onReady(this);
    }

    get overlayView() {
        return { ...this.view, frame: this.state.frame };
    }

    get bar() {
        const bar = scaleBar(this.overlayView);
        return { ...bar, text: bar.metres >= 1000 ? `${bar.metres / 1000} km` : `${bar.metres} m` };
    }

    // -- drawing -------------------------------------------------------------------------------------------------

    resize() {
        const { clientWidth, clientHeight } = this.root.el;
        if (!clientWidth || !clientHeight) {
            return;
        }
        const before = this.size;
        const ratio = Math.min(window.devicePixelRatio || 1, 2);
        this.size = { width: clientWidth, height: clientHeight };
        Object.assign(this.canvas.el, { width: clientWidth * ratio, height: clientHeight * ratio });
        this.ctx = this.canvas.el.getContext("2d", { alpha: false });
        this.ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
        this.look(before.width ? resized(this.view, before, this.size) : this.whole);
        if (this.aim) {
            this.flyToBounds(this.aim); // a panel took some of the room
        } else if (before.width) {
            this.props.onResize();
        }
    }

    get whole() {
        const { width } = this.size;
        return fit(this.props.plan.bounds, this.size, width < 600 ? 16 : 40, width > 900 ? LEGEND_PX : 0);
    }

    /** Show this view with the next frame. */
    look(view) {
        this.view = hold(view, this.props.plan.bounds, this.size);
        this.draw();
    }

    draw() {
        this.painted = this.props.version;
        if (!this.request && this.ctx) {
            this.request = browser.requestAnimationFrame(() => {
                this.request = null;
                paint(this.ctx, this.size, this.view, this.props.plan);
                this.state.frame++;
            });
        }
    }

    /** Look where the hand wants to, whatever was going on. */
    steer(view) {
        browser.cancelAnimationFrame(this.flight);
        this.aim = null;
        this.look(view);
    }

    // -- moving --------------------------------------------------------------------------------------------------

    zoomed(factor, px = this.size.width / 2, py = this.size.height / 2) {
        const view = zoomAt(this.view, this.size, factor, px, py);
        const held = hold(view, this.props.plan.bounds, this.size);
        // at the end of the range do not let the floor slide away
        return held.scale === view.scale ? view : zoomAt(this.view, this.size, held.scale / this.view.scale, px, py);
    }

    zoomBy(factor) {
        this.aim = null;
        this.flyTo(this.zoomed(factor));
    }

    fitAll() {
        this.aim = null;
        this.flyTo(this.whole);
    }

    /** Go there in a short flight, or at once for who wants no motion. */
    flyTo(view) {
        browser.cancelAnimationFrame(this.flight);
        const from = this.view;
        const to = hold(view, this.props.plan.bounds, this.size);
        if (browser.matchMedia("(prefers-reduced-motion: reduce)").matches) {
            return this.look(to);
        }
        const start = browser.performance.now();
        const step = (now) => {
            const part = Math.min(Math.max((now - start) / FLIGHT_MS, 0), 1);
            this.look(between(from, to, part));
            if (part < 1) {
                this.flight = browser.requestAnimationFrame(step);
            }
        };
        this.flight = browser.requestAnimationFrame(step);
    }

    flyToPlace(x, y) {
        this.aim = null;
        this.flyTo({ x, y, scale: Math.max(this.view.scale, CLOSE_SCALE) });
    }

    /** Show all within the bounds, also when the window gets another size, until the hand takes over. */
    flyToBounds(bounds) {
        this.aim = bounds;
        const margin = Math.min(this.size.width, this.size.height) * 0.15;
        const view = fit(bounds, this.size, margin);
        this.flyTo({ ...view, scale: Math.min(view.scale, CLOSE_SCALE) });
    }

    /** Move just as much as it takes to see the place. */
    keepInView(x, y) {
        const [px, py] = toScreen(this.view, this.size, x, y);
        const margin = Math.min(80, this.size.width / 4, this.size.height / 4);
        const over = (value, most) => Math.max(value - (most - margin), 0) - Math.max(margin - value, 0);
        this.look(pan(this.view, -over(px, this.size.width), -over(py, this.size.height)));
    }

    hover(place) {
        if (place) {
            this.state.tipAt = place;
            this.props.onHover(...toFloor(this.view, this.size, ...place));
        } else {
            this.props.onHover(null, null);
        }
    }

    get tipStyle() {
        const [x, y] = this.state.tipAt;
        const side = x > this.size.width - 230 ? `right:${this.size.width - x + 14}px` : `left:${x + 14}px`;
        return `${side};top:${Math.min(y + 14, this.size.height - 60)}px`;
    }

    arrow(way, isFast) {
        if (isFast || !this.props.onArrow(way)) {
            const reach = isFast ? 240 : 60;
            this.look(pan(this.view, -way[0] * reach, way[1] * reach));
        }
    }

    key(name) {
        if (name === "+" || name === "=") {
            this.zoomBy(1.5);
        } else if (name === "-") {
            this.zoomBy(1 / 1.5);
        } else if (name === "0" || name === "Home") {
            this.fitAll();
        } else {
            return this.props.onKey(name);
        }
        return true;
    }
}
