import { Component, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";

const ICONS = { bin: "fa-map-marker", product: "fa-cube", lot: "fa-barcode" };

/** Finds a bin, a product or a lot. */
export class MapSearch extends Component {
    static template = "gantry_layout.Search";
    static props = { layoutId: Number, onFound: Function };

    setup() {
        this.orm = useService("orm");
        this.input = useRef("input");
        this.keepLast = new KeepLast();
        this.state = useState({ query: "", items: [], searched: false, shownFor: "", active: 0 });
        this.suggest = useDebounced(() => this.search(), 200);
    }

    focus() {
        this.input.el.focus();
    }

    icon(item) {
        return ICONS[item.kind];
    }

    detail(item) {
        return item.location_ids.length ? item.detail : _t("not in any bin of this map");
    }

    async search() {
        const query = this.state.query.trim();
        if (!query) {
            return this.close();
        }
        const found = await this.keepLast.add(
            this.orm.call("gantry.layout", "find_on_map", [this.props.layoutId, query])
        );
        Object.assign(this.state, { items: found.items, searched: true, shownFor: query, active: 0 });
        return found.items;
    }

    onInput(ev) {
        this.state.query = ev.target.value;
        this.suggest();
    }

    async onKeydown(ev) {
        const { items, active } = this.state;
        if (ev.key === "Escape" && this.state.searched) {
            this.close();
            ev.stopPropagation();
        } else if (ev.key === "ArrowDown" || ev.key === "ArrowUp") {
            ev.preventDefault();
            const step = ev.key === "ArrowDown" ? 1 : -1;
            this.state.active = (active + step + items.length) % Math.max(items.length, 1);
        } else if (ev.key === "Enter") {
            ev.preventDefault();
            // a hand scanner types faster than the suggestions come: search for what stands there now
            const fresh = this.state.searched && !this.isStale ? items : await this.search();
            const exact = fresh?.find((item) => item.name === this.state.query.trim());
            const item = exact || fresh?.[this.state.active];
            if (item) {
                this.choose(item);
            }
        }
    }

    get isStale() {
        return this.state.shownFor !== this.state.query.trim();
    }

    choose(item) {
        if (item.location_ids.length) {
            this.close();
            this.state.query = item.name;
            this.input.el.blur();
            this.props.onFound(item);
        }
    }

    close() {
        Object.assign(this.state, { items: [], searched: false });
    }

    onBlur(ev) {
        if (!ev.relatedTarget?.closest(".o_gantry_layout_found")) {
            this.close();
        }
    }
}
