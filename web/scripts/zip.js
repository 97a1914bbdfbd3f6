/**
 * Writes a zip archive of files that aren't compressed. Sizes and checksums come before the content, and ZIP64 is used
 * only where a number doesn't fit (PKWARE's APPNOTE 6.3.10: 4.3, 4.4.4, 4.5.3). A file has less than 4 GiB.
 */

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const UTF8_NAMES = 0x0800;
const VERSION = 20;
const VERSION_64 = 45;
const UNIX_FILE = 0o100644 * 2 ** 16;
const MAX_16 = 0xffff; // means that the number is in the ZIP64 fields
const MAX_32 = 0xffffffff;

const text = new TextEncoder();
const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
	let value = index;
	for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
	return value;
});

function crc32(bytes) {
	let crc = ~0;
	for (const byte of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 0xff];
	return ~crc >>> 0;
}

/** fields(size in bytes, value, size, value, …), little-endian */
function fields(...pairs) {
	const view = new DataView(new ArrayBuffer(pairs.reduce((sum, value, index) => sum + (index % 2 ? 0 : value), 0)));
	let offset = 0;
	for (let index = 0; index < pairs.length; index += 2) {
		const [size, value] = [pairs[index], pairs[index + 1]];
		if (size === 2) view.setUint16(offset, value, true);
		else if (size === 4) view.setUint32(offset, value, true);
		else view.setBigUint64(offset, BigInt(value), true);
		offset += size;
	}
	return new Uint8Array(view.buffer);
}

/** In local time, from 1980 to 2107. */
function dosTime(date) {
	const year = Math.min(Math.max(date.getFullYear(), 1980), 2107);
	const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
	return [time, ((year - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate()];
}

export class ZipWriter {
	#write;
	#offset = 0;
	#count = 0;
	#directory = [];

	/** `write(…parts)` takes strings and byte arrays. */
	constructor(write) {
		this.#write = write;
	}

	async add(name, content, date) {
		const data = typeof content === "string" ? text.encode(content) : content;
		const encodedName = text.encode(name);
		const [time, day] = dosTime(date);
		const common = [2, UTF8_NAMES, 2, 0, 2, time, 2, day, 4, crc32(data), 4, data.length, 4, data.length, 2, encodedName.length];
		const isFar = this.#offset >= MAX_32;
		const offset64 = isFar ? fields(2, 1, 2, 8, 8, this.#offset) : new Uint8Array();
		const header = fields(4, LOCAL, 2, VERSION, ...common, 2, 0);
		this.#directory.push(
			fields(4, CENTRAL, 2, (3 << 8) | VERSION_64, 2, isFar ? VERSION_64 : VERSION, ...common,
				2, offset64.length, 2, 0, 2, 0, 2, 0, 4, UNIX_FILE, 4, isFar ? MAX_32 : this.#offset),
			encodedName,
			offset64,
		);
		this.#count += 1;
		this.#offset += header.length + encodedName.length + data.length;
		await this.#write(header, encodedName, data);
	}

	async close() {
		const size = this.#directory.reduce((sum, part) => sum + part.length, 0);
		const [count, start] = [this.#count, this.#offset];
		const end64 = fields(4, END_64, 8, 44, 2, VERSION_64, 2, VERSION_64, 4, 0, 4, 0, 8, count, 8, count, 8, size, 8, start);
		const locator = fields(4, LOCATOR_64, 4, 0, 8, start + size, 4, 1);
		const [count16, size32, start32] = [Math.min(count, MAX_16), Math.min(size, MAX_32), Math.min(start, MAX_32)];
		const end = fields(4, END, 2, 0, 2, 0, 2, count16, 2, count16, 4, size32, 4, start32, 2, 0);
		for (const part of this.#directory) await this.#write(part);
		if (count16 === MAX_16 || size32 === MAX_32 || start32 === MAX_32) await this.#write(end64, locator);
		await this.#write(end);
	}
}
