/** What each detector found, as items that are all drawn alike. */

import { corners } from "./boxes.js";
import { readable } from "./wording.js";

const DETECTORS = [
	["labels", "Labels", "Labels", surest(label)],
	["custom", "Custom labels", "CustomLabels", surest(customLabel)],
	["moderation", "Sensitive content", "ModerationLabels", surest(flag)],
	["celebrities", "Celebrities", "CelebrityFaces", surest(celebrity)],
	["faces", "Faces", "FaceDetails", (list) => list.map(face)],
	["text", "Text", "TextDetections", lines],
	["ppe", "Protective gear", "Persons", (list) => list.map(person)],
	["properties", "Colours", "ImageProperties", properties],
];

export function findings({ Errors = {}, ...result }) {
	const asked = DETECTORS.filter(([name, , key]) => result[key] || Errors[name]);
	return asked.map(([name, title, key, read]) => ({ name, title, items: result[key] ? read(result[key]) : [], error: Errors[name]?.Message }));
}

function surest(read) {
	return (list) => list.map(read).sort((a, b) => b.confidence - a.confidence);
}

function item(name, confidence, more) {
	return { name, confidence, parents: [], notes: [], boxes: [], words: [], ...more };
}

function boxed(name, confidence, box, more) {
	return item(name, confidence, { boxes: box ? [{ box, confidence }] : [], ...more });
}

function label({ Name, Confidence, Instances = [], Parents = [] }) {
	const boxes = Instances.map((one) => ({ box: one.BoundingBox, confidence: one.Confidence }));
	return item(Name, Confidence, { boxes, parents: Parents.map((parent) => parent.Name) });
}

function flag({ Name, Confidence, ParentName }) {
	return item(Name, Confidence, { parents: ParentName ? [ParentName] : [] });
}

function customLabel({ Name, Confidence, Geometry }) {
	return boxed(Name, Confidence, Geometry?.BoundingBox);
}

function celebrity({ Name, MatchConfidence, Face, Urls = [] }) {
	const link = /^[\w.-]+\.\w+\//.test(Urls[0]) ? `https://${Urls[0]}` : undefined;
	return boxed(Name, MatchConfidence, Face?.BoundingBox, { link });
}

function face(details, index) {
	return boxed(`Face ${index + 1}`, details.Confidence, details.BoundingBox, { notes: faceNotes(details) });
}

function person({ BoundingBox, Confidence, BodyParts = [] }, index) {
	return boxed(`Person ${index + 1}`, Confidence, BoundingBox, { notes: BodyParts.flatMap(gear) });
}

function lines(detections) {
	const words = detections.filter(({ Type }) => Type === "WORD");
	const full = detections.filter(({ Type }) => Type === "LINE");
	const ids = new Set(full.map(({ Id }) => Id));
	return [
		...full.map((line) => textItem(line, words.filter(({ ParentId }) => ParentId === line.Id))),
		...words.filter(({ ParentId }) => !ids.has(ParentId)).map((word) => textItem(word, [word])),
	];
}

function textItem({ DetectedText, Confidence, Geometry }, words) {
	const where = Geometry?.BoundingBox;
	return boxed(DetectedText, Confidence, words.length === 0 && where, { where, words: words.map(wordOf) });
}

function wordOf({ DetectedText, Confidence, Geometry: { Polygon, BoundingBox } }) {
	return { text: DetectedText, confidence: Confidence, polygon: Polygon?.length === 4 ? Polygon : corners(BoundingBox) };
}

function properties({ DominantColors = [], Quality = {} }) {
	const measured = (name, share, swatch) => item(readable(name), undefined, { share, swatch });
	return [
		...DominantColors.map(({ HexCode, CSSColor, SimplifiedColor, PixelPercent }) => measured(CSSColor ?? SimplifiedColor, PixelPercent, HexCode)),
		...Object.entries(Quality).map(([name, share]) => measured(name, share)),
	];
}

const FACE_WORDS = {
	Smile: "Smiling", Eyeglasses: "Glasses", Sunglasses: "Sunglasses", Beard: "Beard", Mustache: "Moustache",
	EyesOpen: "Eyes open", MouthOpen: "Mouth open", FaceOccluded: "Partly covered",
};

function faceNotes(details) {
	const { AgeRange, Gender, EyesOpen, Emotions = [] } = details;
	const [mood] = Emotions.toSorted((a, b) => b.Confidence - a.Confidence);
	const seen = Object.keys(FACE_WORDS).filter((key) => details[key]?.Value);
	const notes = [
		AgeRange && [`${AgeRange.Low} to ${AgeRange.High} years`, {}],
		Gender && [readable(Gender.Value), Gender],
		...seen.map((key) => [FACE_WORDS[key], details[key]]),
		EyesOpen?.Value === false && ["Eyes closed", EyesOpen],
		mood && [`Looks ${readable(mood.Type).toLowerCase()}`, mood],
	];
	return notes.filter(Boolean).map(([text, { Confidence: confidence }]) => ({ text, confidence }));
}

function gear({ Name, Confidence, EquipmentDetections = [] }) {
	const part = readable(Name).toLowerCase();
	if (EquipmentDetections.length === 0) return [{ text: `Nothing seen on ${part}`, confidence: Confidence }];
	return EquipmentDetections.map(({ Type, Confidence: confidence, CoversBodyPart }) =>
		({ text: `${readable(Type)} ${CoversBodyPart?.Value === false ? "not covering" : "on"} ${part}`, confidence }));
}
