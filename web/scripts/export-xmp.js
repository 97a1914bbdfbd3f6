import { clip } from "./overlay.js";

const NAMESPACES = {
	dc: "http://purl.org/dc/elements/1.1/",
	exif: "http://ns.adobe.com/exif/1.0/",
	"mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
	photoshop: "http://ns.adobe.com/photoshop/1.0/",
	stArea: "http://ns.adobe.com/xmp/sType/Area#",
	stDim: "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
	xmp: "http://ns.adobe.com/xap/1.0/",
};
const FAVORITE_RATING = 5;
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };
// From a point of the upright picture to the same point of the stored pixels, by EXIF orientation.
const AS_STORED = {
	2: (x, y) => [1 - x, y],
	3: (x, y) => [1 - x, 1 - y],
	4: (x, y) => [x, 1 - y],
	5: (x, y) => [y, x],
	6: (x, y) => [y, 1 - x],
	7: (x, y) => [1 - y, 1 - x],
	8: (x, y) => [1 - y, x],
};

const escape = (text) => String(text).replace(NOT_XML, "").replace(/[&<>"\r]/g, (character) => ENTITIES[character]);
const tag = (name, text) => `<${name}>${escape(text)}</${name}>`;
const number = (ratio) => +ratio.toFixed(6);

export function xmpOf(image, result) {
	const { caption, favorite } = image;
	const takenAt = result?.Exif?.TakenAt ?? image.takenAt;
	const subjects = subjectsOf(image, result);
	const properties = [
		subjects.length > 0 && `<dc:subject><rdf:Bag>${subjects.map((subject) => tag("rdf:li", subject)).join("")}</rdf:Bag></dc:subject>`,
		caption && `<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${escape(caption)}</rdf:li></rdf:Alt></dc:description>`,
		favorite && tag("xmp:Rating", FAVORITE_RATING),
		takenAt && tag("photoshop:DateCreated", takenAt) + tag("exif:DateTimeOriginal", takenAt),
		regionsOf(image, result),
	];
	const declarations = Object.entries(NAMESPACES).map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`).join("\n  ");
	return `<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
  ${declarations}>
${properties.filter(Boolean).join("\n")}
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
`;
}

function subjectsOf({ labels, tags }, result) {
	const names = result?.Labels?.map(({ Name }) => Name) ?? labels.map(({ name }) => name);
	const unique = new Map();
	for (const name of [...names, ...tags]) if (!unique.has(name.toLowerCase())) unique.set(name.toLowerCase(), name);
	return [...unique.values()];
}

/** Regions of the Metadata Working Group's guidelines 2.0 (5.9): centers and sides as ratios of the stored pixels. */
function regionsOf({ width, height }, result) {
	const orientation = result?.Exif?.Orientation;
	const regions = boxesOf(result ?? {}).map((region) => regionOf(region, orientation)).filter(Boolean);
	if (regions.length === 0 || !width || !height) return "";
	const [w, h] = orientation >= 5 ? [height, width] : [width, height];
	return `<mwg-rs:Regions rdf:parseType="Resource">
<mwg-rs:AppliedToDimensions stDim:w="${w}" stDim:h="${h}" stDim:unit="pixel"/>
<mwg-rs:RegionList><rdf:Bag>
${regions.join("\n")}
</rdf:Bag></mwg-rs:RegionList>
</mwg-rs:Regions>`;
}

/** Faces have no name unless it is known, as other programs take it for a person's. */
function boxesOf({ Labels = [], CustomLabels = [], FaceDetails = [], CelebrityFaces = [], TextDetections = [] }) {
	return [
		...Labels.flatMap(({ Name, Instances = [] }) => Instances.map(({ BoundingBox, Confidence }) => ["Label", Confidence, BoundingBox, Name])),
		...CustomLabels.map(({ Name, Confidence, Geometry }) => ["Custom label", Confidence, Geometry?.BoundingBox, Name]),
		...FaceDetails.map(({ BoundingBox, Confidence }) => ["Face", Confidence, BoundingBox]),
		...CelebrityFaces.map(({ Name, MatchConfidence, Face }) => ["Face", MatchConfidence, Face.BoundingBox, Name]),
		...TextDetections.filter(({ Type }) => Type === "LINE").map(({ DetectedText, Confidence, Geometry }) => ["Text", Confidence, Geometry.BoundingBox, DetectedText]),
	];
}

function regionOf([kind, confidence, boundingBox, name], orientation) {
	const box = boundingBox && clip(boundingBox);
	if (!box) return null;
	const { left, top, width, height } = box;
	const [x, y] = (AS_STORED[orientation] ?? Array.of)(left + width / 2, top + height / 2).map(number);
	const [w, h] = (orientation >= 5 ? [height, width] : [width, height]).map(number);
	return `<rdf:li rdf:parseType="Resource">${[
		`<mwg-rs:Area stArea:x="${x}" stArea:y="${y}" stArea:w="${w}" stArea:h="${h}" stArea:unit="normalized"/>`,
		name ? tag("mwg-rs:Name", name) : "",
		kind === "Face" ? tag("mwg-rs:Type", kind) : "",
		tag("mwg-rs:Description", `${kind}${confidence === undefined ? "" : ` ${Math.round(confidence * 10) / 10}%`}`),
	].join("")}</rdf:li>`;
}
