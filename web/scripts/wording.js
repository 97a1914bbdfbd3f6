/** Rekognition's terms and plain numbers, in words. */

const language = document.documentElement.lang;
const percentFormat = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
const listFormat = new Intl.ListFormat(language, { type: "conjunction" });

/** 98.7 → "99%" */
export const percentage = (percent) => percentFormat.format(percent / 100);

export const joined = (words) => listFormat.format(words);

export const count = (number, one, many) => `${number.toLocaleString(language)} ${number === 1 ? one : many}`;

export function bytes(size) {
  if (size < 1e3) return count(size, "byte", "bytes");
  const [value, unit] = size < 1e6 ? [size / 1e3, "kilobyte"] : [size / 1e6, "megabyte"];
  const maximumFractionDigits = unit === "megabyte" ? 1 : 0;
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits }).format(value);
}

export function seconds(milliseconds) {
  const format = { style: "unit", unit: "second", unitDisplay: "long", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, format).format(milliseconds / 1000);
}

/** "FACE_COVER" and "darkslategray" → "Face cover" and "Darkslategray" */
export function readable(term = "") {
  const words = term.replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const FACE_WORDS = {
  Smile: ["Smiling", null],
  Eyeglasses: ["Glasses", null],
  Sunglasses: ["Sunglasses", null],
  Beard: ["Beard", null],
  Mustache: ["Moustache", null],
  EyesOpen: ["Eyes open", "Eyes closed"],
  MouthOpen: ["Mouth open", null],
  FaceOccluded: ["Partly covered", null],
};

/** What is noteworthy about a face; what it has not is left out, but for closed eyes. */
export function faceNotes(details) {
  const notes = [];
  if (details.AgeRange) notes.push({ text: `${details.AgeRange.Low} to ${details.AgeRange.High} years` });
  if (details.Gender) notes.push({ text: readable(details.Gender.Value), confidence: details.Gender.Confidence });
  for (const [key, [yes, no]] of Object.entries(FACE_WORDS)) {
    const text = details[key] && (details[key].Value ? yes : no);
    if (text) notes.push({ text, confidence: details[key].Confidence });
  }
  const [strongest] = (details.Emotions ?? []).toSorted((a, b) => b.Confidence - a.Confidence);
  if (strongest) notes.push({ text: `Looks ${readable(strongest.Type).toLowerCase()}`, confidence: strongest.Confidence });
  return notes;
}

/** What a part of the body wears. */
export function gear({ Name, Confidence, EquipmentDetections = [] }) {
  const part = readable(Name).toLowerCase();
  if (EquipmentDetections.length === 0) return [{ text: `Nothing seen on ${part}`, confidence: Confidence }];
  return EquipmentDetections.map(({ Type, Confidence: sure, CoversBodyPart }) => {
    const cover = CoversBodyPart?.Value === false ? "not covering" : "on";
    return { text: `${readable(Type)} ${cover} ${part}`, confidence: sure };
  });
}
