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
