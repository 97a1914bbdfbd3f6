/** Zoom and pan of one picture: wheel, pinch, double click, drag, buttons and keys; and the swipe to the next one. */

import { style } from "./dom.js";

const LARGEST = 8;
const STEP = 1.5;
const CLOSER = 2.5; // by a double click
const SWIPE = 60; // pixels
const KEY_PAN = 80;

/** Tells "change" when the scale is another, and "swipe" with `detail` 1 to the left and -1 to the right. */
export class Zoom extends EventTarget {
  #stage;
  #pointers = new Map();
  #start; // of a swipe
  #frame;
  #x = 0;
  #y = 0;
  scale = 1;

  constructor(stage) {
    super();
    this.#stage = stage;
    stage.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    stage.addEventListener("dblclick", (event) => !isForText(event) && this.#to(this.scale > 1 ? 1 : CLOSER, this.#point(event)));
    stage.addEventListener("pointerdown", (event) => this.#onDown(event));
    stage.addEventListener("pointermove", (event) => this.#onMove(event));
    stage.addEventListener("pointerup", (event) => this.#onUp(event));
    stage.addEventListener("pointercancel", ({ pointerId }) => this.#pointers.delete(pointerId));
    new ResizeObserver(() => this.#to(this.scale)).observe(stage);
  }

  /** Follows another picture, from its whole on. */
  follow(frame) {
    this.#frame = frame;
    this.#pointers.clear();
    this.reset();
  }

  reset() {
    this.#x = this.#y = 0;
    this.#to(1);
  }

  closer() {
    this.#to(this.scale * STEP);
  }

  farther() {
    this.#to(this.scale / STEP);
  }

  /** Moves what is seen by so many key presses; false while the whole picture is seen. */
  pan(right, down) {
    if (this.scale === 1) return false;
    this.#x -= right * KEY_PAN;
    this.#y -= down * KEY_PAN;
    this.#to(this.scale);
    return true;
  }

  /** To a scale, with the given point of the stage staying where it is. */
  #to(scale, { x, y } = { x: 0, y: 0 }) {
    if (!this.#frame) return;
    const before = this.scale;
    this.scale = Math.min(Math.max(scale, 1), LARGEST);
    this.#x = x - ((x - this.#x) * this.scale) / before;
    this.#y = y - ((y - this.#y) * this.scale) / before;
    const room = (frame, stage) => Math.max(0, (frame * this.scale - stage) / 2);
    const across = room(this.#frame.offsetWidth, this.#stage.clientWidth);
    const down = room(this.#frame.offsetHeight, this.#stage.clientHeight);
    this.#x = Math.min(Math.max(this.#x, -across), across);
    this.#y = Math.min(Math.max(this.#y, -down), down);
    this.#stage.toggleAttribute("data-zoomed", this.scale > 1);
    style(this.#frame, { "--zoom": this.scale, transform: `translate(${this.#x}px, ${this.#y}px) scale(${this.scale})` });
    if (before !== this.scale) this.dispatchEvent(new Event("change"));
  }

  /** Where an event is, from the middle of the stage. */
  #point({ clientX, clientY }) {
    const { left, top, width, height } = this.#stage.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  }

  #onWheel(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
    this.#to(this.scale * Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)), this.#point(event));
  }

  #onDown(event) {
    if (event.button !== 0 || isForText(event) || event.target.closest("button, a")) return;
    this.#stage.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, this.#point(event));
    this.#start = this.#pointers.size === 1 && this.scale === 1 ? this.#point(event) : undefined;
  }

  #onMove(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = this.#point(event);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    const share = other ? 0.5 : 1; // two fingers move the picture half each
    if (other || this.scale > 1) {
      this.#x += (now.x - before.x) * share;
      this.#y += (now.y - before.y) * share;
    }
    const spread = (point) => Math.hypot(point.x - other.x, point.y - other.y);
    if (other) this.#to((this.scale * spread(now)) / (spread(before) || 1), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    else if (this.scale > 1) this.#to(this.scale);
  }

  #onUp(event) {
    this.#pointers.delete(event.pointerId);
    if (!this.#start) return;
    const { x, y } = this.#point(event);
    const [across, down] = [x - this.#start.x, y - this.#start.y];
    this.#start = undefined;
    if (Math.abs(across) < SWIPE || Math.abs(across) < 2 * Math.abs(down)) return;
    this.dispatchEvent(new CustomEvent("swipe", { detail: across < 0 ? 1 : -1 }));
  }
}

/** Words on the picture are selected by the same gestures. */
const isForText = ({ target }) => target.closest(".word") !== null;
