/** The labels of the whole collection as bars, most frequent first; and what this month came to. */

import { el, icon, style } from "./dom.js";
import { count } from "./wording.js";

const FIRST = 12;
const DOLLARS_A_CALL = 0.001;

export class Plot {
  #choose;
  #all = false;
  #labels = [];
  #chosen = null;
  #list = el("ol", { class: "bars" });
  #none = el("p", { class: "hint", text: "The labels of your pictures will stand here, the most frequent first." });
  #more = el("button", { type: "button", class: "link", hidden: true });
  #month = el("p", { class: "month", hidden: true });
  element;

  /** `choose(label)` is called with the label to filter by, or null for all pictures. */
  constructor(choose) {
    this.#choose = choose;
    this.#more.addEventListener("click", () => {
      this.#all = !this.#all;
      this.#draw();
    });
    const wide = matchMedia("(min-width: 60rem)");
    const summary = el("summary", {}, icon("chevron"), el("h2", { text: "What is in them" }));
    this.element = el("details", { class: "plot" }, summary, this.#none, this.#list, this.#more, this.#month);
    const follow = () => (this.element.open = wide.matches);
    wide.addEventListener("change", follow);
    follow();
  }

  set data({ labels, thisMonth }) {
    this.#labels = labels;
    this.#month.hidden = false;
    this.#month.textContent = month(thisMonth);
    this.#draw();
  }

  set chosen(label) {
    this.#chosen = label?.toLowerCase() ?? null;
    this.#draw();
  }

  #draw() {
    const most = this.#labels[0]?.count ?? 1;
    const some = this.#labels.filter(({ name }, index) => this.#all || index < FIRST || this.#isChosen(name));
    const at = this.#list.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    this.#none.hidden = some.length > 0;
    this.#list.replaceChildren(...some.map((label) => this.#bar(label, most)));
    [...this.#list.querySelectorAll("button")].find(({ dataset }) => dataset.name === at)?.focus({ preventScroll: true });
    this.#more.hidden = this.#labels.length <= FIRST;
    this.#more.textContent = this.#all ? "Show fewer" : `Show all ${this.#labels.length} labels`;
    this.#more.setAttribute("aria-expanded", String(this.#all));
  }

  #isChosen(name) {
    return name.toLowerCase() === this.#chosen;
  }

  #bar({ name, count: number }, most) {
    const chosen = this.#isChosen(name);
    const button = el("button", { type: "button", class: "bar", "data-name": name, "aria-pressed": String(chosen) },
      el("span", { class: "bar-name", dir: "auto", text: name }), " ",
      el("span", { class: "bar-count", text: number.toLocaleString(), "aria-label": count(number, "picture", "pictures"), role: "img" }),
      style(el("span", { class: "bar-line", "aria-hidden": "true" }), { "--share": `${(number / most) * 100}%` }));
    button.addEventListener("click", () => this.#choose(chosen ? null : name));
    return el("li", {}, button);
  }
}

/** The estimate is Rekognition's list price; what is free, and what other services cost, is not in it. */
function month({ images, billedCalls }) {
  const dollars = billedCalls * DOLLARS_A_CALL;
  const digits = dollars > 0 && dollars < 1 ? 3 : 2;
  const cost = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "USD", maximumFractionDigits: digits }).format(dollars);
  return `This month: ${count(images, "picture", "pictures")} recognised, about ${cost}. An estimate of Amazon Rekognition’s price, at $0.001 for each of ${count(billedCalls, "call", "calls")}.`;
}
