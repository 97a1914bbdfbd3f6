/** Puts the page together. */

import { Card } from "./card.js";
import { config } from "./config.js";
import { Filter, filterBar } from "./filter.js";
import { intake } from "./intake.js";
import { atMost, Upload } from "./uploads.js";

const AT_ONCE = 6; // what a browser opens to one host

const cards = document.getElementById("cards");
const notice = document.getElementById("notice");
const bar = document.getElementById("filter");
const filter = new Filter();
const seen = filterBar(filter, bar);
const limit = atMost(AT_ONCE);

function tell(text) {
  notice.textContent = text;
}

function take(files) {
  document.body.dataset.started = "";
  bar.hidden = false;
  const uploads = files.map((file) => new Upload(file, limit));
  cards.prepend(...uploads.map((upload) => new Card(upload, filter, seen).element));
  for (const upload of uploads) upload.run();
}

intake({ input: document.getElementById("files"), take, tell });
config().catch((failure) => tell(failure.message)); // early, as nothing works without it
