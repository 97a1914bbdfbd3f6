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
	"review.actions": "Entscheidung",
	"review.approved": "Freigeben",
	"review.delete": "Löschen",
	"review.deleteKey": "Entf",
	"review.empty": "Nichts zu prüfen",
	"review.emptyHint": "Hier erscheinen Fotos mit heiklen Inhalten oder mit Personen ohne die vorgeschriebene Ausrüstung.",
	"review.end": "Alle Fotos geprüft",
	"review.hidden": "Ausblenden",
	"review.loading": "Wird geladen …",
	"review.missing.Gloves": "Ohne Handschuhe",
	"review.missing.Helmet": "Ohne Helm",
	"review.missing.Mask": "Ohne Maske",
	"review.position": "{number} von {total}",
	"review.positionOfMore": "{number} von mehr als {total}",
	"review.previous": "Zurück",
	"review.reasons": "Warum dieses Foto geprüft werden muss",
	"review.retry": "Noch einmal",
	"review.show": "Foto anzeigen",
	"review.skip": "Überspringen",
	"review.summary": "{approved} freigegeben, {hidden} ausgeblendet, {open} übersprungen.",
	"review.title": "Prüfung",

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
