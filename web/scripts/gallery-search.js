/** Find by typing: a combobox with the collection's own labels, after the WAI-ARIA pattern. */

import { announce } from "./announce.js";
import { el, icon } from "./dom.js";
import { count } from "./wording.js";

const MOST = 8;

export class Search {
  #labels = [];
  #active = -1;
  #options = [];
  #choose;
  #list = el("ul", { id: "suggestions", class: "suggestions", role: "listbox", "aria-label": "Labels", hidden: true });
  #input = el("input", { id: "search", type: "text", role: "combobox", autocomplete: "off", autocapitalize: "none", spellcheck: "false", enterkeyhint: "search",
    placeholder: "Person, cat, beach …", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "suggestions" });
  element;

  /** `choose(label)` is called with the label to filter by. */
  constructor(choose) {
    this.#choose = choose;
    this.element = el("form", { class: "search", role: "search" },
      el("label", { for: "search", class: "visually-hidden", text: "Find pictures by what is in them" }),
      icon("search"), this.#input, this.#list);
    this.element.addEventListener("submit", (event) => event.preventDefault());
    this.#input.addEventListener("input", () => this.#open());
    this.#input.addEventListener("click", () => this.#open());
    this.#input.addEventListener("blur", () => this.#close());
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  }

  set labels(labels) {
    this.#labels = labels;
  }

  #open() {
    const text = this.#input.value.trim().toLowerCase();
    const place = ({ name }) => name.toLowerCase().indexOf(text);
    const found = this.#labels.filter((label) => place(label) >= 0).sort((a, b) => Math.sign(place(a)) - Math.sign(place(b)));
    this.#options = found.slice(0, MOST);
    this.#active = -1;
    this.#list.replaceChildren(...this.#options.map((label, index) => this.#option(label, index)));
    this.#show(this.#options.length > 0);
    if (text) announce(this.#options.length > 0 ? `${count(found.length, "label fits", "labels fit")}.` : "No label fits.");
  }

  #option({ name, count: number }, index) {
    const element = el("li", { id: `suggestion-${index}`, role: "option", "aria-selected": "false", "aria-label": `${name}, ${count(number, "picture", "pictures")}` },
      el("span", { dir: "auto", text: name }), el("span", { class: "number", text: number.toLocaleString() }));
    element.addEventListener("click", () => this.#take(name));
    return element;
  }

  #show(open) {
    this.#list.hidden = !open;
    this.#input.setAttribute("aria-expanded", String(open));
    if (!open) this.#mark(-1);
  }

  #close() {
    this.#show(false);
  }

  #mark(index) {
    this.#active = index;
    [...this.#list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
    const option = this.#list.children[index];
    if (option) this.#input.setAttribute("aria-activedescendant", option.id);
    else this.#input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  #onKey(event) {
    const { key } = event;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (steps[key] && !event.altKey) {
      event.preventDefault();
      if (this.#list.hidden) this.#open();
      const length = this.#options.length + 1; // one place is the field itself
      this.#mark(((this.#active + 1 + steps[key] + length) % length) - 1);
    } else if (key === "Enter") {
      event.preventDefault();
      this.#take(this.#options[this.#active]?.name ?? this.#named());
    } else if (key === "Escape") {
      if (this.#list.hidden) this.#input.value = "";
      this.#close();
    }
  }

  /** What was typed, spelled as the label is. */
  #named() {
    const text = this.#input.value.trim();
    return this.#labels.find(({ name }) => name.toLowerCase() === text.toLowerCase())?.name ?? text;
  }

  #take(name) {
    this.#close();
    this.#input.value = "";
    if (name) this.#choose(name);
  }
}
