/** One picture on the page: its way through the upload, then what is in it, or what went wrong. */

import { announce } from "./announce.js";
import { el, icon } from "./dom.js";
import { Picture } from "./picture.js";
import { Shown } from "./shown.js";
import { Steps } from "./steps.js";
import { bytes, joined, percentage } from "./wording.js";

const PASSIVE = { hashing: "read", uploading: "uploaded", recognising: "recognised" };

let made = 0;

export class Card {
  #upload;
  #filter;
  #seen;
  #picture;
  #gone = new AbortController();
  #title;
  #meta = el("p", { class: "card-meta" });
  #body = el("div", { class: "card-body" });
  #more = el("div", { class: "card-more" });
  #close;
  #steps; // while there is progress to show
  element;

  /** `seen(finding)` hears of each detector that the filter's bar may need a switch for. */
  constructor(upload, filter, seen) {
    const { name, size } = upload.file;
    const id = `card-${(made += 1)}`;
    this.#upload = upload;
    this.#filter = filter;
    this.#seen = seen;
    this.#picture = new Picture(upload.file);
    this.#title = el("h2", { id, dir: "auto", tabindex: "-1", text: name });
    this.#meta.textContent = bytes(size);
    this.#close = el("button", { type: "button", class: "close", "aria-label": `Cancel ${name}` }, icon("close"));
    this.#close.addEventListener("click", () => this.#remove());
    const head = el("header", { class: "card-head" }, el("div", {}, this.#title, this.#meta), this.#close);
    const side = el("div", { class: "card-side" }, head, this.#body);
    this.element = el("article", { class: "card", "aria-labelledby": id },
      el("div", { class: "card-stage" }, this.#picture.element), side, this.#more);
    upload.addEventListener("change", () => this.#follow(), { signal: this.#gone.signal });
    this.#follow();
  }

  #follow() {
    const { state } = this.#upload;
    const before = this.element.dataset.phase;
    this.element.dataset.phase = state.phase;
    if (state.phase === "done") this.#showResult(state);
    else if (state.phase === "failed") this.#showFailure(state.failure);
    else this.#showProgress(state, before);
  }

  #showProgress(state, before) {
    if (!this.#steps) {
      this.#steps = new Steps(this.#upload.file);
      this.#body.replaceChildren(this.#steps.element);
    }
    this.#steps.update(state);
    if (state.phase !== before && PASSIVE[state.phase]) announce(`${this.#upload.file.name} is being ${PASSIVE[state.phase]}.`);
  }

  #showFailure({ message, action }) {
    const { name } = this.#upload.file;
    const again = el("button", { type: "button", class: "button" }, icon("again"), action);
    again.addEventListener("click", () => {
      this.#title.focus(); // the button goes away
      this.#upload.run();
    });
    this.#end(el("div", { class: "failure" }, icon("warning"), el("p", { text: message }), again));
    announce(`${name}: ${message}`);
  }

  async #showResult({ answer, known }) {
    const { image } = answer;
    const shown = new Shown(answer, this.#picture, this.#filter, this.#gone.signal);
    this.#end(shown.first);
    this.#meta.textContent = shown.meta;
    if (known) this.#body.prepend(el("p", { class: "known" }, icon("known"), knownSince(image)));
    this.#more.replaceChildren(...shown.rest);
    await shown.draw(this.#seen);
    this.element.dataset.drawn = "";
    announce(`${image.fileName} is recognised: ${spoken(shown.all, this.#filter)}.`);
  }

  #end(content) {
    this.#steps = undefined;
    this.#close.setAttribute("aria-label", `Close ${this.#upload.file.name}`);
    this.#body.replaceChildren(content);
  }

  #remove() {
    const next = this.element.nextElementSibling ?? this.element.previousElementSibling;
    this.#gone.abort();
    this.#upload.stop();
    this.#picture.remove();
    this.element.remove();
    (next?.querySelector("h2") ?? document.getElementById("files")).focus();
  }
}

function knownSince({ processedAt }) {
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" }).format(new Date(processedAt));
  return `This picture is known already, since ${when}. Nothing was sent.`;
}

function spoken(all, filter) {
  const names = all.flatMap(({ name, items }) => items.filter(({ confidence }) => filter.shows(name, confidence)));
  const first = names.slice(0, 3).map(({ name, confidence }) => (confidence ? `${name} ${percentage(confidence)}` : name));
  return first.length > 0 ? joined(names.length > 3 ? [...first, "more"] : first) : "nothing to show";
}
