/** English. Sorted by area and key. */

export default {
	// account

	// batch

	// deletions

	// errors

	// export

	// format

	// formats
	"formats.document": "{format} documents aren’t supported. Choose a photo.",
	"formats.drawing": "{format} files aren’t supported. Export it as JPEG or PNG.",
	"formats.raw": "{format} raw files aren’t supported. Export it as JPEG.",
	"formats.video": "{format} videos aren’t supported. Choose a photo.",

	// frame
	"frame.skip": "Skip to main content",

	// gallery
	"gallery.photos": "Photos",

	// keys

	// limits

	// offline

	// review

	// search
	"search.label": "Search photos",
	"search.placeholder": "Search photos",

	// selection
	"selection.label": "Selected photos",

	// session

	// sidebar
	"sidebar.label": "Filters",
	"sidebar.open": "Show filters",

	// similar

	// toasts
	"toasts.announcements": "Announcements",
	"toasts.label": "Notifications",

	// tray
	"tray.active": "In progress",
	"tray.bytes": "{sent} of {total}",
	"tray.cancelAll": "Cancel all",
	"tray.cancelName": "Cancel {name}",
	"tray.close": "Close uploads",
	"tray.count": "{count} of {total}",
	"tray.dismissName": "Dismiss {name}",
	"tray.failed": "{count} failed",
	"tray.failedName": "{name}: {error}",
	"tray.failures": "Failed",
	"tray.finished": "Uploaded",
	"tray.held": { one: "Paused, {count} photo left", other: "Paused, {count} photos left" },
	"tray.hold": "Pause",
	"tray.known": "{count} already uploaded",
	"tray.knownPhoto": "Already uploaded · {labels}",
	"tray.label": "Uploads",
	"tray.left": "{time} left",
	"tray.noLabels": "No labels found",
	"tray.onlyFailed": { one: "{count} photo failed", other: "{count} photos failed" },
	"tray.onlyKnown": { one: "{count} photo already uploaded", other: "{count} photos already uploaded" },
	"tray.photos": "Photos being uploaded",
	"tray.preparing": "Preparing…",
	"tray.rate": "{bytes}/s",
	"tray.recognized": "Recognized",
	"tray.recognizing": "Recognizing…",
	"tray.resume": "Resume",
	"tray.retryAll": "Retry all",
	"tray.retryName": "{action}: {name}",
	"tray.retrying": "{error} Retrying automatically…",
	"tray.sending": "Sending · {percent} of {bytes}",
	"tray.sent": "Sent",
	"tray.show": "Show",
	"tray.showName": "Show {name}",
	"tray.signOut": { one: "{count} photo is still uploading. Sign out and cancel?", other: "{count} photos are still uploading. Sign out and cancel?" },
	"tray.uploaded": { one: "{count} photo uploaded", other: "{count} photos uploaded" },
	"tray.uploading": { one: "Uploading {count} photo", other: "Uploading {count} photos" },
	"tray.waiting": "Waiting…",

	// upload
	"upload.button": "Upload",
	"upload.drop": "Drop photos to upload",

	// viewer

	// welcome
	"welcome.signIn": "Sign in",
	"welcome.text": "Upload photos, and Amazon Rekognition labels the objects, people and words in them. Only you can see yours.",
	"welcome.title": "See what’s in your photos. Find them by it.",
};
