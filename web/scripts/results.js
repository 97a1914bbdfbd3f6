import { readable } from "./format.js";
import { clause } from "./query.js";
import { hasWords, t } from "./words.js";

const DETECTORS = [
	["labels", "Labels", byConfidence(labelItem)],
	["text", "TextDetections", textItems],
	["faces", "FaceDetails", (faces) => faces.map(faceItem)],
	["moderation", "ModerationLabels", byConfidence(moderationItem)],
	["ppe", "Persons", (persons) => persons.map(personItem)],
	["celebrities", "CelebrityFaces", byConfidence(celebrityItem)],
	["custom", "CustomLabels", byConfidence(customLabelItem)],
];

/** `[{name, title, items, error}]`, one for each enabled detector with a list. Colors are apart. */
export function groupResults({ Errors = {}, ...result }) {
	const enabled = DETECTORS.filter(([name, key]) => result[key] || Errors[name]);
	return enabled.map(([name, key, read]) => ({ name, title: t(`viewer.detector.${name}`), items: result[key] ? read(result[key]) : [], error: Errors[name]?.Message }));
}

function byConfidence(toItem) {
	return (list) => list.map(toItem).sort((a, b) => b.confidence - a.confidence);
}

function createItem(name, confidence, fields) {
	return { name, confidence, parents: [], notes: [], boxes: [], words: [], ...fields };
}

function boxedItem(name, confidence, box, fields) {
	return createItem(name, confidence, { boxes: box ? [{ box, confidence }] : [], ...fields });
}

function labelItem({ Name, Confidence, Instances = [], Parents = [] }) {
	const boxes = Instances.map((instance) => ({ box: instance.BoundingBox, confidence: instance.Confidence }));
	return createItem(Name, Confidence, { boxes, parents: Parents.map((parent) => parent.Name), query: clause("label", Name) });
}

function moderationItem({ Name, Confidence, ParentName }) {
	return createItem(Name, Confidence, { parents: ParentName ? [ParentName] : [], query: clause("flag", Name) });
}

function customLabelItem({ Name, Confidence, Geometry }) {
	return boxedItem(Name, Confidence, Geometry?.BoundingBox, { query: clause("label", Name) });
}

function celebrityItem({ Name, MatchConfidence, Face, Urls = [] }) {
	const link = /^[\w.-]+\.\w+\//.test(Urls[0]) ? `https://${Urls[0]}` : undefined;
	return boxedItem(Name, MatchConfidence, Face?.BoundingBox, { link, query: clause("celebrity", Name) });
}

function faceItem(face, index) {
	return boxedItem(t("viewer.face", { number: index + 1 }), face.Confidence, face.BoundingBox, { notes: faceNotes(face) });
}

function personItem({ BoundingBox, Confidence, BodyParts = [] }, index) {
	return boxedItem(t("viewer.person", { number: index + 1 }), Confidence, BoundingBox, { notes: BodyParts.flatMap(gearNotes) });
}

function textItems(detections) {
	const words = detections.filter(({ Type }) => Type === "WORD");
	const lines = detections.filter(({ Type }) => Type === "LINE");
	const lineIds = new Set(lines.map(({ Id }) => Id));
	return [
		...lines.map((line) => textItem(line, words.filter(({ ParentId }) => ParentId === line.Id))),
		...words.filter(({ ParentId }) => !lineIds.has(ParentId)).map((word) => textItem(word, [word])),
	];
}

function textItem({ DetectedText, Confidence, Geometry }, words) {
	const bounds = Geometry?.BoundingBox;
	return boxedItem(DetectedText, Confidence, words.length === 0 && bounds, { bounds, words: words.map(toWord), query: clause("text", DetectedText) });
}

function toWord({ DetectedText, Confidence, Geometry: { Polygon, BoundingBox } }) {
	return { text: DetectedText, confidence: Confidence, polygon: Polygon?.length === 4 ? Polygon : corners(BoundingBox) };
}

function corners({ Left: X, Top: Y, Width, Height }) {
	return [{ X, Y }, { X: X + Width, Y }, { X: X + Width, Y: Y + Height }, { X, Y: Y + Height }];
}

const FACE_ATTRIBUTES = ["Smile", "Eyeglasses", "Sunglasses", "Beard", "Mustache", "EyesOpen", "MouthOpen", "FaceOccluded"];

/** A value of Rekognition's in the page's language, or as it is if the value is new. */
const translated = (key, value) => (hasWords(key) ? t(key) : readable(value));

function faceNotes(face) {
	const { AgeRange, Gender, EyesOpen, Emotions = [] } = face;
	const [emotion] = Emotions.toSorted((a, b) => b.Confidence - a.Confidence);
	const notes = [
		AgeRange && [t("viewer.age", { low: AgeRange.Low, high: AgeRange.High }), {}],
		Gender && [translated(`viewer.gender.${Gender.Value}`, Gender.Value), Gender],
		...FACE_ATTRIBUTES.filter((key) => face[key]?.Value).map((key) => [t(`viewer.feature.${key}`), face[key]]),
		EyesOpen?.Value === false && [t("viewer.feature.EyesClosed"), EyesOpen],
		emotion && [translated(`viewer.emotion.${emotion.Type}`, emotion.Type), emotion],
	];
	return notes.filter(Boolean).map(([text, { Confidence: confidence }]) => ({ text, confidence }));
}

function gearNotes({ Name, Confidence, EquipmentDetections = [] }) {
	const part = translated(`viewer.part.${Name}`, Name);
	if (EquipmentDetections.length === 0) return [{ text: t("viewer.noGear", { part }), confidence: Confidence }];
	return EquipmentDetections.map(({ Type, Confidence: confidence, CoversBodyPart }) => {
		const gear = translated(`viewer.gear.${Type}`, Type);
		return { text: CoversBodyPart?.Value === false ? t("viewer.gearNotCovering", { gear, part }) : t("viewer.gearOn", { gear, part }), confidence };
	});
}
