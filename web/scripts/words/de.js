/** German. Sorted by area and key. */

export default {
	// account

	// batch

	// deletions

	// errors

	// export

	// format

	// frame
	"frame.skip": "Zum Inhalt springen",

	// gallery
	"gallery.photos": "Fotos",

	// keys

	// limits

	// offline

	// review

	// search
	"search.label": "Fotos suchen",
	"search.placeholder": "Fotos suchen",

	// selection
	"selection.label": "Ausgewählte Fotos",

	// session

	// sidebar
	"sidebar.label": "Filter",
	"sidebar.open": "Filter anzeigen",

	// similar

	// toasts
	"toasts.announcements": "Ansagen",
	"toasts.label": "Mitteilungen",

	// tray
	"tray.label": "Uploads",

	// upload
	"upload.button": "Hochladen",
	"upload.drop": "Fotos hier ablegen",

	// viewer

	// welcome
	"welcome.signIn": "Anmelden",
	"welcome.text": "Lade Fotos hoch, und Amazon Rekognition erkennt Gegenstände, Personen und Wörter darin. Nur du siehst deine Fotos.",
	"welcome.title": "Sieh, was auf deinen Fotos ist. Und finde sie danach.",
};
