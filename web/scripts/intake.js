/** How pictures get onto the page: chosen, dropped anywhere, or pasted. */

import { looksLikePicture } from "./mediatypes.js";
import { count } from "./wording.js";

/** `take(files)` gets them in the order chosen, `tell(text)` what a person should know. */
export function intake({ inputs, take, tell }) {
  const receive = (files) => {
    tell("");
    if (files.length > 0) take(files);
  };
  for (const input of inputs) {
    input.addEventListener("change", () => {
      receive([...input.files]);
      input.value = ""; // so that the same file can be chosen again
    });
  }
  document.addEventListener("paste", ({ clipboardData }) => receive([...clipboardData.files]));
  followDrags();
  window.addEventListener("drop", async (event) => {
    event.preventDefault();
    if (inside) return;
    const dropped = entries(event.dataTransfer); // at once: the list is empty after this turn
    const { files, words } = await unpack(dropped);
    receive(files);
    tell(words.join(" "));
  });
}

let inside = false; // a picture of the page itself is being dragged: browsers call that a file, too

function followDrags() {
  addEventListener("dragstart", () => (inside = true));
  addEventListener("dragend", () => (inside = false));
  let depth = 0; // enter and leave are told for every element on the way
  const mark = (change) => {
    depth = Math.max(0, depth + change);
    document.body.toggleAttribute("data-dragging", depth > 0);
  };
  const carriesFiles = (event) => !inside && event.dataTransfer.types.includes("Files");
  window.addEventListener("dragenter", (event) => carriesFiles(event) && mark(1));
  window.addEventListener("dragleave", (event) => carriesFiles(event) && mark(-1));
  window.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault(); // else the browser opens the file in place of the page
    event.dataTransfer.dropEffect = "copy";
  });
  window.addEventListener("drop", () => mark(-depth));
}

function entries({ items }) {
  return [...items]
    .filter(({ kind }) => kind === "file")
    .map((item) => ({ file: item.getAsFile(), folder: directory(item.webkitGetAsEntry?.()) }));
}

const directory = (entry) => (entry?.isDirectory ? entry : null);

async function unpack(dropped) {
  const files = [];
  const words = [];
  for (const { file, folder } of dropped) {
    if (!folder) {
      files.push(file);
      continue;
    }
    const inside = await filesIn(folder);
    const pictures = inside.filter(looksLikePicture);
    files.push(...pictures);
    words.push(sentence(folder.name, pictures.length, inside.length - pictures.length));
  }
  if (dropped.length === 0) words.push("That was no file. Save the picture first, then drop the file here.");
  return { files, words };
}

function sentence(name, pictures, others) {
  if (pictures === 0) return `There is no picture in the folder “${name}”.`;
  const rest = others > 0 ? `, and left out ${count(others, "other file", "other files")}` : "";
  return `Took ${count(pictures, "picture", "pictures")} from the folder “${name}”${rest}.`;
}

async function filesIn(folder) {
  const reader = folder.createReader();
  const found = [];
  for (let some = await readSome(reader); some.length > 0; some = await readSome(reader)) found.push(...some);
  const nested = await Promise.all(found.map((entry) => (entry.isDirectory ? filesIn(entry) : fileOf(entry))));
  return nested.flat();
}

const readSome = (reader) => new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
const fileOf = (entry) => new Promise((resolve) => entry.file((file) => resolve([file]), () => resolve([])));
