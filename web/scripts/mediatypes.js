/** The media type to declare for a file: the browser's own word, else by the name's ending. */

const ENDINGS = {
  jpg: "image/jpeg", jpeg: "image/jpeg", jpe: "image/jpeg", jfif: "image/jpeg", mpo: "image/mpo",
  png: "image/png", webp: "image/webp", gif: "image/gif", bmp: "image/bmp",
  heic: "image/heic", heif: "image/heif", hif: "image/heif", avif: "image/avif",
  tif: "image/tiff", tiff: "image/tiff",
};

const ending = (name) => /\.([^.]+)$/.exec(name)?.[1].toLowerCase();

/** Some systems know no type for HEIC and AVIF; the API says in words what it does not take. */
export function mediaType(file) {
  return file.type || ENDINGS[ending(file.name)] || "application/octet-stream";
}

/** Whether a file found in a folder is worth sending: a folder of pictures often holds other things too. */
export function looksLikePicture(file) {
  return mediaType(file).startsWith("image/");
}
