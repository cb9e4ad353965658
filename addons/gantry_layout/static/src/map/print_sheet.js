import { Component, onMounted, useRef } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { fit } from "../core/viewport";
import { routeBounds } from "../core/route";
import { MapOverlay } from "./overlay";
import { paint } from "./painter";

const { DateTime } = luxon;
const WIDTH = 1040; // landscape A4 at 96 px an inch, margins off
const HEIGHT = 600;
const SHARPNESS = 2;

/** A page with the whole floor (or the route), the legend, and the stops as a list. */
export class PrintSheet extends Component {
    static template = "gantry_layout.PrintSheet";
    static components = { MapOverlay };
    static props = { plan: Object, title: String, subtitle: String, onReady: Function };

    setup() {
        this.canvas = useRef("canvas");
        this.size = { width: WIDTH, height: HEIGHT };
        this.view = fit(this.bounds, this.size);
        this.now = formatDateTime(DateTime.now());
        onMounted(() => {
            const { el } = this.canvas;
            Object.assign(el, { width: WIDTH * SHARPNESS, height: HEIGHT * SHARPNESS });
            const ctx = el.getContext("2d", { alpha: false });
            ctx.setTransform(SHARPNESS, 0, 0, SHARPNESS, 0, 0);
            paint(ctx, this.size, this.view, { ...this.props.plan, ...this.kept, selection: null, hover: -1 });
            // the browser prints what it has laid out
            requestAnimationFrame(() => requestAnimationFrame(() => this.props.onReady()));
        });
    }

    /** A spread object loses its methods. */
    get kept() {
        return { cellName: (cell) => this.props.plan.cellName(cell) };
    }

    get bounds() {
        const { bounds, route } = this.props.plan;
        if (!route?.stops.length) {
            return bounds;
        }
        const box = routeBounds(route);
        return { left: box.left - 4, right: box.right + 4, bottom: box.bottom - 4, top: box.top + 4 };
    }

    get classes() {
        return this.props.plan.shade.classes.filter((one) => one.count);
    }
}
