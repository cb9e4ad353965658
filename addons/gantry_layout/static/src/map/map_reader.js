import { Component, markRaw } from "@odoo/owl";
import { router } from "@web/core/browser/router";
import { Floor } from "../core/floor";
import { wholeRoute } from "../core/route";

const FROM_SERVER = ["picks", "fill", "age"];

/** What the map reads from the server, and how what is chosen survives a fresh plan. `LayoutMap` shows it. */
export class MapReader extends Component {
    get wanted() {
        const { params = {}, context = {} } = this.props.action;
        const wanted = { ...(context.params || {}), ...params };
        for (const name of ["layout_id", "location_id", "route_id", "route"]) {
            wanted[name] ??= context[name];
        }
        const models = { "gantry.layout": "layout_id", "gantry.route": "route_id", "stock.location": "location_id" };
        const name = models[context.active_model];
        if (name) {
            wanted[name] ??= context.active_id;
        }
        for (const name of ["layout_id", "location_id", "route_id"]) {
            wanted[name] = Number(wanted[name] ?? router.current[name]) || null; // also from a link somebody sent
        }
        return wanted;
    }

    async start() {
        const wanted = this.wanted;
        let route = wanted.route;
        const [layouts, fetched] = await Promise.all([
            this.orm.searchRead("gantry.layout", [], ["name", "warehouse_id"]),
            wanted.route_id && !route ? this.fetchRoute(wanted.route_id) : null,
        ]);
        route ||= fetched;
        this.state.layouts = layouts;
        const known = new Set(layouts.map((layout) => layout.id));
        let layoutId = [route?.layout_id, wanted.layout_id].find((id) => known.has(id));
        if (!layoutId && wanted.location_id) {
            const [bin] = await this.orm.read("stock.location", [wanted.location_id], ["gantry_layout_id"]);
            layoutId = bin?.gantry_layout_id?.[0];
        }
        this.state.layoutId = layoutId || layouts[0]?.id || null;
        await this.load();
        this.first = { route, locationId: wanted.location_id };
    }

    /** The colouring, when it needs figures of the server. */
    get measured() {
        return FROM_SERVER.includes(this.state.by) ? this.state.by : null;
    }

    async load() {
        if (!this.state.layoutId) {
            return;
        }
        const asked = this.measured;
        const data = await this.keepLast.add(
            this.orm.call("gantry.layout", "get_map_data", [this.state.layoutId, asked])
        );
        const before = this.state.floor;
        const floor = markRaw(new Floor(data));
        if (before?.data.layout.id === data.layout.id) {
            floor.setRoute(before.route);
            if (this.state.level !== null && floor.levels.includes(this.state.level)) {
                floor.setLevel(this.state.level);
            }
        }
        floor.setColor(this.state.by);
        this.state.floor = floor;
        this.state.level = floor.level;
        this.props.updateActionState?.({ layout_id: this.state.layoutId });
        this.restoreChoice(before);
        this.touch();
    }

    fetchRoute(routeId) {
        return this.orm.silent.call("gantry.route", "get_map_route", [[routeId]]);
    }

    /** The picker walks on, and a blocked aisle makes a route stale. */
    async refreshRoute() {
        const { floor } = this;
        if (floor.route?.id) {
            floor.setRoute(wholeRoute(await this.fetchRoute(floor.route.id), (id) => floor.placeOf(id)));
            this.touch();
        }
    }

    async reload() {
        await this.load();
        await this.refreshRoute();
    }

    /** After a fresh plan the same thing stays chosen, if it is still there. */
    restoreChoice(before) {
        const { floor } = this;
        const selection = before?.selection;
        if (before?.marked) {
            floor.setHighlight(before.marked.filter((id) => floor.rowOf.has(id)));
        }
        if (selection?.kind === "cell") {
            const index = floor.showBin(this.state.chosen.locationId);
            floor.selection = index < 0 ? null : { kind: "cell", index };
        } else if (selection) {
            const parts = { aisle: "aisles", edge: "edges" }[selection.kind];
            const id = before.data[parts][selection.index].id;
            const index = floor.data[parts].findIndex((way) => way.id === id);
            floor.selection = index < 0 ? null : { kind: selection.kind, index };
        }
        if (selection && !floor.selection) {
            this.closePanel();
        }
    }

    /** Figures change by themselves; when the geometry did, read it anew. */
    async refresh() {
        const { floor } = this.state;
        if (!floor || document.hidden) {
            return;
        }
        const asked = this.measured;
        const figures = await this.keepLast.add(
            this.orm.silent.call("gantry.layout", "get_map_figures", [this.state.layoutId, asked])
        );
        if (figures.revision !== floor.data.layout.revision) {
            return this.reload();
        }
        await this.refreshRoute();
        floor.setFigures(figures);
        floor.setColor(this.state.by);
        this.state.stockVersion++;
        this.touch();
    }

    get floor() {
        return this.state.floor;
    }

    /** The picture is not what it was. */
    touch() {
        this.state.version++;
    }
}
