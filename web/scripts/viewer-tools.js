/** The viewer's buttons, and what they save. */

import { getImage } from "./api.js";
import { el, icon, save } from "./dom.js";
import { failure } from "./failures.js";

export function tool(name, symbol, act, { kind = "", ...attributes } = {}) {
  return el("button", { type: "button", class: `tool ${kind}`, "aria-label": name, title: name, on: { click: act }, ...attributes }, symbol && icon(symbol));
}

/** Returns the bar, and of it what makes sense only for a picture that is there. */
export function toolbar(words, scale, zoom, { download: get, remove, close }) {
  const zooms = el("div", { class: "viewer-zoom", role: "group", "aria-label": "Zoom" }, tool("Zoom out", "minus", () => zoom.farther()), scale, tool("Zoom in", "add", () => zoom.closer()));
  const needed = [
    zooms,
    tool("Download the picture", "save", () => get("original")),
    tool("Download the JSON", "braces", () => get("result")),
    tool("Delete", "bin", remove, { "aria-keyshortcuts": "Delete" }),
  ];
  const element = el("header", { class: "viewer-bar" }, tool("Close", "close", close, { "aria-keyshortcuts": "Escape" }), words, ...needed);
  return { element, needed };
}

/** Saves the "original" or the "result". Links run out, so that one is asked for when it is needed. */
export async function download(kind, id, signal) {
  const { links, image } = await getImage(id, signal);
  const response = await fetch(links[kind], { signal, cache: "no-store" }).catch(() => null); // the drawn one is not for scripts
  if (!response?.ok) throw failure("api-unreachable");
  save(await response.blob(), kind === "original" ? image.fileName : `${image.fileName.replace(/\.[^.]+$/, "")}.json`);
}
