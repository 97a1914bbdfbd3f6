/** English. Sorted by area and key. */

export default {
	// account

	// batch

	// deletions

	// errors

	// export

	// format

	// frame
	"frame.skip": "Skip to main content",

	// gallery
	"gallery.photos": "Photos",

	// keys

	// limits

	// offline

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
