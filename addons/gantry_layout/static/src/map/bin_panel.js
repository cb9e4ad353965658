import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateString, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { shortNumber } from "../core/shades";

/** What is in the bins of one place, and what went in and out. */
export class BinPanel extends Component {
    static template = "gantry_layout.BinPanel";
    static props = {
        layoutId: Number,
        locationIds: Array, // those above each other
        locationId: Number, // the one looked at
        version: Number, // grows when stock may have changed
        onBin: Function,
        onAisle: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ data: null });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((next) => {
            const key = (props) => `${props.layoutId}:${props.locationIds.join()}:${props.version}`;
            if (key(next) !== key(this.props)) {
                return this.load(next);
            }
        });
    }

    async load({ layoutId, locationIds }) {
        const ids = [...locationIds];
        this.state.data = await this.keepLast.add(this.orm.call("gantry.layout", "get_map_bins", [layoutId, ids]));
    }

    get bin() {
        const { bins } = this.state.data;
        return bins.find((bin) => bin.id === this.props.locationId) || bins[0];
    }

    get facts() {
        const { bin } = this;
        const number = (value, digits = 2) => formatFloat(value, { digits: [16, digits], trailingZeros: false });
        const size = bin.size.every(Boolean) ? bin.size.map((one) => number(one)).join(" × ") + " m" : "";
        return [
            [_t("Zone"), bin.zone],
            [_t("Picks per day"), bin.picks ? shortNumber(bin.picks) : "0"],
            [_t("Fill"), bin.fill === null ? _t("empty") : bin.fill < 0 ? _t("size not known") : `${bin.fill} %`],
            [_t("Oldest stock"), bin.age === null ? "" : _t("%s days", bin.age)],
            [_t("Size"), size],
            [_t("Weight limit"), bin.max_weight ? `${number(bin.max_weight)} kg` : ""],
            [_t("Height"), bin.z ? `${number(bin.z)} m` : ""],
            [_t("Barcode"), bin.barcode],
        ].filter(([, value]) => value);
    }

    get moves() {
        return this.state.data.moves;
    }

    /** Bins from the top down, as the rack looks. */
    get rack() {
        return [...this.state.data.bins].reverse();
    }

    qty(value) {
        return formatFloat(value, { digits: [16, 2], trailingZeros: false });
    }

    day(value) {
        return value ? toLocaleDateString(deserializeDateTime(value)) : "";
    }

    moment(value) {
        return toLocaleDateTimeString(deserializeDateTime(value));
    }

    open(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window", res_model: model, res_id: id, views: [[false, "form"]],
        });
    }

    openList(name, model, domain) {
        return this.action.doAction({
            type: "ir.actions.act_window", name, res_model: model, views: [[false, "list"], [false, "form"]], domain,
        });
    }

    openStock() {
        this.openList(_t("Stock in %s", this.bin.name), "stock.quant", [["location_id", "=", this.bin.id]]);
    }

    openMoves() {
        this.openList(_t("Moves of %s", this.bin.name), "stock.move.line", [
            "|", ["location_id", "=", this.bin.id], ["location_dest_id", "=", this.bin.id],
        ]);
    }
}
