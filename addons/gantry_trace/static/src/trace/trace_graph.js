import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { BOX, connected, fit, shortQty } from "../core/graph";

const ICONS = { lot: "\uf02a", pool: "\uf043", order: "\uf085", supplier: "\uf275", customer: "\uf007" };

/** The genealogy as a picture: boxes, arrows, quantities. */
export class TraceGraph extends Component {
    static template = "gantry_trace.Graph";
    static props = {
        picture: { type: Object },
        focus: { type: String, optional: true },
        onOpenBundle: { type: Function },
        onOpenLot: { type: Function },
        onOpenPartner: { type: Function },
        onOpenDocument: { type: Function },
        slots: { type: Object, optional: true },
    };

    setup() {
        this.state = useState({ picked: false, zoom: 1 });
        this.box = BOX;
        this.scroll = useRef("scroll");
        useEffect(
            () => this.show(),
            () => [this.props.focus, this.props.picture.width, this.props.picture.height]
        );
    }

    /** The whole picture when it can be read so, else the lot in the middle. */
    show() {
        const el = this.scroll.el;
        this.state.picked = false;
        const { zoom, left, top } = fit(this.props.picture, this.props.focus, el.clientWidth, el.clientHeight);
        this.state.zoom = zoom;
        // the picture gets its size with the next rendering
        browser.requestAnimationFrame(() => el.scrollTo({ left, top }));
    }

    get related() {
        return this.state.picked ? connected(this.state.picked, this.props.picture.arrows) : false;
    }

    isDim(...keys) {
        const related = this.related;
        return related && keys.some((key) => !related.has(key));
    }

    icon(box) {
        return ICONS[box.kind] || ICONS.lot;
    }

    title(box) {
        if (box.isBundle) {
            return _t("%s lots", box.members);
        }
        if (box.kind === "customer" && !box.partnerId) {
            return _t("Unknown customer");
        }
        if (box.kind === "supplier" && !box.partnerId) {
            return _t("Unknown supplier");
        }
        return box.label;
    }

    cut(text, length) {
        return text.length > length ? `${text.slice(0, length - 1)}…` : text;
    }

    quantity(box) {
        if (box.kind === "order" || box.kind === "pool") {
            return "";
        }
        const text = `${shortQty(box.qty)} ${box.unit}`;
        if (box.kind === "customer") {
            return _t("%s there", text);
        }
        return box.kind === "supplier" ? text : _t("%s on hand", text);
    }

    label(arrow) {
        const text = arrow.qty ? `${shortQty(arrow.qty)} ${arrow.unit}` : "";
        return arrow.returned ? _t("%(net)s (%(back)s back)", { net: text, back: shortQty(arrow.returned) }) : text;
    }

    hint(arrow) {
        const kinds = {
            consume: _t("consumed into"), unbuild: _t("unbuilt into"), repair: _t("repaired with"),
            relabel: _t("relabelled"), intercompany: _t("sold to a sister company"), manual: _t("linked by hand"),
            receive: _t("received"), ship: _t("shipped"),
        };
        const names = arrow.docs.map((doc) => doc.name);
        const shown = names.slice(0, 6).join(", ") + (names.length > 6 ? ", …" : "");
        const corrected = arrow.corrected ? _t("corrected since") : "";
        return [kinds[arrow.kind] || "", shown, this.sureness(arrow.confidence), corrected].filter(Boolean).join(" · ");
    }

    sureness(confidence) {
        return {
            manual: _t("asserted by a person"), derived: _t("possible, not certain"),
            pooled: _t("through stock without lot numbers"),
        }[confidence] || "";
    }

    pick(box) {
        this.state.picked = this.state.picked === box.key ? false : box.key;
    }

    open(box) {
        if (box.isBundle) {
            this.props.onOpenBundle(box.key);
        } else if (box.lotId) {
            this.props.onOpenLot(box.lotId);
        } else if (box.partnerId) {
            this.props.onOpenPartner(box.partnerId);
        }
    }

    onClick(box) {
        if (box.isBundle) {
            this.props.onOpenBundle(box.key);
        } else {
            this.pick(box);
        }
    }

    onKeydown(ev, box) {
        if (ev.key === "Enter") {
            this.open(box);
        } else if (ev.key === " ") {
            ev.preventDefault();
            this.onClick(box);
        }
    }

    zoom(step) {
        this.state.zoom = Math.min(2, Math.max(0.3, this.state.zoom + step));
    }

    openDocument(arrow) {
        if (arrow.docs.length) {
            this.props.onOpenDocument(arrow.docs);
        }
    }
}
