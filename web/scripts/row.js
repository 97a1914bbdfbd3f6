/** One of many uploads, in a line: how far it is, what was recognised, or what went wrong. */

import { el, icon } from "./dom.js";
import { imageAddress } from "./router.js";
import { progressText } from "./steps.js";
import { joined } from "./wording.js";

const NAMED = 3;

/** `closed()` hears that the person took it away. */
export function row(upload, closed) {
  const { file } = upload;
  const bar = el("progress", { max: "1", "aria-label": `Progress of ${file.name}` });
  const text = el("p", { class: "row-text" });
  const close = el("button", { type: "button", class: "close", on: { click: closed } }, icon("close"));
  const retry = () => {
    close.focus(); // this button goes away
    upload.run();
  };
  const again = el("button", { type: "button", class: "close", "aria-label": `Try ${file.name} again`, on: { click: retry } }, icon("again"));
  const element = el("li", { class: "row" },
    el("div", { class: "row-words" }, el("p", { class: "row-name", dir: "auto", text: file.name }), text, bar), again, close);

  const update = () => {
    const { phase, share, failure, answer, known } = upload.state;
    const over = phase === "done" || phase === "failed";
    element.dataset.phase = phase;
    close.setAttribute("aria-label", `${over ? "Close" : "Cancel"} ${file.name}`);
    bar.hidden = over;
    again.hidden = phase !== "failed";
    if (share === undefined) bar.removeAttribute("value");
    else bar.value = share;
    if (phase === "done") text.replaceChildren(...found(answer.image, known));
    else text.textContent = phase === "failed" ? failure.message : progressText(upload.state, file);
  };
  upload.addEventListener("change", update);
  update();
  return element;
}

function found({ id, labels }, known) {
  const names = labels.slice(0, NAMED).map(({ name }) => name);
  const link = el("a", { href: imageAddress(id), text: names.length > 0 ? joined(names) : "Nothing named" });
  return known ? [icon("known"), "Known already: ", link] : [link];
}
