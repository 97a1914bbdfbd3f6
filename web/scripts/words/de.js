/** German. Sorted by area and key. */

export default {
	// account

	// batch
	"batch.canceled": "Abgebrochen.",

	// decision
	"decision.approved": "freigegeben",
	"decision.hidden": "ausgeblendet",

	// deletions

	// empty
	"empty.text": "Lege Fotos irgendwo auf der Seite ab, füge sie ein oder wähle „Hochladen“. Oder probiere eines von diesen:",
	"empty.title": "Noch keine Fotos",

	// errors

	// export

	// format

	// frame
	"frame.skip": "Zum Inhalt springen",

	// gallery
	"gallery.abandoned": "Der Upload wurde nicht fertig. Wähle die Datei noch einmal aus.",
	"gallery.added": "Hinzugefügt",
	"gallery.all": "Alle Fotos",
	"gallery.atLeast": "{count}+",
	"gallery.attention": "Braucht dich",
	"gallery.chooseAgain": "Neu auswählen",
	"gallery.clearSearch": "Suche aufheben",
	"gallery.count": { one: "{count} Foto", other: "{count} Fotos" },
	"gallery.countMore": { one: "mehr als {count} Foto", other: "mehr als {count} Fotos" },
	"gallery.delete": "Löschen",
	"gallery.favorite": "Favorit",
	"gallery.favorites": "Favoriten",
	"gallery.fewerWords": "Versuche es mit weniger oder anderen Wörtern. Ein Stern findet den Anfang eines Worts: berg*.",
	"gallery.hiddenPhotos": "Ausgeblendet",
	"gallery.noLabels": "keine Labels gefunden",
	"gallery.noPreview": "Keine Vorschau",
	"gallery.nothingFailed": "Alles in Ordnung. Hier gibt es nichts zu tun.",
	"gallery.nothingFound": "Keine Fotos zu „{query}“",
	"gallery.order": "Reihenfolge",
	"gallery.photos": "Fotos",
	"gallery.recognizing": "Wird erkannt …",
	"gallery.results": "Suchergebnisse",
	"gallery.retry": "Noch einmal versuchen",
	"gallery.select": "{name} auswählen",
	"gallery.sensitive": "Sensibles Foto",
	"gallery.startSelecting": "Auswählen",
	"gallery.taken": "Aufgenommen",

	// keys

	// limits

	// offline

	// review

	// scrubber
	"scrubber.label": "Zeitleiste",
	"scrubber.value": { one: "{month}, {count} Foto", other: "{month}, {count} Fotos" },

	// search
	"search.label": "Fotos suchen",
	"search.placeholder": "Fotos suchen",

	// selection
	"selection.add": "Hinzufügen",
	"selection.addTag": "Tag",
	"selection.all": "Alle auswählen",
	"selection.announced": { one: "{count} Foto ausgewählt.", other: "{count} Fotos ausgewählt." },
	"selection.approve": "Freigeben",
	"selection.clear": "Auswahl aufheben",
	"selection.clearDecision": "Entscheidung aufheben",
	"selection.confirmDelete": { one: "{count} Foto löschen? Das lässt sich nicht rückgängig machen.", other: "{count} Fotos löschen? Das lässt sich nicht rückgängig machen." },
	"selection.confirmRetry": { one: "{count} Foto noch einmal erkennen? Nur was fehlt oder veraltet ist, wird erkannt und berechnet.", other: "{count} Fotos noch einmal erkennen? Nur was fehlt oder veraltet ist, wird erkannt und berechnet." },
	"selection.count": "{count} ausgewählt",
	"selection.deciding": "Wird gespeichert …",
	"selection.delete": "Löschen",
	"selection.deleting": "Wird gelöscht …",
	"selection.done.approved": "freigegeben",
	"selection.done.delete": "gelöscht",
	"selection.done.favorite": "zu deinen Favoriten hinzugefügt",
	"selection.done.hidden": "ausgeblendet",
	"selection.done.null": "jetzt ohne Entscheidung",
	"selection.done.retry": "werden noch einmal erkannt",
	"selection.favorite": "Favorit",
	"selection.hide": "Ausblenden",
	"selection.keyHint": "Drücke Punkt für Aktionen.",
	"selection.label": "Ausgewählte Fotos",
	"selection.more": "Mehr",
	"selection.nothing": "Nichts ausgewählt.",
	"selection.progress": { one: "{text} {done} von {count} Foto", other: "{text} {done} von {count} Fotos" },
	"selection.recognizeAgain": "Noch einmal erkennen",
	"selection.removeTag": "Tag „{tag}“ entfernen",
	"selection.retrying": "Erkennung wird gestartet …",
	"selection.suggestion": { one: "{tag}, {count} Foto", other: "{tag}, {count} Fotos" },
	"selection.tagLabel": "Neuer Tag",
	"selection.tagPlaceholder": "Tag",
	"selection.tagged": "mit dem Tag „{tag}“ versehen",
	"selection.tagging": "Tag wird hinzugefügt …",
	"selection.tags": "Tags",
	"selection.untagged": "jetzt ohne den Tag „{tag}“",
	"selection.untagging": "Tag wird entfernt …",

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
