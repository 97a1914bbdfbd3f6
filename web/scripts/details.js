/** The whole result as a table and as JSON, both closed until asked for. */

import { announce } from "./announce.js";
import { clip, place } from "./boxes.js";
import { el, icon, save } from "./dom.js";
import { joined, percentage } from "./wording.js";

const COLUMNS = ["What", "Kind", "Confidence", "Where", "More"];

/** Returns the element and the parts that the filter rules. */
export function drawTable(all, fileName) {
  const parts = all.flatMap(({ name: detector, title, items }) =>
    items.map((item) => ({ element: tableRow(title, item), detector, confidences: [item.confidence] })),
  );
  const table = el("table", {},
    el("caption", { text: `What was found in ${fileName}` }),
    el("thead", {}, el("tr", {}, ...COLUMNS.map((text) => el("th", { scope: "col", text })))),
    el("tbody", {}, ...parts.map(({ element }) => element)));
  const scroller = el("div", { class: "table-scroller", tabindex: "0", role: "region", "aria-label": `Table for ${fileName}` }, table);
  return { parts, element: el("details", { class: "more" }, summary("As a table"), scroller) };
}

function tableRow(title, { name, confidence, share, boxes, words, parents, notes }) {
  const places = boxes.map(({ box }) => clip(box)).filter(Boolean).map(place);
  const more = [
    ...(parents.length > 0 ? [`in ${joined(parents)}`] : []),
    ...notes.map((note) => (note.confidence === undefined ? note.text : `${note.text} (${percentage(note.confidence)})`)),
    ...(share === undefined ? [] : [percentage(share)]),
    ...(words.length > 1 ? [`${words.length} words`] : []),
  ];
  return el("tr", {},
    el("th", { scope: "row", dir: "auto", text: name }),
    el("td", { text: title }),
    el("td", { class: "number", text: confidence === undefined ? "" : percentage(confidence) }),
    el("td", { text: places.join("; ") }),
    el("td", { text: more.join(", ") }));
}

export function drawJson(document, fileName) {
  const text = JSON.stringify(document, null, 2);
  const name = `${fileName.replace(/\.[^.]+$/, "")}.json`;
  const copy = el("button", { type: "button", class: "button quiet", text: "Copy JSON" });
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    announce("JSON copied.");
    copy.textContent = "Copied";
  });
  const store = el("button", { type: "button", class: "button quiet" }, icon("save"), "Save JSON");
  store.addEventListener("click", () => save(new Blob([text, "\n"], { type: "application/json" }), name));
  const view = el("pre", { class: "json", tabindex: "0", role: "region", "aria-label": `JSON for ${fileName}`, dir: "ltr" });
  const details = el("details", { class: "more" }, summary("As JSON"), el("div", { class: "actions" }, store, copy), view);
  details.addEventListener("toggle", () => (view.textContent ||= text)); // a thousand lines only for who looks
  return details;
}

function summary(text) {
  return el("summary", {}, icon("chevron"), text);
}
