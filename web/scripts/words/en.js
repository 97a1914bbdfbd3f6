/** English. Sorted by area and key. */

export default {
	// account

	// batch
	"batch.canceled": "Canceled.",

	// decision
	"decision.approved": "approved",
	"decision.hidden": "hidden",

	// deletions

	// empty
	"empty.text": "Drop photos anywhere, paste them, or choose Upload. Or try one of these:",
	"empty.title": "No photos yet",

	// errors

	// export

	// format

	// frame
	"frame.skip": "Skip to main content",

	// gallery
	"gallery.abandoned": "The upload didn’t finish. Choose the file again.",
	"gallery.added": "Date added",
	"gallery.all": "All photos",
	"gallery.atLeast": "{count}+",
	"gallery.attention": "Needs attention",
	"gallery.chooseAgain": "Choose again",
	"gallery.clearSearch": "Clear search",
	"gallery.count": { one: "{count} photo", other: "{count} photos" },
	"gallery.countMore": { one: "more than {count} photo", other: "more than {count} photos" },
	"gallery.delete": "Delete",
	"gallery.favorite": "favorite",
	"gallery.favorites": "Favorites",
	"gallery.fewerWords": "Try fewer or other words. An asterisk finds the start of a word: moun*.",
	"gallery.hiddenPhotos": "Hidden",
	"gallery.noLabels": "no labels found",
	"gallery.noPreview": "No preview",
	"gallery.nothingFailed": "Nothing needs your attention.",
	"gallery.nothingFound": "No photos match “{query}”",
	"gallery.order": "Order",
	"gallery.photos": "Photos",
	"gallery.recognizing": "Recognizing…",
	"gallery.results": "Search results",
	"gallery.retry": "Try again",
	"gallery.select": "Select {name}",
	"gallery.sensitive": "Sensitive photo",
	"gallery.startSelecting": "Select",
	"gallery.taken": "Date taken",

	// keys

	// limits

	// offline

	// review

	// scrubber
	"scrubber.label": "Timeline",
	"scrubber.value": { one: "{month}, {count} photo", other: "{month}, {count} photos" },

	// search
	"search.label": "Search photos",
	"search.placeholder": "Search photos",

	// selection
	"selection.add": "Add",
	"selection.addTag": "Tag",
	"selection.all": "Select all",
	"selection.announced": { one: "{count} photo selected.", other: "{count} photos selected." },
	"selection.approve": "Approve",
	"selection.clear": "Clear selection",
	"selection.clearDecision": "Clear decision",
	"selection.confirmDelete": { one: "Delete {count} photo? This can’t be undone.", other: "Delete {count} photos? This can’t be undone." },
	"selection.confirmRetry": { one: "Recognize {count} photo again? Only what is missing or outdated is recognized and billed.", other: "Recognize {count} photos again? Only what is missing or outdated is recognized and billed." },
	"selection.count": "{count} selected",
	"selection.deciding": "Saving…",
	"selection.delete": "Delete",
	"selection.deleting": "Deleting…",
	"selection.done.approved": "approved",
	"selection.done.delete": "deleted",
	"selection.done.favorite": "added to your favorites",
	"selection.done.hidden": "hidden",
	"selection.done.null": "without a decision now",
	"selection.done.retry": "being recognized again",
	"selection.favorite": "Favorite",
	"selection.hide": "Hide",
	"selection.keyHint": "Press period for actions.",
	"selection.label": "Selected photos",
	"selection.more": "More",
	"selection.nothing": "Nothing selected.",
	"selection.progress": { one: "{text} {done} of {count} photo", other: "{text} {done} of {count} photos" },
	"selection.recognizeAgain": "Recognize again",
	"selection.removeTag": "Remove tag “{tag}”",
	"selection.retrying": "Starting recognition…",
	"selection.suggestion": { one: "{tag}, {count} photo", other: "{tag}, {count} photos" },
	"selection.tagLabel": "Tag to add",
	"selection.tagPlaceholder": "Tag",
	"selection.tagged": "tagged “{tag}”",
	"selection.tagging": "Adding the tag…",
	"selection.tags": "Tags",
	"selection.untagged": "no longer tagged “{tag}”",
	"selection.untagging": "Removing the tag…",

	// session

	// sidebar
	"sidebar.label": "Filters",
	"sidebar.open": "Show filters",

	// similar

	// toasts
	"toasts.announcements": "Announcements",
	"toasts.label": "Notifications",

	// tray
	"tray.label": "Uploads",

	// upload
	"upload.button": "Upload",
	"upload.drop": "Drop photos to upload",

	// viewer

	// welcome
	"welcome.signIn": "Sign in",
	"welcome.text": "Upload photos, and Amazon Rekognition labels the objects, people and words in them. Only you can see yours.",
	"welcome.title": "See what’s in your photos. Find them by it.",
};
