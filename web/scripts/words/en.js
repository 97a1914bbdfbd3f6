/** English. Sorted by area and key. */

export default {
	// account
	"account.calls": { one: "{count} Amazon Rekognition call", other: "{count} Amazon Rekognition calls" },
	"account.label": "Account",
	"account.labelOf": "Account of {name}",
	"account.month": { one: "{count} photo recognized this month, about {cost} ({calls}).", other: "{count} photos recognized this month, about {cost} ({calls})." },
	"account.monthLocal": { one: "{count} photo recognized this month. On AWS, this would have cost about {cost} ({calls}).", other: "{count} photos recognized this month. On AWS, this would have cost about {cost} ({calls})." },
	"account.signOut": "Sign out",

	// batch
	"batch.canceled": "Canceled.",
	"batch.done": { one: "{count} photo {verb}.", other: "{count} photos {verb}." },
	"batch.doneOf": { one: "{done} of {count} photo {verb}.", other: "{done} of {count} photos {verb}." },
	"batch.failed": "{count} failed: {names}. {reason}",
	"batch.more": "{count} more",

	// deletions
	"deletions.deleted": "Deleted {name}.",
	"deletions.failed": "Couldn’t delete {name}. {reason}",
	"deletions.restored": "Restored {name}.",
	"deletions.undo": "Undo",
	"deletions.undoOf": "Undo deleting {name}",

	// empty
	"empty.astronaut": "Astronaut",
	"empty.chelsea": "Cat",
	"empty.coffee": "Coffee",
	"empty.failed": "The sample photo couldn’t be loaded. Try again.",
	"empty.samples": "Sample photos",
	"empty.text": "Drop photos anywhere, paste them, or choose Upload. Or try one of these:",
	"empty.title": "No photos yet",

	// errors
	"errors.api-busy": "The service is busy. Try again in a moment.",
	"errors.api-error": "Something went wrong on our side. Try again in a moment.",
	"errors.api-unexpected": "The service sent an unexpected response. Try again in a moment.",
	"errors.api-unreachable": "Can’t reach the service. Check your connection.",
	"errors.disk-full": "There isn’t enough space on the disk.",
	"errors.download-interrupted": "The download was interrupted. Check your connection.",
	"errors.file-gone": "The photo’s file no longer exists.",
	"errors.insecure": "Open this page over HTTPS to sign in and upload photos.",
	"errors.keepWaiting": "Keep waiting",
	"errors.link-expired": "The download link expired twice. Check that your device’s clock is right.",
	"errors.not-recognized-yet": "The photo isn’t recognized yet. Try again later.",
	"errors.page": "Something went wrong on this page: {message}",
	"errors.result-missing": "The photo’s result no longer exists.",
	"errors.retry": "Try again",
	"errors.settings-missing": "Couldn’t load the page’s settings (config.json). Check your connection and the deployment.",
	"errors.sign-in-clock": "The time of the sign-in doesn’t match your clock. Check that your device’s clock is right.",
	"errors.sign-in-expired": "Your sign-in has expired. Sign in again.",
	"errors.sign-in-failed": "Sign-in wasn’t completed: {reason}",
	"errors.sign-in-invalid": "Your sign-in couldn’t be verified. Sign in again.",
	"errors.slow-result": "This is taking longer than usual. Your photo is uploaded and safe.",
	"errors.token-rejected": "The service rejected your sign-in. Sign out, then sign in again.",
	"errors.unreadable": "Couldn’t read the file. It may have been moved or changed. Choose it again.",
	"errors.upload-changed": "The file may have changed during the upload. Try again, or choose it again.",
	"errors.upload-expired": "The upload link expired twice. Check that your device’s clock is right.",
	"errors.upload-interrupted": "The upload was interrupted. Check your connection.",
	"errors.upload-rejected": "The file couldn’t be stored.",
	"errors.upload-stalled": "The upload made no progress for a minute. Check your connection.",

	// export
	"export.button": "Export",
	"export.data": "data",
	"export.done": { one: "{count} photo exported.", other: "{count} photos exported." },
	"export.failed": { one: "{count} photo couldn’t be exported: {names}.", other: "{count} photos couldn’t be exported: {names}." },
	"export.none": "There are no photos to export.",
	"export.originals": "Originals",
	"export.progress": { one: "Exporting… {count} photo", other: "Exporting… {count} photos" },
	"export.progressOf": { one: "Exporting… {done} of {count} photo", other: "Exporting… {done} of {count} photos" },
	"export.started": "Exporting…",
	"export.table": "table",
	"export.unnamed": "Photo {id}",
	"export.xmp": "XMP sidecars",

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

	// jobs
	"jobs.cancel": "Cancel",
	"jobs.dismiss": "Dismiss",

	// keys
	"keys.actions": "Go to the actions",
	"keys.all": "Select all that are shown",
	"keys.approve": "Approve",
	"keys.area.everywhere": "Everywhere",
	"keys.area.gallery": "Gallery",
	"keys.area.review": "Review",
	"keys.area.search": "Search field",
	"keys.area.selection": "Selection",
	"keys.area.viewer": "Photo",
	"keys.choose": "Choose a suggestion",
	"keys.clear": "Clear the selection",
	"keys.close": "Close",
	"keys.closeSuggestions": "Close the suggestions",
	"keys.delete": "Delete",
	"keys.deleteSelected": "Delete the selected photos",
	"keys.extend": "Extend the selection",
	"keys.favorite": "Favorite",
	"keys.help": "Show this list",
	"keys.hide": "Hide",
	"keys.key.Ctrl": "Ctrl",
	"keys.key.Delete": "Delete",
	"keys.key.Enter": "Enter",
	"keys.key.Escape": "Esc",
	"keys.key.Shift": "Shift",
	"keys.key.Space": "Space",
	"keys.move": "Move between photos",
	"keys.next": "Next or previous photo",
	"keys.open": "Open the photo",
	"keys.panel": "Show or hide the details",
	"keys.range": "Select the range to it",
	"keys.search": "Search",
	"keys.select": "Select the photo",
	"keys.title": "Keyboard shortcuts",
	"keys.undo": "Undo the last deletion",
	"keys.upload": "Upload photos",
	"keys.zoom": "Zoom in, out, fit",

	// limits
	"limits.dayEnds": "The limit of {limit} a day resets on {moment}.",
	"limits.known": "Photos you uploaded before don’t count.",
	"limits.left": "Uploads left: {day} today, {month} this month.",
	"limits.leftOf": "{count} of {limit} left",
	"limits.monthEnds": "The limit of {limit} a month resets on {moment}.",
	"limits.none": "none",
	"limits.noneMonth": { one: "You chose {count} photo, but none can be uploaded this month.", other: "You chose {count} photos, but none can be uploaded this month." },
	"limits.noneToday": { one: "You chose {count} photo, but none can be uploaded today.", other: "You chose {count} photos, but none can be uploaded today." },
	"limits.periodDay": "Uploads today",
	"limits.periodMonth": "Uploads this month",
	"limits.resets": "Resets on {moment}",
	"limits.someMonth": { one: "You chose {count} photo, but only {free} can be uploaded this month.", other: "You chose {count} photos, but only {free} can be uploaded this month." },
	"limits.someToday": { one: "You chose {count} photo, but only {free} can be uploaded today.", other: "You chose {count} photos, but only {free} can be uploaded today." },

	// offline
	"offline.offline": "You’re offline. What you started continues when you’re back.",
	"offline.unreachable": "Can’t reach the service. Trying again by itself.",

	// review
	"review.actions": "Decision",
	"review.approved": "Approve",
	"review.delete": "Delete",
	"review.deleteKey": "Del",
	"review.empty": "Nothing to review",
	"review.emptyHint": "Photos with sensitive content, or with people without the required equipment, appear here.",
	"review.end": "All photos reviewed",
	"review.hidden": "Hide",
	"review.loading": "Loading…",
	"review.missing.Gloves": "No gloves",
	"review.missing.Helmet": "No helmet",
	"review.missing.Mask": "No mask",
	"review.position": "{number} of {total}",
	"review.positionOfMore": "{number} of more than {total}",
	"review.previous": "Previous",
	"review.reasons": "Why this photo needs review",
	"review.retry": "Try again",
	"review.show": "Show photo",
	"review.skip": "Skip",
	"review.summary": "{approved} approved, {hidden} hidden, {open} skipped.",
	"review.title": "Review",

	// search
	"search.label": "Search photos",
	"search.placeholder": "Search photos",

	// selection
	"selection.label": "Selected photos",

	// session
	"session.notKept": { one: "{count} photo couldn’t be kept while your sign-in was renewed. Add your photos again.", other: "{count} photos couldn’t be kept while your sign-in was renewed. Add your photos again." },
	"session.signInFirst": "Sign in first, then add your photos again.",

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
	"upload.folder": { one: "Added {count} photo from the folder “{name}”.", other: "Added {count} photos from the folder “{name}”." },
	"upload.folderEmpty": "No photos found in the folder “{name}”.",
	"upload.notFile": "That isn’t a file. Save the photo first, then drop the file here.",
	"upload.skipped": { one: "Skipped {count} other file.", other: "Skipped {count} other files." },

	// viewer

	// welcome
	"welcome.signIn": "Sign in",
	"welcome.text": "Upload photos, and Amazon Rekognition labels the objects, people and words in them. Only you can see yours.",
	"welcome.title": "See what’s in your photos. Find them by it.",
};
