/** Says things to people who hear the page. */

import { el } from "./dom.js";

const HEARD_AFTER = 10_000;

export function announce(text) {
  const line = el("p", { text });
  document.getElementById("announcements").append(line);
  setTimeout(() => line.remove(), HEARD_AFTER);
}
