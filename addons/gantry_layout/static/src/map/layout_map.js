import { onMounted, onWillStart, onWillUnmount, useExternalListener, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { routeBounds, wholeRoute } from "../core/route";
import { neighbour } from "../core/scene";
import { modes, shortNumber } from "../core/shades";
import { BinPanel } from "./bin_panel";
import { FloorPlan } from "./floor_plan";
import { FoundPanel } from "./found_panel";
import { MapLegend } from "./map_legend";
import { MapReader } from "./map_reader";
import { MapSearch } from "./map_search";
import { PrintSheet } from "./print_sheet";
import { RoutePanel } from "./route_panel";
import { WayPanel } from "./way_panel";

const KEY = "gantry_layout.map";
const REFRESH_MS = 60_000;
const WAY_MODELS = { aisle: "gantry.layout.aisle", edge: "gantry.layout.edge" };

/** The living map of a warehouse. */
export class LayoutMap extends MapReader {
    static template = "gantry_layout.Map";
    static components = {
        BinPanel, Dropdown, DropdownItem, FloorPlan, FoundPanel, Layout, MapLegend, MapSearch, PrintSheet, RoutePanel,
        WayPanel,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.ui = useState(useService("ui"));
        this.keepLast = new KeepLast();
        this.searchRef = useRef("search");
        this.modes = modes();
        const kept = JSON.parse(browser.localStorage.getItem(KEY) || "{}");
        this.state = useState({
            layouts: [],
            layoutId: null,
            by: this.modes.some((mode) => mode.name === kept.by) ? kept.by : "picks",
            level: null,
            version: 0, // of the picture
            stockVersion: 0,
            floor: null,
            panel: null, // bin, way, route or found
            chosen: { locationIds: [], locationId: 0, title: "" },
            found: null,
            activeStop: -1,
            tip: null,
            said: "",
            sheet: null,
        });
        onWillStart(() => this.start());
        onMounted(() => {
            // when the server is away, what is shown stays and the next minute tries again
            this.timer = browser.setInterval(() => this.refresh().catch(() => {}), REFRESH_MS);
        });
        onWillUnmount(() => browser.clearInterval(this.timer));
        useExternalListener(window, "keydown", (ev) => this.onWindowKey(ev));
    }

    // -- looking -------------------------------------------------------------------------------------------------

    onReady(plan) {
        this.plan = plan;
        const { route, locationId } = this.first || {};
        this.first = null;
        if (route) {
            this.showRoute(route);
        }
        if (locationId && this.floor.rowOf.has(locationId)) {
            this.chooseBin(locationId, true);
        }
    }

    /** A panel opened over what was pointed at: move it back into sight. */
    onResize() {
        const { selection, cells } = this.floor;
        if (selection?.kind === "cell") {
            this.plan?.keepInView(cells.x[selection.index], cells.y[selection.index]);
        }
    }

    async setColor(by) {
        this.state.by = by;
        browser.localStorage.setItem(KEY, JSON.stringify({ by }));
        if (this.measured) {
            await this.refresh();
        } else {
            this.floor.setColor(by);
            this.touch();
        }
    }

    setLevel(level) {
        const { floor } = this;
        const { locationId } = this.state.chosen;
        const place = floor.selection?.kind === "cell" && floor.placeOf(locationId);
        floor.setLevel(level);
        this.state.level = level;
        floor.setHighlight(floor.marked || null);
        if (place) {
            // the bin above or below takes over
            const index = floor.index.at(...place);
            index < 0 ? this.closePanel() : this.chooseCell(index, locationId);
        }
        this.touch();
    }

    async setLayout(layoutId) {
        this.closePanel();
        Object.assign(this.state, { layoutId, floor: null, level: null, found: null });
        await this.load();
    }

    get layoutName() {
        return this.floor?.data.layout.name || "";
    }

    get levelName() {
        return this.state.level === null ? _t("All levels") : _t("Level %s", this.state.level);
    }

    get modeName() {
        return this.modes.find((mode) => mode.name === this.state.by).label;
    }

    get legendNote() {
        return this.state.by === "picks" ? _t("Mean of the last %s days", this.floor.data.layout.pick_days) : "";
    }

    get isEmpty() {
        const { data } = this.floor;
        return !data.bins.id.length && !data.nodes.length && !data.aisles.length;
    }

    get canEdit() {
        return this.floor.data.layout.can_edit;
    }

    get label() {
        return _t("Map of %(name)s, %(bins)s bins. Arrows move, plus and minus zoom, zero shows everything.", {
            name: this.layoutName, bins: this.floor.data.bins.id.length,
        });
    }

    // -- pointing ------------------------------------------------------------------------------------------------

    onHover(x, y) {
        const hit = x === null ? null : this.floor.at(x, y, 0);
        const hover = hit?.kind === "cell" ? hit.index : -1;
        this.state.tip = hit ? this.describe(hit) : null;
        if (hover !== this.floor.hover) {
            this.floor.hover = hover;
            this.plan.draw();
        }
    }

    describe({ kind, index }) {
        if (kind !== "cell") {
            return this.floor.data[`${kind}s`][index].name;
        }
        const name = this.floor.cellName(index);
        const value = this.floor.shade.values[index];
        const what = this.floor.shade.classes[this.floor.shade.of[index]].label;
        const figures = {
            picks: () => _t("%s picks a day", shortNumber(value)),
            fill: () => _t("%s %% full", shortNumber(value)),
            age: () => _t("%s days old", value),
        };
        const words = value > 0 && figures[this.state.by] ? figures[this.state.by]() : what;
        return `${name}: ${words}`;
    }

    onPick(x, y, reach) {
        const hit = this.floor.at(x, y, reach);
        if (!hit) {
            this.floor.selection && this.closePanel();
        } else if (hit.kind === "cell") {
            this.chooseCell(hit.index);
        } else {
            this.chooseWay(hit.kind, hit.index);
        }
    }

    chooseCell(index, locationId = null) {
        const ids = this.floor.locationIds(index);
        this.floor.selection = { kind: "cell", index };
        this.state.chosen = {
            locationIds: ids, locationId: ids.includes(locationId) ? locationId : ids[0],
            title: this.floor.cellName(index),
        };
        this.open("bin", this.describe({ kind: "cell", index }));
    }

    chooseBin(locationId, fly = false) {
        const index = this.floor.showBin(locationId);
        if (index < 0) {
            return;
        }
        this.state.level = this.floor.level;
        this.floor.setHighlight(this.floor.marked || null);
        this.chooseCell(index, locationId);
        if (fly) {
            this.plan.flyToPlace(...this.floor.placeOf(locationId));
        }
    }

    chooseWay(kind, index) {
        this.floor.selection = { kind, index };
        const way = this.floor.data[`${kind}s`][index];
        this.state.chosen = { locationIds: [], locationId: 0, title: way.name };
        this.open("way", way.name);
    }

    get way() {
        const { kind, index } = this.floor.selection;
        return {
            way: this.floor.data[`${kind}s`][index], model: WAY_MODELS[kind],
            binCount: this.floor.binsOfWay(kind, index), canEdit: this.canEdit,
        };
    }

    chooseAisleOfBin() {
        const row = this.floor.rowOf.get(this.state.chosen.locationId);
        this.chooseWay("aisle", this.floor.data.bins.aisle[row]);
    }

    open(panel, said) {
        this.state.panel = panel;
        this.state.said = said;
        this.touch();
    }

    /** Back to what the map was opened for, or to nothing. */
    closePanel() {
        if (this.floor) {
            this.floor.selection = null;
        }
        const back = this.state.panel !== "found" && this.state.found ? "found" : this.floor?.route ? "route" : null;
        this.state.panel = back === this.state.panel ? null : back;
        this.state.chosen = { locationIds: [], locationId: 0, title: "" };
        this.touch();
    }

    get panelTitle() {
        return {
            bin: this.state.chosen.title, way: this.state.chosen.title, found: this.state.found?.name,
            route: this.floor.route?.name || _t("Route"),
        }[this.state.panel];
    }

    // -- searching -----------------------------------------------------------------------------------------------

    onFound(item) {
        if (item.kind === "bin") {
            return this.chooseBin(item.id, true);
        }
        const ids = item.location_ids.filter((id) => this.floor.rowOf.has(id));
        this.state.found = { ...item, bins: ids.map((id) => this.binName(id)) };
        this.floor.selection = null;
        this.floor.setHighlight(ids);
        if (!this.floor.highlight.size && ids.length) {
            this.setLevel(null);
        }
        this.open("found", `${item.name}: ${item.detail}`);
        this.plan.flyToBounds(this.floor.boundsOfBins(ids));
    }

    binName(id) {
        return { id, name: this.floor.data.bins.name[this.floor.rowOf.get(id)] };
    }

    clearFound() {
        this.state.found = null;
        this.floor.setHighlight(null);
        this.closePanel();
    }

    // -- route ---------------------------------------------------------------------------------------------------

    showRoute(raw) {
        const route = wholeRoute(raw, (id) => this.floor.placeOf(id));
        this.floor.setRoute(route);
        if (route.path.length || route.stops.length) {
            this.plan.flyToBounds(routeBounds(route));
        }
        this.open("route", _t("Route of %s stops", route.stops.length));
    }

    onStop(stop) {
        this.state.activeStop = stop.key;
        this.state.panel = "route";
        this.state.said = stop.label || "";
        const index = stop.location_id ? this.floor.showBin(stop.location_id) : -1;
        this.floor.selection = index < 0 ? null : { kind: "cell", index };
        this.state.chosen = { ...this.state.chosen, locationId: stop.location_id || 0 };
        this.state.level = this.floor.level;
        this.plan.flyToPlace(stop.x, stop.y);
        this.touch();
    }

    clearRoute() {
        this.floor.setRoute(null);
        this.state.activeStop = -1;
        this.closePanel();
    }

    // -- keys ----------------------------------------------------------------------------------------------------

    onArrow(way) {
        const { selection } = this.floor;
        if (selection?.kind !== "cell") {
            return false;
        }
        const next = neighbour(this.floor.cells, selection.index, way);
        if (next >= 0) {
            this.chooseCell(next);
            this.plan.keepInView(this.floor.cells.x[next], this.floor.cells.y[next]);
        }
        return true;
    }

    onKey(name) {
        if (name === "Escape" && this.state.panel) {
            this.closePanel();
        } else if (name === "/") {
            this.searchInput?.focus();
        } else if (name === "PageUp" || name === "PageDown") {
            this.stepLevel(name === "PageUp" ? 1 : -1);
        } else if (name === "Enter" && this.floor.selection === null) {
            this.chooseInMiddle();
        } else {
            return false;
        }
        return true;
    }

    stepLevel(step) {
        const choices = [null, ...this.floor.levels];
        const next = choices.indexOf(this.state.level) + step;
        if (next >= 0 && next < choices.length) {
            this.setLevel(choices[next]);
        }
    }

    /** Without a mouse: take the bin nearest to the middle, then go on with the arrows. */
    chooseInMiddle() {
        const { x, y } = this.plan.view;
        for (const reach of [1, 5, 20, 100]) {
            const index = this.floor.index.at(x, y, reach);
            if (index >= 0) {
                return this.chooseCell(index);
            }
        }
    }

    get searchInput() {
        return this.searchRef.el?.querySelector("input");
    }

    onWindowKey(ev) {
        if ((ev.ctrlKey || ev.metaKey) && ev.key === "p" && this.floor) {
            ev.preventDefault();
            this.print();
        }
    }

    // -- paper ---------------------------------------------------------------------------------------------------

    print() {
        this.state.sheet = { key: Date.now() };
    }

    async onSheetReady() {
        browser.print ? browser.print() : window.print();
        this.state.sheet = null;
    }

    openRoute() {
        return this.action.doAction({
            type: "ir.actions.act_window", res_model: "gantry.route", res_id: this.floor.route.id,
            views: [[false, "form"]],
        });
    }

    openLayout() {
        return this.action.doAction({
            type: "ir.actions.act_window", res_model: "gantry.layout", res_id: this.state.layoutId,
            views: [[false, "form"]],
        });
    }

    openLayouts() {
        return this.action.doAction("gantry_layout.gantry_layout_action");
    }
}

registry.category("actions").add("gantry_layout_map", LayoutMap);
