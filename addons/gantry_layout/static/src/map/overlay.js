import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { arrows, markers } from "../core/route";
import { toScreen } from "../core/viewport";

const ICONS = { depot: "\uf015", pack: "\uf1b2", dock: "\uf0d1", staging: "\uf24d" };
const ARROW_PX = 90;

/** What lies over the bins: the way with its numbered stops, and depots, benches and docks. */
export class MapOverlay extends Component {
    static template = "gantry_layout.Overlay";
    static props = {
        view: Object,
        size: Object,
        points: Array,
        route: { type: [Object, { value: null }], optional: true },
        activeStop: { type: Number, optional: true },
        onStop: { type: Function, optional: true },
    };
    static defaultProps = { activeStop: -1 };

    _at(x, y) {
        return toScreen(this.props.view, this.props.size, x, y);
    }

    get points() {
        return this.props.points.map((point) => {
            const [x, y] = this._at(point.x, point.y);
            return { ...point, px: x, py: y, icon: ICONS[point.kind] || ICONS.depot };
        });
    }

    get line() {
        return this.props.route.path.map(([x, y]) => this._at(x, y).map(Math.round).join(",")).join(" ");
    }

    get arrows() {
        const every = ARROW_PX / this.props.view.scale;
        return arrows(this.props.route.path, every).slice(0, 400).map((arrow, key) => {
            const [x, y] = this._at(arrow.x, arrow.y);
            const turn = (-arrow.angle * 180) / Math.PI;
            return { key, at: `translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turn.toFixed(0)})` };
        });
    }

    get markers() {
        return markers(this.props.route.stops).map((marker) => {
            const [x, y] = this._at(marker.x, marker.y);
            return {
                ...marker, px: x, py: y, half: Math.max(11, 4 + 4 * marker.text.length),
                isActive: marker.stops.some((stop) => stop.key === this.props.activeStop),
                title: _t("Stop %(number)s: %(label)s", {
                    number: marker.text, label: marker.stops.map((stop) => stop.label || "").join(", "),
                }),
            };
        });
    }
}
