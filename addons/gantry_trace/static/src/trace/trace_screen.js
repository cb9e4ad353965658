import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { scanBarcode } from "@web/core/barcode/barcode_dialog";
import { isBarcodeScannerSupported } from "@web/core/barcode/barcode_video_scanner";
import { download } from "@web/core/network/download";
import { formatDateTime, deserializeDateTime, serializeDateTime } from "@web/core/l10n/dates";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { bundle, collect, place, shortQty } from "../core/graph";
import { TraceGraph } from "./trace_graph";

const API = "gantry.trace.api";
const DRAWN = 400;

/** Trace of one lot: the picture, and beside it tables of lots, customers, stock and balance. */
export class TraceScreen extends Component {
    static template = "gantry_trace.Screen";
    static components = { TraceGraph, DateTimeInput, Dropdown, DropdownItem };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.input = useRef("search");
        this.keepLast = new KeepLast();
        this.keepFound = new KeepLast();
        this.canScan = isBarcodeScannerSupported();
        this.state = useState({
            lotId: this.firstLot,
            query: "",
            found: [],
            searched: false,
            loading: false,
            trace: null,
            exposure: null,
            balance: null,
            opened: [],
            tab: "customers",
            options: { direction: "both", min_confidence: "", since: false, until: false, as_known_on: false },
            stopProducts: [],
        });
        this.suggest = useDebounced(() => this.search(), 250);
        onWillStart(() => this.load());
    }

    get firstLot() {
        const { params = {}, context = {} } = this.props.action;
        const isLot = context.active_model === "stock.lot";
        return Number(params.lot_id || (isLot && context.active_id) || this.props.action.lot_id || 0) || false;
    }

    // -- reading ---------------------------------------------------------------------------------------------

    /** Filters as the server takes them. */
    get arguments() {
        const { direction, min_confidence, since, until, as_known_on } = this.state.options;
        const time = (value) => (value ? serializeDateTime(value).replace(" ", "T") + "Z" : null);
        return {
            direction,
            min_confidence: min_confidence || null,
            since: time(since),
            until: time(until),
            as_known_on: time(as_known_on),
            stop_product_ids: this.state.stopProducts.map((product) => product.id),
        };
    }

    async load() {
        if (!this.state.lotId) {
            return;
        }
        this.state.loading = true;
        const lot_id = this.state.lotId;
        const { direction, stop_product_ids, ...times } = this.arguments;
        try {
            const [trace, exposure, balance] = await this.keepLast.add(
                Promise.all([
                    this.orm.call(API, "trace_lot", [], { lot_id, limit: DRAWN, ...this.arguments }),
                    this.orm.call(API, "exposure", [], { lot_id, stop_product_ids, direction, ...times }),
                    this.orm.call(API, "balance", [], { lot_id, limit: 200 }),
                ])
            );
            Object.assign(this.state, { trace, exposure, balance, opened: [] });
        } finally {
            this.state.loading = false;
        }
        this.props.updateActionState?.({ lot_id });
    }

    async search() {
        const query = this.state.query.trim();
        if (!query) {
            Object.assign(this.state, { found: [], searched: false });
            return [];
        }
        const answer = await this.keepFound.add(this.orm.call(API, "find_lots", [], { query, limit: 12 }));
        this.state.found = answer.items;
        this.state.searched = true;
        return answer.items;
    }

    onInput(ev) {
        this.state.query = ev.target.value;
        this.suggest();
    }

    /** Enter, also that of a hand scanner: take the only lot found, or the one with exactly this name. */
    async onKeydown(ev) {
        if (ev.key === "Escape") {
            this.state.found = [];
        } else if (ev.key === "Enter") {
            ev.preventDefault();
            const query = this.state.query.trim();
            const found = await this.search();
            const exact = found.filter((lot) => lot.name === query || lot.reference === query);
            if (found.length === 1 || exact.length === 1) {
                this.choose((exact[0] || found[0]).lot_id);
            }
        }
    }

    async scan() {
        const code = await scanBarcode(this.env).catch((error) => {
            this.notification.add(error.message, { type: "warning" });
        });
        if (code) {
            this.state.query = code;
            await this.onKeydown({ key: "Enter", preventDefault() {} });
        }
    }

    choose(lotId) {
        Object.assign(this.state, { lotId, found: [], searched: false, query: "", stopProducts: [] });
        return this.load();
    }

    // -- what is shown ----------------------------------------------------------------------------------------

    get picture() {
        const all = collect(this.state.trace, this.state.exposure);
        return place(bundle(all, new Set(this.state.opened)));
    }

    get focus() {
        return `n${this.state.lotId}`;
    }

    get lot() {
        return this.state.trace.items.find((row) => row.node === this.state.lotId && !row.depth);
    }

    get lots() {
        const rows = this.state.trace.items.filter((row) => row.depth);
        return rows.map((row) => ({ ...row, key: `${row.direction}${row.node}` }));
    }

    get products() {
        const rows = new Map(this.lots.map((row) => [row.product_id, row.product_name]));
        return [...rows].map(([id, name]) => ({ id, name })).filter((product) => product.id);
    }

    get own() {
        return this.state.balance.items.find((row) => row.lot_id === this.state.lotId);
    }

    get hidden() {
        return Math.max(this.state.trace.hidden, this.state.exposure.hidden);
    }

    get drawnOnly() {
        return this.state.trace.total > this.state.trace.items.length ? this.state.trace.items.length : 0;
    }

    get figures() {
        const { customers, on_hand, transit, reserved, suppliers } = this.state.exposure;
        const stock = [...on_hand, ...transit];
        const partners = new Set(customers.filter((row) => row.qty_net > 0).map((row) => row.partner_id));
        const count = (way) => this.state.trace.items.filter((row) => row.depth && row.direction === way).length;
        return [
            { name: "suppliers", label: _t("Suppliers"), value: new Set(suppliers.map((row) => row.partner_id)).size },
            { name: "up", label: _t("Came from"), value: count("up") },
            { name: "down", label: _t("Went into"), value: count("down") },
            { name: "customers", label: _t("Customers"), value: partners.size },
            { name: "stock", label: _t("Lots in stock"), value: new Set(stock.map((row) => row.lot_id)).size },
            { name: "reserved", label: _t("Reservations"), value: reserved.length },
        ];
    }

    get places() {
        const labels = {
            on_hand: _t("On hand"), transit: _t("In transit"), consignment: _t("Owned by others"),
            subcontractor: _t("At a subcontractor"), reserved: _t("Reserved"), scrapped: _t("Scrapped"),
        };
        return Object.entries(labels).flatMap(([name, label]) =>
            this.state.exposure[name].map((row, index) => ({
                ...row,
                key: `${name}${index}`,
                label,
                where: row.reference || row.location_name || "",
            }))
        );
    }

    get tabs() {
        return [
            { name: "customers", label: _t("Customers"), count: this.state.exposure.customers.length },
            { name: "suppliers", label: _t("Suppliers"), count: this.state.exposure.suppliers.length },
            { name: "lots", label: _t("Lots"), count: this.lots.length },
            { name: "places", label: _t("Stock"), count: this.places.length },
            { name: "balance", label: _t("Balance"), count: this.state.balance.total },
        ];
    }

    get balanceColumns() {
        return [
            ["opening", _t("Opening")], ["received", _t("Received")], ["produced", _t("Produced")],
            ["returned", _t("Returned")], ["relabelled_in", _t("Relabelled in")], ["adjusted", _t("Counted")],
            ["consumed", _t("Consumed")], ["shipped", _t("Shipped")], ["sent_back", _t("Sent back")],
            ["scrapped", _t("Scrapped")], ["relabelled_out", _t("Relabelled out")], ["on_hand", _t("On hand")],
            ["difference", _t("Difference")],
        ].filter(([name]) => ["on_hand", "difference"].includes(name) ||
            this.state.balance.items.some((row) => row[name]));
    }

    get confidences() {
        return [
            ["", _t("Everything")], ["derived", _t("Not through untracked stock")],
            ["manual", _t("Certain or asserted")], ["certain", _t("Certain only")],
        ];
    }

    get directions() {
        return [["both", _t("Both ways")], ["down", _t("Forward")], ["up", _t("Backward")]];
    }

    sureness(name) {
        return {
            certain: _t("Certain"), manual: _t("Asserted"), derived: _t("Possible"), pooled: _t("Untracked stock"),
        }[name];
    }

    qty(value) {
        return shortQty(value);
    }

    time(value) {
        return value ? formatDateTime(deserializeDateTime(value.replace("T", " ").replace("Z", ""))) : "";
    }

    // -- what is done -----------------------------------------------------------------------------------------

    setOption(name, value) {
        this.state.options[name] = value;
        return this.load();
    }

    stopAt(product) {
        const known = this.state.stopProducts.some((one) => one.id === product.id);
        this.state.stopProducts = known
            ? this.state.stopProducts.filter((one) => one.id !== product.id)
            : [...this.state.stopProducts, product];
        return this.load();
    }

    isStop(product) {
        return this.state.stopProducts.some((one) => one.id === product.id);
    }

    clearFilters() {
        Object.assign(this.state.options, { direction: "both", min_confidence: "", since: false, until: false,
            as_known_on: false });
        this.state.stopProducts = [];
        return this.load();
    }

    get isFiltered() {
        const { direction, ...others } = this.state.options;
        return direction !== "both" || Object.values(others).some(Boolean) || this.state.stopProducts.length > 0;
    }

    openBundle(key) {
        this.state.opened = [...this.state.opened, key];
    }

    closeBundles() {
        this.state.opened = [];
    }

    open(model, id) {
        return this.action.doAction({ type: "ir.actions.act_window", res_model: model, res_id: id,
            views: [[false, "form"]], target: "current" });
    }

    openDocuments(docs) {
        const [first] = docs;
        const ids = [...new Set(docs.filter((doc) => doc.model === first.model).map((doc) => doc.id))];
        if (ids.length === 1) {
            return this.open(first.model, ids[0]);
        }
        return this.action.doAction({ type: "ir.actions.act_window", name: _t("Documents"), res_model: first.model,
            domain: [["id", "in", ids]], views: [[false, "list"], [false, "form"]], target: "current" });
    }

    get query() {
        return JSON.stringify(this.arguments);
    }

    export(format) {
        return download({ url: `/gantry_trace/export/${format}`,
            data: { lot_id: this.state.lotId, options: this.query, sheet: this.state.tab } });
    }

    exportEvents() {
        return download({ url: `/gantry_trace/epcis/${this.state.lotId}`, data: { options: this.query } });
    }

    print() {
        return this.action.doAction({ type: "ir.actions.report", report_type: "qweb-pdf", report_name:
            "gantry_trace.report_trace", report_file: "gantry_trace.report_trace", name: _t("Trace"),
            data: { lot_id: this.state.lotId, options: this.query }, context: { active_ids: [this.state.lotId] } });
    }

    focusSearch() {
        browser.setTimeout(() => this.input.el?.focus());
    }
}

registry.category("actions").add("gantry_trace", TraceScreen);
