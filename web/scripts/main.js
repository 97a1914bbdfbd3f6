/** Puts the page together. */

import { account } from "./account.js";
import { Batch } from "./batch.js";
import { Card } from "./card.js";
import { Filter, filterBar } from "./filter.js";
import { intake } from "./intake.js";
import { guard, mayLeave, stopAll } from "./leaving.js";
import { start } from "./session.js";
import { handOver } from "./sign_in.js";
import { atMost, Upload } from "./uploads.js";

const AT_ONCE = 6; // what a browser opens to one host
const MOST_CARDS = 3; // more pictures at once are a list

const part = (id) => document.getElementById(id);
const [cards, bar] = [part("cards"), part("filter")];
const filter = new Filter();
const seen = filterBar(filter, bar);
const batch = new Batch(part("batch"));
const limit = atMost(AT_ONCE);

function tell(text) {
  part("notice").textContent = text;
}

function take(files) {
  if (document.body.dataset.session !== "in") return tell("Sign in first, then add the pictures once more.");
  document.body.dataset.started = "";
  const uploads = files.map((file) => new Upload(file, limit));
  uploads.forEach(guard);
  if (uploads.length > MOST_CARDS) {
    batch.add(uploads);
  } else {
    bar.hidden = false;
    cards.prepend(...uploads.map((upload) => new Card(upload, filter, seen).element));
  }
  for (const upload of uploads) upload.run();
}

document.addEventListener("signed-out", () => {
  stopAll();
  batch.clear();
  cards.replaceChildren();
  bar.hidden = true;
  delete document.body.dataset.started;
});

intake({ inputs: [part("files"), part("camera")], take, tell });
account({ leaving: mayLeave });
if (handOver()) tell("You are signed in again. This window can be closed.");
else start();
