import { readable } from "./format.js";

const DETECTORS = [
	["labels", "Labels", "Labels", byConfidence(labelItem)],
	["custom", "Custom labels", "CustomLabels", byConfidence(customLabelItem)],
	["moderation", "Sensitive content", "ModerationLabels", byConfidence(moderationItem)],
	["celebrities", "Celebrities", "CelebrityFaces", byConfidence(celebrityItem)],
	["faces", "Faces", "FaceDetails", (faces) => faces.map(faceItem)],
	["text", "Text", "TextDetections", textItems],
	["ppe", "Protective gear", "Persons", (persons) => persons.map(personItem)],
	["properties", "Colors", "ImageProperties", propertyItems],
];

export function groupResults({ Errors = {}, ...result }) {
	const enabled = DETECTORS.filter(([name, , key]) => result[key] || Errors[name]);
	return enabled.map(([name, title, key, read]) => ({ name, title, items: result[key] ? read(result[key]) : [], error: Errors[name]?.Message }));
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
	return createItem(Name, Confidence, { boxes, parents: Parents.map((parent) => parent.Name) });
}

function moderationItem({ Name, Confidence, ParentName }) {
	return createItem(Name, Confidence, { parents: ParentName ? [ParentName] : [] });
}

function customLabelItem({ Name, Confidence, Geometry }) {
	return boxedItem(Name, Confidence, Geometry?.BoundingBox);
}

function celebrityItem({ Name, MatchConfidence, Face, Urls = [] }) {
	const link = /^[\w.-]+\.\w+\//.test(Urls[0]) ? `https://${Urls[0]}` : undefined;
	return boxedItem(Name, MatchConfidence, Face?.BoundingBox, { link });
}

function faceItem(face, index) {
	return boxedItem(`Face ${index + 1}`, face.Confidence, face.BoundingBox, { notes: faceNotes(face) });
}

function personItem({ BoundingBox, Confidence, BodyParts = [] }, index) {
	return boxedItem(`Person ${index + 1}`, Confidence, BoundingBox, { notes: BodyParts.flatMap(gearNotes) });
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
	return boxedItem(DetectedText, Confidence, words.length === 0 && bounds, { bounds, words: words.map(toWord) });
}

function toWord({ DetectedText, Confidence, Geometry: { Polygon, BoundingBox } }) {
	return { text: DetectedText, confidence: Confidence, polygon: Polygon?.length === 4 ? Polygon : corners(BoundingBox) };
}

function corners({ Left: X, Top: Y, Width, Height }) {
	return [{ X, Y }, { X: X + Width, Y }, { X: X + Width, Y: Y + Height }, { X, Y: Y + Height }];
}

function propertyItems({ DominantColors = [], Quality = {} }) {
	const toItem = (name, value, swatch) => createItem(readable(name), undefined, { value, swatch });
	return [
		...DominantColors.map(({ HexCode, CSSColor, SimplifiedColor, PixelPercent }) => toItem(CSSColor ?? SimplifiedColor, PixelPercent, HexCode)),
		...Object.entries(Quality).map(([name, value]) => toItem(name, value)),
	];
}

const FACE_ATTRIBUTES = {
	Smile: "Smiling", Eyeglasses: "Glasses", Sunglasses: "Sunglasses", Beard: "Beard", Mustache: "Mustache",
	EyesOpen: "Eyes open", MouthOpen: "Mouth open", FaceOccluded: "Partly covered",
};

function faceNotes(face) {
	const { AgeRange, Gender, EyesOpen, Emotions = [] } = face;
	const [emotion] = Emotions.toSorted((a, b) => b.Confidence - a.Confidence);
	const attributes = Object.keys(FACE_ATTRIBUTES).filter((key) => face[key]?.Value);
	const notes = [
		AgeRange && [`${AgeRange.Low}–${AgeRange.High} years old`, {}],
		Gender && [readable(Gender.Value), Gender],
		...attributes.map((key) => [FACE_ATTRIBUTES[key], face[key]]),
		EyesOpen?.Value === false && ["Eyes closed", EyesOpen],
		emotion && [`Looks ${readable(emotion.Type).toLowerCase()}`, emotion],
	];
	return notes.filter(Boolean).map(([text, { Confidence: confidence }]) => ({ text, confidence }));
}

function gearNotes({ Name, Confidence, EquipmentDetections = [] }) {
	const bodyPart = readable(Name).toLowerCase();
	if (EquipmentDetections.length === 0) return [{ text: `No gear on ${bodyPart}`, confidence: Confidence }];
	return EquipmentDetections.map(({ Type, Confidence: confidence, CoversBodyPart }) =>
		({ text: `${readable(Type)} ${CoversBodyPart?.Value === false ? "not covering" : "on"} ${bodyPart}`, confidence }));
}
