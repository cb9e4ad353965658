import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { formatCurrency } from "@web/core/currency";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { bars, clickDomain, firstSteps, matrixModel, serviceTone, shorten, valueChange } from "../core/overview_data";
import { TrendChart } from "../trend_chart/trend_chart";

const KEY = "gantry_insight.overview";
const POLL_MS = 2000;
const SHOWN_CATEGORIES = 8;

/** The first page of Gantry: what the stock is worth, does and lacks, and what to do about it. */
export class InsightOverview extends Component {
    static template = "gantry_insight.Overview";
    static components = { Dropdown, DropdownItem, Layout, TrendChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.money = this.money.bind(this);
        this.openMonth = this.openMonth.bind(this);
        const kept = JSON.parse(browser.localStorage.getItem(KEY) || "{}");
        this.state = useState({
            data: null,
            measure: kept.measure || "value",
            filter: { warehouse_id: kept.warehouse_id || null, categ_id: null },
            working: false,
        });
        onWillStart(() => this.load());
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    // -- data

    async load() {
        const { warehouse_id, categ_id } = this.state.filter;
        const data = await this.keepLast.add(
            this.orm.call("gantry.insight", "get_overview", [], { warehouse_id, categ_id, context: user.context })
        );
        if (warehouse_id && !data.warehouses.some((warehouse) => warehouse.id === warehouse_id)) {
            this.state.filter.warehouse_id = null; // of another company
            return this.load();
        }
        if (!categ_id) {
            this.categories = data.categories;
        }
        this.state.data = data;
        this.state.working = Boolean(data.job_id);
        browser.clearTimeout(this.timer);
        if (data.job_id) {
            this.timer = browser.setTimeout(() => this.load(), POLL_MS);
        }
    }

    async refresh() {
        this.state.working = true;
        await this.orm.call("gantry.insight", "action_refresh", [], { context: user.context });
        this.notification.add(_t("The figures are worked out in the background."), { type: "info" });
        await this.load();
    }

    keep() {
        const { warehouse_id } = this.state.filter;
        browser.localStorage.setItem(KEY, JSON.stringify({ warehouse_id, measure: this.state.measure }));
    }

    setFilter(name, value) {
        this.state.filter[name] = value;
        this.keep();
        return this.load();
    }

    setMeasure(measure) {
        this.state.measure = measure;
        this.keep();
    }

    // -- words

    money(amount) {
        const { number, digits, suffix } = shorten(amount || 0);
        const text = formatCurrency(number, this.state.data.currency_id, { digits: [false, digits] });
        return suffix ? text.replace(/(\d)(?=\D*$)/, `$1${suffix}`) : text;
    }

    number(value, digits = 0) {
        return formatFloat(value || 0, { digits: [false, digits] });
    }

    percent(value) {
        return `${formatFloat(value || 0, { digits: [false, 1] })} %`;
    }

    get since() {
        const moment = deserializeDateTime(this.state.data.refreshed.replace("T", " ").replace("Z", ""));
        return moment.toFormat(`${localization.dateFormat} HH:mm`);
    }

    get warehouseName() {
        const { data, filter } = this.state;
        return data.warehouses.find((item) => item.id === filter.warehouse_id)?.name || _t("All warehouses");
    }

    get categoryName() {
        const { filter } = this.state;
        return (this.categories || []).find((item) => item.id === filter.categ_id)?.name || _t("All categories");
    }

    get isEmpty() {
        return !this.state.data.refreshed;
    }

    get steps() {
        const words = {
            stock: [_t("Have something in stock"), _t("Receive goods or apply a stock count."), "stock.action_view_inventory_tree"],
            demand: [
                _t("Have demand"),
                _t("Deliver orders, or import the sales of your former system."),
                "gantry_forecast.gantry_demand_import_action",
            ],
            forecast: [_t("Forecast it"), _t("Press Refresh Forecasts on the planning list."), "gantry_forecast.gantry_forecast_action"],
            refresh: [_t("Look at your stock"), _t("Press the button: the figures are there within seconds."), null],
        };
        return firstSteps(this.state.data.steps).map((step) => ({
            ...step, title: words[step.key][0], text: words[step.key][1], action: words[step.key][2],
        }));
    }

    // -- tiles

    get tiles() {
        const { tiles, trend, horizon } = this.state.data;
        const moved = valueChange(trend);
        const tone = serviceTone(tiles.wanted_value ? tiles.service : null, tiles.service_target);
        const sign = (value) => (value > 0 ? "+" : "");
        return [
            {
                key: "value", label: _t("Stock value"), value: this.money(tiles.value), icon: "fa-cubes",
                note: moved.year !== null ? _t("%s against a year ago", sign(moved.year) + this.percent(moved.year)) : _t("%s products in stock", this.number(tiles.stock_count)),
                filter: "in_stock",
            },
            {
                key: "turns", label: _t("Turns a year"), value: this.number(tiles.turns, 1), icon: "fa-refresh",
                note: _t("lasts %s days", this.number(tiles.cover_days)), filter: "in_stock",
            },
            {
                key: "service", label: _t("Service reached"), value: tone === "none" ? "–" : this.percent(tiles.service), icon: "fa-bullseye", tone,
                note: _t("target %(target)s; %(count)s below", { target: this.percent(tiles.service_target), count: this.number(tiles.below_target_count) }),
                filter: "below_target",
            },
            {
                key: "shortage", label: _t("Shortage"), value: this.money(tiles.short_value), icon: "fa-arrow-down",
                tone: tiles.short_value > 0 ? "bad" : "good",
                note: _t("%(count)s products in the next %(days)s days; %(out)s out", { count: this.number(tiles.short_value_count), days: horizon.short, out: this.number(tiles.out_count) }),
                filter: "short",
            },
            {
                key: "excess", label: _t("Excess"), value: this.money(tiles.excess_value), icon: "fa-arrow-up",
                tone: tiles.value && tiles.excess_value / tiles.value > 0.25 ? "near" : "none",
                note: _t("%(share)s of the value; %(count)s products", { share: this.percent(tiles.value ? (100 * tiles.excess_value) / tiles.value : 0), count: this.number(tiles.excess_value_count) }),
                filter: "excess",
            },
            {
                key: "holding", label: _t("Holding cost a year"), value: this.money(tiles.holding_cost), icon: "fa-archive",
                note: _t("%s of it for excess", this.money(tiles.value ? (tiles.holding_cost * tiles.excess_value) / tiles.value : 0)),
                filter: "in_stock",
            },
            ...(tiles.expiry_value > 0
                ? [
                      {
                          key: "expiry", label: _t("Expiry risk"), value: this.money(tiles.expiry_value), icon: "fa-hourglass-end",
                          tone: "bad", note: _t("will expire before it is sold"), filter: "expiry",
                      },
                  ]
                : []),
        ];
    }

    get alerts() {
        return bars(this.state.data.alerts.map((alert) => ({ ...alert, value: alert.amount })));
    }

    get alertTotal() {
        return this.state.data.alerts.reduce((sum, alert) => sum + alert.count, 0);
    }

    get ages() {
        return bars(this.state.data.ages);
    }

    get health() {
        return bars(this.state.data.health).filter((item) => item.count);
    }

    get topCategories() {
        return bars(this.state.data.categories.slice(0, SHOWN_CATEGORIES));
    }

    get matrix() {
        return matrixModel(this.state.data.matrix, this.state.measure);
    }

    get measures() {
        return [
            { name: "value", label: _t("Stock") },
            { name: "demand", label: _t("Demand") },
            { name: "count", label: _t("Products") },
        ];
    }

    cellText(cell) {
        return this.state.measure === "count" ? this.number(cell.amount) : this.money(cell.amount);
    }

    get verdicts() {
        return {
            AX: _t("Steady sellers: let the rules run, never run out"), AY: _t("Watch the season"), AZ: _t("Expensive surprises: look at each"),
            BX: _t("Let the rules run"), BY: _t("Normal care"), BZ: _t("Little stock, short lead times"),
            CX: _t("Order seldom, in bulk"), CY: _t("Order on demand"), CZ: _t("Is it needed at all?"),
        };
    }

    // -- clicks

    openTile(tile) {
        const order = { shortage: "short_value desc", excess: "excess_value desc" }[tile.key];
        return this.open("gantry.insight", tile.label, [], tile.filter, order);
    }

    async open(model, title, extra, filter = null, order = null) {
        const xmlid = { "gantry.insight": "gantry_insight.gantry_insight_action", "gantry.alert": "gantry_insight.gantry_alert_action", "gantry.insight.history": "gantry_insight.gantry_insight_history_action" }[model];
        const action = await this.action.loadAction(xmlid);
        return this.action.doAction(
            {
                ...action,
                name: title || action.name,
                display_name: title || action.name,
                domain: clickDomain(this.state.filter, [["company_id", "=", user.activeCompany.id], ...extra]),
                context: { ...(filter ? { [`search_default_${filter}`]: 1 } : {}) },
            },
            { props: order ? { orderBy: [{ name: order.split(" ")[0], asc: false }] } : {} }
        );
    }

    openCell(cell) {
        const label = `${cell.abc}${cell.xyz || ""}`;
        return this.open("gantry.insight", label, [["abc", "=", cell.abc], ["xyz", "=", cell.xyz]]);
    }

    openAge(age) {
        return this.open("gantry.insight", age.label, [[age.field, ">", 0]]);
    }

    openStatus(item) {
        return this.open("gantry.insight", item.label, [["status", "=", item.status]]);
    }

    openRow(row) {
        return this.action.doAction({
            type: "ir.actions.act_window", res_model: "gantry.insight", res_id: row.id, views: [[false, "form"]],
            name: row.product,
        });
    }

    openAlerts(kind = null) {
        const extra = kind ? [["kind", "=", kind.kind]] : [];
        return this.open("gantry.alert", kind ? kind.label : _t("Alerts"), extra, "open");
    }

    openMonth(month) {
        return this.open("gantry.insight.history", _t("Trend"), [["date", "=", month]]);
    }

    openStep(step) {
        return step.action ? this.action.doAction(step.action) : this.refresh();
    }
}

registry.category("actions").add("gantry_insight_overview", InsightOverview);
