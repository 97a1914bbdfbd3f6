/** German. Sorted by area and key. */

export default {
	// account

	// batch

	// deletions

	// errors

	// export

	// format

	// formats
	"formats.document": "{format}-Dokumente werden nicht unterstützt. Wähle ein Foto.",
	"formats.drawing": "{format}-Dateien werden nicht unterstützt. Exportiere das Bild als JPEG oder PNG.",
	"formats.raw": "{format}-Rohdateien werden nicht unterstützt. Exportiere das Foto als JPEG.",
	"formats.video": "{format}-Videos werden nicht unterstützt. Wähle ein Foto.",

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
	"tray.active": "In Arbeit",
	"tray.bytes": "{sent} von {total}",
	"tray.cancelAll": "Alle abbrechen",
	"tray.cancelName": "{name} abbrechen",
	"tray.close": "Uploads schließen",
	"tray.count": "{count} von {total}",
	"tray.dismissName": "{name} entfernen",
	"tray.failed": "{count} fehlgeschlagen",
	"tray.failedName": "{name}: {error}",
	"tray.failures": "Fehlgeschlagen",
	"tray.finished": "Hochgeladen",
	"tray.held": { one: "Angehalten, noch {count} Foto", other: "Angehalten, noch {count} Fotos" },
	"tray.hold": "Anhalten",
	"tray.known": "{count} schon vorhanden",
	"tray.knownPhoto": "Schon vorhanden · {labels}",
	"tray.label": "Uploads",
	"tray.left": "noch {time}",
	"tray.noLabels": "Nichts erkannt",
	"tray.onlyFailed": { one: "{count} Foto fehlgeschlagen", other: "{count} Fotos fehlgeschlagen" },
	"tray.onlyKnown": { one: "{count} Foto schon vorhanden", other: "{count} Fotos schon vorhanden" },
	"tray.photos": "Fotos, die hochgeladen werden",
	"tray.preparing": "Wird vorbereitet …",
	"tray.rate": "{bytes}/s",
	"tray.recognized": "Erkannt",
	"tray.recognizing": "Wird erkannt …",
	"tray.resume": "Fortsetzen",
	"tray.retryAll": "Alle wiederholen",
	"tray.retryName": "{action}: {name}",
	"tray.retrying": "{error} Wird automatisch wiederholt …",
	"tray.sending": "Wird gesendet · {percent} von {bytes}",
	"tray.sent": "Gesendet",
	"tray.show": "Anzeigen",
	"tray.showName": "{name} anzeigen",
	"tray.signOut": { one: "{count} Foto wird noch hochgeladen. Abmelden und abbrechen?", other: "{count} Fotos werden noch hochgeladen. Abmelden und abbrechen?" },
	"tray.uploaded": { one: "{count} Foto hochgeladen", other: "{count} Fotos hochgeladen" },
	"tray.uploading": { one: "{count} Foto wird hochgeladen", other: "{count} Fotos werden hochgeladen" },
	"tray.waiting": "Wartet …",

	// upload
	"upload.button": "Hochladen",
	"upload.drop": "Fotos hier ablegen",

	// viewer

	// welcome
	"welcome.signIn": "Anmelden",
	"welcome.text": "Lade Fotos hoch, und Amazon Rekognition erkennt Gegenstände, Personen und Wörter darin. Nur du siehst deine Fotos.",
	"welcome.title": "Sieh, was auf deinen Fotos ist. Und finde sie danach.",
};
