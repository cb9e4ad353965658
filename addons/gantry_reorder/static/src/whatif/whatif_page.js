import { Component, onWillStart, useState } from "@odoo/owl";
import { getCurrency, formatCurrency } from "@web/core/currency";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { compact } from "../core/plot";
import { change, cheapest, fromSlider, pointAt, toSlider, yearlyCost } from "../core/whatif";
import { Plot } from "../plot/plot";

const SCOPES = [
    { name: "policy_id", model: "gantry.reorder.policy", label: _t("Policy") },
    { name: "warehouse_id", model: "stock.warehouse", label: _t("Warehouse") },
    { name: "categ_id", model: "product.category", label: _t("Category") },
];

/** Sliders for service and holding cost on the efficient curve of a policy, a warehouse or a category. */
export class WhatifPage extends Component {
    static template = "gantry_reorder.WhatifPage";
    static components = { Layout, Plot, RecordSelector };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        const { params = {}, context = {} } = this.props.action;
        const scope = { ...params, ...(context.whatif || {}) };
        this.state = useState({
            scope: Object.fromEntries(SCOPES.map(({ name }) => [name, scope[name] || false])),
            ruleIds: scope.rule_ids || false,
            together: null,
            loading: true,
            data: null,
            slider: toSlider(97),
            holding: 20,
        });
        onWillStart(() => this.begin());
    }

    get scopes() {
        return SCOPES;
    }

    async load() {
        this.state.loading = true;
        const data = await this.keepLast.add(
            this.orm.call("gantry.reorder.whatif", "get_curve", [], {
                ...this.state.scope,
                rule_ids: this.state.ruleIds,
                together: this.state.together,
            })
        );
        this.state.data = data;
        this.state.loading = false;
    }

    /** Begin with what the policy says. */
    async begin() {
        this.state.together = null;
        await this.load();
        const { holding_pct, target_pct, together } = this.state.data;
        Object.assign(this.state, { holding: Math.round(holding_pct), slider: toSlider(target_pct), together });
    }

    setTogether(event) {
        this.state.together = event.target.checked;
        return this.load();
    }

    setScope(name, id) {
        this.state.scope[name] = id;
        this.state.ruleIds = false;
        return this.begin();
    }

    setTarget(event) {
        this.state.slider = Number(event.target.value);
    }

    setHolding(event) {
        this.state.holding = Number(event.target.value);
    }

    get target() {
        return fromSlider(this.state.slider);
    }

    get curve() {
        return this.state.data?.curve || [];
    }

    get chosen() {
        return pointAt(this.curve, this.target);
    }

    get best() {
        return cheapest(this.curve, this.state.holding);
    }

    useCheapest() {
        this.state.slider = toSlider(this.best.target);
    }

    pickPoint(index) {
        this.state.slider = toSlider(this.curve[index].target);
    }

    money(value) {
        const currency = getCurrency(this.state.data.currency_id);
        if (!currency || Math.abs(value) < 9995) {
            return formatCurrency(value, this.state.data.currency_id, { digits: [16, 0] });
        }
        const text = compact(value);
        return currency.position === "after" ? `${text} ${currency.symbol}` : `${currency.symbol} ${text}`;
    }

    get plot() {
        const { data } = this.state;
        const points = [
            { name: "cheapest", x: this.best.stock, y: this.best.fill },
            { name: "chosen", x: this.chosen.stock, y: this.chosen.fill },
        ];
        if (data.current) {
            points.unshift({ name: "current", x: data.current.stock, y: data.current.fill });
        }
        return {
            xs: this.curve.map((point) => point.stock),
            series: [{ name: "curve", label: _t("Fill rate"), values: this.curve.map((point) => point.fill) }],
            points: points.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y)),
        };
    }

    get legend() {
        return [
            { name: "curve", label: _t("Efficient curve") },
            { name: "chosen", label: _t("Chosen") },
            { name: "cheapest", label: _t("Cheapest at this holding cost") },
            ...(this.state.data.current ? [{ name: "current", label: _t("Rules in force") }] : []),
        ];
    }

    get tiles() {
        const { data, holding } = this.state;
        const { chosen } = this;
        const cost = yearlyCost(chosen, holding);
        const now = data.current;
        const nowCost = now && yearlyCost(now, holding);
        const tile = (name, label, then, before, format, lower = true) => ({
            name,
            label,
            value: format(then),
            before: now ? format(before) : "",
            change: now ? change(before, then).percent : null,
            good: now ? (lower ? then <= before : then >= before) : true,
        });
        const percent = (value) => `${compact(value)} %`;
        const money = (value) => this.money(value);
        return [
            tile("fill", _t("Fill rate"), chosen.fill, now?.fill, percent, false),
            tile("stock", _t("Average stock"), chosen.stock, now?.stock, money),
            tile("holding", _t("Holding a year"), cost.holding, nowCost?.holding, money),
            tile("ordering", _t("Ordering a year"), cost.ordering, nowCost?.ordering, money),
            tile("shortage", _t("Missed a year"), chosen.short, now?.short, money),
            tile("total", _t("Cost a year"), cost.total, nowCost?.total, money),
        ];
    }

    get policyName() {
        return this.state.data.policy_name || "";
    }

    apply() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Set the policy"),
            body: _t("Set %(policy)s to a fill rate of %(target)s %% and a holding cost of %(holding)s %% a year?", {
                policy: this.policyName,
                target: this.target,
                holding: this.state.holding,
            }),
            confirmLabel: _t("Set"),
            confirm: async () => {
                await this.orm.call("gantry.reorder.whatif", "apply_to_policy", [], {
                    policy_id: this.state.scope.policy_id,
                    target_pct: this.target,
                    holding_pct: this.state.holding,
                    together: this.state.together,
                });
                this.notification.add(_t("The policy is set; the next run computes its rules."), { type: "success" });
            },
            cancel: () => {},
        });
    }

    async backtest() {
        const action = await this.orm.call("gantry.reorder.whatif", "new_backtest", [], {
            ...this.state.scope,
            rule_ids: this.state.ruleIds,
            target_pct: this.target,
            holding_pct: this.state.holding,
            together: this.state.together,
        });
        return this.action.doAction(action);
    }
}

registry.category("actions").add("gantry_reorder_whatif", WhatifPage);
