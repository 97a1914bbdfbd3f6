/** The kinds of recognition as a table: what each answers, as items that the page draws all in the same way.
 *  Adding a detector is adding a row; the rows are in the order of the page.
 *
 *  An item: {name, confidence?, parents, notes: [{text, confidence?}], boxes: [{box, confidence?}], words: [{text,
 *  confidence, polygon}], swatch?, share?, link?}. Confidences are percent; what has none is never hidden by the slider. */

import { corners } from "./boxes.js";
import { faceNotes, gear, readable } from "./wording.js";

const item = (name, confidence, more = {}) => ({ name, confidence, parents: [], notes: [], boxes: [], words: [], ...more });
const boxOf = (box, confidence) => (box ? [{ box, confidence }] : []);
const bySurety = (items) => items.sort((a, b) => b.confidence - a.confidence);

const DETECTORS = [
  { name: "labels", title: "Labels", key: "Labels", items: (list) => bySurety(list.map(label)) },
  { name: "custom", title: "Custom labels", key: "CustomLabels", items: (list) => bySurety(list.map(customLabel)) },
  { name: "moderation", title: "Sensitive content", key: "ModerationLabels", items: (list) => bySurety(list.map(moderation)) },
  { name: "celebrities", title: "Celebrities", key: "CelebrityFaces", items: (list) => bySurety(list.map(celebrity)) },
  { name: "faces", title: "Faces", key: "FaceDetails", items: (list) => list.map(face) },
  { name: "text", title: "Text", key: "TextDetections", items: lines },
  { name: "ppe", title: "Protective gear", key: "Persons", items: (list) => list.map(person) },
  { name: "properties", title: "Colours", key: "ImageProperties", items: properties, atFirst: 15 },
];

const AT_FIRST = 6; // so that a long list does not push the next picture away

/** What a result document says, one entry per detector that was asked: {name, title, order, atFirst, items, error?}. */
export function findings(result) {
  const errors = result.Errors ?? {};
  const all = DETECTORS.map(({ name, title, key, items, atFirst = AT_FIRST }, order) => {
    const found = result[key] ? items(result[key]) : [];
    return { name, title, order, atFirst, items: found, error: errors[name]?.Message, asked: Boolean(result[key] || errors[name]) };
  });
  return all.filter(({ asked }) => asked);
}

function label({ Name, Confidence, Instances = [], Parents = [] }) {
  const boxes = Instances.flatMap((instance) => boxOf(instance.BoundingBox, instance.Confidence));
  return item(Name, Confidence, { boxes, parents: Parents.map((parent) => parent.Name) });
}

function moderation({ Name, Confidence, ParentName }) {
  return item(Name, Confidence, { parents: ParentName ? [ParentName] : [] });
}

function customLabel({ Name, Confidence, Geometry }) {
  return item(Name, Confidence, { boxes: boxOf(Geometry?.BoundingBox, Confidence) });
}

function celebrity({ Name, MatchConfidence, Face, Urls = [] }) {
  return item(Name, MatchConfidence, { boxes: boxOf(Face?.BoundingBox, MatchConfidence), link: link(Urls[0]) });
}

/** Rekognition gives addresses without a scheme. */
function link(address) {
  return /^[\w.-]+\.\w+\//.test(address ?? "") ? `https://${address}` : undefined;
}

function face(details, index) {
  const { BoundingBox, Confidence } = details;
  return item(`Face ${index + 1}`, Confidence, { boxes: boxOf(BoundingBox, Confidence), notes: faceNotes(details) });
}

function person({ BoundingBox, Confidence, BodyParts = [] }, index) {
  return item(`Person ${index + 1}`, Confidence, { boxes: boxOf(BoundingBox, Confidence), notes: BodyParts.flatMap(gear) });
}

/** One item per line with its words; words without a line stand for themselves. */
function lines(detections) {
  const words = detections.filter(({ Type }) => Type === "WORD");
  const found = detections.filter(({ Type }) => Type === "LINE").map((line) => ({ line, words: [] }));
  const byId = new Map(found.map((entry) => [entry.line.Id, entry]));
  for (const word of words) {
    const entry = byId.get(word.ParentId);
    if (entry) entry.words.push(word);
    else found.push({ line: word, words: [word] });
  }
  return found.map(({ line, words: own }) =>
    item(line.DetectedText, line.Confidence, {
      words: own.map(wordOf),
      boxes: own.length === 0 ? boxOf(line.Geometry?.BoundingBox, line.Confidence) : [],
    }),
  );
}

function wordOf({ DetectedText, Confidence, Geometry = {} }) {
  const polygon = Geometry.Polygon?.length === 4 ? Geometry.Polygon : corners(Geometry.BoundingBox);
  return { text: DetectedText, confidence: Confidence, polygon };
}

function properties({ DominantColors = [], Quality = {} }) {
  const colours = DominantColors.map(({ HexCode, CSSColor, SimplifiedColor, PixelPercent }) =>
    item(readable(CSSColor ?? SimplifiedColor), undefined, { swatch: HexCode, share: PixelPercent }),
  );
  const measures = Object.entries(Quality).map(([name, value]) => item(readable(name), undefined, { share: value }));
  return [...colours, ...measures];
}
