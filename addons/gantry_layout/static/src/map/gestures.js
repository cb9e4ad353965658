/** Mouse, finger, wheel and keys on an element, told as pan, zoom, pinch, click and hover. */

const CLICK_PX = 6;
const KEYS = {
    ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
};

export class Gestures {
    /**
     * @param {HTMLElement} el
     * @param {Object} on pan(dx, dy), zoom(factor, px, py), pinch(before, after), click(px, py, reach),
     *     hover(px, py) or hover(null), arrow(way), key(name), settle()
     */
    constructor(el, on) {
        Object.assign(this, { el, on, fingers: new Map(), moved: 0, listeners: [] });
        this._listen("pointerdown", (ev) => this.down(ev));
        this._listen("pointermove", (ev) => this.move(ev));
        this._listen("pointerup", (ev) => this.up(ev));
        this._listen("pointercancel", (ev) => this.up(ev, true));
        this._listen("pointerleave", () => !this.fingers.size && this.on.hover(null));
        this._listen("wheel", (ev) => this.wheel(ev), { passive: false });
        this._listen("keydown", (ev) => this.keydown(ev));
    }

    _listen(name, listener, options) {
        this.el.addEventListener(name, listener, options);
        this.listeners.push([name, listener, options]);
    }

    stop() {
        this.listeners.forEach(([name, listener, options]) => this.el.removeEventListener(name, listener, options));
    }

    place(ev) {
        const box = this.el.getBoundingClientRect();
        return [ev.clientX - box.left, ev.clientY - box.top];
    }

    down(ev) {
        if (ev.button > 0) {
            return;
        }
        this.el.setPointerCapture?.(ev.pointerId);
        this.fingers.set(ev.pointerId, this.place(ev));
        if (this.fingers.size === 1) {
            this.moved = 0;
        }
    }

    move(ev) {
        const now = this.place(ev);
        const before = this.fingers.get(ev.pointerId);
        if (!before) {
            if (ev.pointerType === "mouse") {
                this.on.hover(now);
            }
            return;
        }
        const pair = [...this.fingers.values()].slice(0, 2);
        this.fingers.set(ev.pointerId, now);
        this.moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
        if (this.fingers.size > 1) {
            this.moved = Infinity; // lifting one of two fingers is no click
            this.on.pinch(pair, [...this.fingers.values()].slice(0, 2));
        } else if (this.moved > CLICK_PX) {
            this.on.pan(now[0] - before[0], now[1] - before[1]);
        }
    }

    up(ev, isCancelled = false) {
        if (!this.fingers.delete(ev.pointerId)) {
            return;
        }
        if (!this.fingers.size) {
            if (this.moved <= CLICK_PX && !isCancelled) {
                this.on.click(...this.place(ev), ev.pointerType === "touch" ? 12 : 2);
            }
            this.on.settle();
        }
    }

    wheel(ev) {
        ev.preventDefault();
        // a mouse turns lines or 100 px a notch, a touchpad a few pixels
        const step = ev.deltaMode === 1 ? ev.deltaY * 30 : ev.deltaY;
        const factor = Math.exp(-Math.max(-240, Math.min(240, step)) * 0.0022);
        this.on.zoom(factor, ...this.place(ev));
    }

    keydown(ev) {
        if (ev.target !== this.el || ev.ctrlKey || ev.metaKey || ev.altKey) {
            return;
        }
        const way = KEYS[ev.key];
        if (way) {
            ev.preventDefault();
            this.on.arrow(way, ev.shiftKey);
        } else if (this.on.key(ev.key)) {
            ev.preventDefault();
            ev.stopPropagation();
        }
    }
}
