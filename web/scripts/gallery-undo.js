/** Deletions with a way back: for a few seconds only this page knows of them. */

import { announce } from "./announce.js";
import { deleteImage } from "./api.js";
import { el } from "./dom.js";
import { asFailure } from "./failures.js";

const SECONDS = 6;

export class Deletions {
  #pictures;
  #back;
  #deleted;
  #pending = new Map(); // id → {toast, status, send, undo}
  element = el("div", { class: "toasts", role: "region", "aria-label": "Deleted pictures", hidden: true });

  /** `back(id)` hears that a picture is back, `deleted()` that one is gone for good. */
  constructor(pictures, { back, deleted }) {
    this.#pictures = pictures;
    this.#back = back;
    this.#deleted = deleted;
    window.addEventListener("pagehide", () => this.send());
    document.addEventListener("keydown", (event) => {
      const typing = event.target.matches?.("input:not([type=range]), textarea");
      if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || typing || this.#pending.size === 0) return;
      event.preventDefault();
      [...this.#pending.values()].at(-1).undo();
    });
  }

  remove({ id, fileName, status }) {
    if (this.#pending.has(id)) return;
    this.#pictures.hide(id, true);
    const undo = el("button", { type: "button", class: "link", "aria-label": `Undo deleting ${fileName}`, "aria-keyshortcuts": "Control+Z Meta+Z", text: "Undo" });
    const toast = el("div", { class: "toast" }, el("p", {}, el("bdi", { text: fileName }), " is deleted."), undo);
    const timer = countdown(toast, () => this.#send(id, fileName));
    const entry = {
      toast,
      status,
      send: () => {
        timer.stop();
        this.#send(id, fileName);
      },
      undo: () => {
        timer.stop();
        this.#end(id);
        this.#pictures.hide(id, false);
        announce(`${fileName} is back.`);
        this.#back(id);
      },
    };
    undo.addEventListener("click", entry.undo);
    this.#pending.set(id, entry);
    this.element.append(toast);
    this.element.hidden = false;
    announce(`${fileName} is deleted. Control Z brings it back.`);
  }

  /** Somebody uploads a picture again that is about to be deleted: it stays. */
  keep({ id, status }) {
    const entry = this.#pending.get(id);
    if (entry?.status === status && status === "done") entry.undo();
  }

  /** Sends what is still waiting, as when the page is left. */
  send() {
    for (const { send } of [...this.#pending.values()]) send();
  }

  async #send(id, fileName) {
    this.#end(id);
    try {
      await deleteImage(id);
    } catch (error) {
      const { code, message } = asFailure(error);
      if (code !== "not-found") {
        this.#pictures.hide(id, false);
        this.#tell(`${fileName} could not be deleted and is back. ${message}`);
        return;
      }
    }
    this.#pictures.drop(id);
    this.#pictures.hide(id, false);
    this.#deleted();
  }

  #end(id) {
    this.#pending.get(id)?.toast.remove();
    this.#pending.delete(id);
    this.element.hidden = this.element.children.length === 0;
  }

  #tell(text) {
    const close = el("button", { type: "button", class: "link", text: "Close" });
    const toast = el("div", { class: "toast wrong" }, el("p", { text }), close);
    close.addEventListener("click", () => {
      toast.remove();
      this.element.hidden = this.element.children.length === 0;
    });
    this.element.append(toast);
    this.element.hidden = false;
    announce(text);
  }
}

/** Counts down, but not while somebody points at it or has the focus in it: nobody is to lose a race. */
function countdown(element, end) {
  let left = SECONDS * 1000;
  let since;
  let timer;
  const stop = () => {
    clearTimeout(timer);
    if (since !== undefined) left -= performance.now() - since;
    since = undefined;
  };
  const go = () => {
    stop();
    since = performance.now();
    timer = setTimeout(end, Math.max(left, 1000));
  };
  for (const type of ["pointerenter", "focusin"]) element.addEventListener(type, stop);
  for (const type of ["pointerleave", "focusout"]) element.addEventListener(type, go);
  go();
  return { stop };
}
