const COLUMNS = {
	id: ({ id }) => id,
	"file name": ({ fileName }) => fileName,
	status: ({ status }) => status,
	type: ({ contentType }) => contentType,
	bytes: ({ size }) => size,
	width: ({ width }) => width,
	height: ({ height }) => height,
	added: ({ uploadedAt }) => uploadedAt,
	processed: ({ processedAt }) => processedAt,
	taken: ({ takenAt }) => takenAt,
	camera: ({ camera }) => camera,
	people: ({ people }) => people,
	colors: ({ colors }) => colors,
	labels: ({ labels }) => labels.map(({ name, confidence }) => `${name} ${Math.round(confidence * 10) / 10}%`),
	flags: ({ flags }) => flags,
	tags: ({ tags }) => tags,
	favorite: ({ favorite }) => favorite,
	caption: ({ caption }) => caption,
	decision: ({ decision }) => decision?.value,
	by: ({ decision }) => decision?.by,
	at: ({ decision }) => decision?.at,
	reason: ({ reason }) => reason?.message,
};
const BYTE_ORDER_MARK = "\ufeff"; // without it, Excel doesn't read UTF-8
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/; // a spreadsheet would calculate it

export const csvHeader = BYTE_ORDER_MARK + line(Object.keys(COLUMNS));
export const csvLine = (image) => line(Object.values(COLUMNS).map((read) => read(image)));

/** As RFC 4180 says. */
function line(values) {
	return `${values.map(cell).join(",")}\r\n`;
}

function cell(value) {
	const text = [value ?? ""].flat().join("; ");
	const safe = FORMULA.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
