/** German. Sorted by area and key. */

export default {
	// account
	"account.calls": { one: "{count} Aufruf von Amazon Rekognition", other: "{count} Aufrufe von Amazon Rekognition" },
	"account.label": "Konto",
	"account.labelOf": "Konto von {name}",
	"account.month": { one: "{count} Foto in diesem Monat erkannt, etwa {cost} ({calls}).", other: "{count} Fotos in diesem Monat erkannt, etwa {cost} ({calls})." },
	"account.monthLocal": { one: "{count} Foto in diesem Monat erkannt. Bei AWS hätte das etwa {cost} gekostet ({calls}).", other: "{count} Fotos in diesem Monat erkannt. Bei AWS hätte das etwa {cost} gekostet ({calls})." },
	"account.signOut": "Abmelden",

	// api
	"api.ceiling-reached": "Die Kosten der Erkennung haben in diesem Monat ihr Limit erreicht. Versuche es nächsten Monat wieder.",
	"api.changed": "Das Foto wurde inzwischen geändert. Lade es neu.",
	"api.internal-error": "Bei uns ist etwas schiefgegangen. Versuche es gleich noch einmal.",
	"api.invalid-query": "Diese Suche ist so nicht möglich. Prüfe die Stelle, an der die Schreibmarke steht.",
	"api.invalid-request": "Der Dienst hat die Anfrage nicht angenommen. Prüfe deine Eingabe.",
	"api.not-finished": "Für dieses Foto reichte die Zeit nicht. Versuche es noch einmal.",
	"api.not-found": "Dieses Foto gibt es nicht. Vielleicht wurde es gelöscht.",
	"api.not-retryable": "Dieses Foto kann nicht noch einmal erkannt werden. Lade es neu hoch.",
	"api.not-signed-in": "Du bist nicht angemeldet. Melde dich an und versuche es noch einmal.",
	"api.quota-exceeded": "Du hast das Limit für Uploads erreicht. In deinem Konto steht, ab wann es weitergeht.",
	"api.rate-limited": "Zu viele Uploads in einer Minute. Gleich geht es weiter.",
	"api.too-large": "Die Datei ist zu groß. Verkleinere das Foto und lade es noch einmal hoch.",
	"api.unsupported-type": "Dieser Dateityp wird nicht unterstützt. Speichere das Foto als JPEG oder PNG.",

	// batch
	"batch.canceled": "Abgebrochen.",
	"batch.done": { one: "{count} Foto {verb}.", other: "{count} Fotos {verb}." },
	"batch.doneOf": { one: "{done} von {count} Foto {verb}.", other: "{done} von {count} Fotos {verb}." },
	"batch.failed": "{count} fehlgeschlagen: {names}. {reason}",
	"batch.more": "{count} weitere",

	// deletions
	"deletions.deleted": "{name} gelöscht.",
	"deletions.failed": "{name} konnte nicht gelöscht werden. {reason}",
	"deletions.restored": "{name} wiederhergestellt.",
	"deletions.undo": "Rückgängig",
	"deletions.undoOf": "Löschen von {name} rückgängig machen",

	// empty
	"empty.astronaut": "Astronautin",
	"empty.chelsea": "Katze",
	"empty.coffee": "Kaffee",
	"empty.failed": "Das Beispielfoto konnte nicht geladen werden. Versuche es noch einmal.",
	"empty.samples": "Beispielfotos",
	"empty.text": "Lege Fotos irgendwo auf der Seite ab, füge sie ein oder wähle „Hochladen“. Oder probiere eines von diesen:",
	"empty.title": "Noch keine Fotos",

	// errors
	"errors.api-busy": "Der Dienst ist ausgelastet. Versuche es gleich noch einmal.",
	"errors.api-error": "Bei uns ist etwas schiefgegangen. Versuche es gleich noch einmal.",
	"errors.api-unexpected": "Der Dienst hat unerwartet geantwortet. Versuche es gleich noch einmal.",
	"errors.api-unreachable": "Der Dienst ist nicht erreichbar. Prüfe deine Verbindung.",
	"errors.disk-full": "Auf dem Datenträger ist nicht genug Platz.",
	"errors.download-interrupted": "Der Download wurde unterbrochen. Prüfe deine Verbindung.",
	"errors.file-gone": "Die Datei des Fotos gibt es nicht mehr.",
	"errors.insecure": "Öffne diese Seite über HTTPS, um dich anzumelden und Fotos hochzuladen.",
	"errors.keepWaiting": "Weiter warten",
	"errors.link-expired": "Der Download-Link ist zweimal abgelaufen. Prüfe, ob die Uhr deines Geräts stimmt.",
	"errors.not-recognized-yet": "Das Foto ist noch nicht erkannt. Versuche es später noch einmal.",
	"errors.page": "Auf dieser Seite ist etwas schiefgegangen: {message}",
	"errors.result-missing": "Das Ergebnis des Fotos gibt es nicht mehr.",
	"errors.retry": "Noch einmal versuchen",
	"errors.settings-missing": "Die Einstellungen der Seite (config.json) konnten nicht geladen werden. Prüfe deine Verbindung und die Installation.",
	"errors.sign-in-clock": "Die Zeit der Anmeldung passt nicht zu deiner Uhr. Prüfe, ob die Uhr deines Geräts stimmt.",
	"errors.sign-in-expired": "Deine Anmeldung ist abgelaufen. Melde dich noch einmal an.",
	"errors.sign-in-failed": "Die Anmeldung wurde nicht abgeschlossen: {reason}",
	"errors.sign-in-invalid": "Deine Anmeldung konnte nicht geprüft werden. Melde dich noch einmal an.",
	"errors.slow-result": "Das dauert länger als sonst. Dein Foto ist hochgeladen und sicher.",
	"errors.token-rejected": "Der Dienst hat deine Anmeldung abgelehnt. Melde dich ab und wieder an.",
	"errors.unreadable": "Die Datei ist nicht lesbar. Vielleicht wurde sie verschoben oder geändert. Wähle sie noch einmal aus.",
	"errors.upload-changed": "Die Datei hat sich vielleicht während des Hochladens geändert. Versuche es noch einmal oder wähle sie neu aus.",
	"errors.upload-expired": "Der Upload-Link ist zweimal abgelaufen. Prüfe, ob die Uhr deines Geräts stimmt.",
	"errors.upload-interrupted": "Das Hochladen wurde unterbrochen. Prüfe deine Verbindung.",
	"errors.upload-rejected": "Die Datei konnte nicht gespeichert werden.",
	"errors.upload-stalled": "Beim Hochladen ging es eine Minute lang nicht weiter. Prüfe deine Verbindung.",

	// export
	"export.button": "Exportieren",
	"export.data": "Daten",
	"export.done": { one: "{count} Foto exportiert.", other: "{count} Fotos exportiert." },
	"export.failed": { one: "{count} Foto konnte nicht exportiert werden: {names}.", other: "{count} Fotos konnten nicht exportiert werden: {names}." },
	"export.none": "Es gibt keine Fotos zum Exportieren.",
	"export.originals": "Originale",
	"export.progress": { one: "Exportieren … {count} Foto", other: "Exportieren … {count} Fotos" },
	"export.progressOf": { one: "Exportieren … {done} von {count} Foto", other: "Exportieren … {done} von {count} Fotos" },
	"export.started": "Exportieren …",
	"export.table": "Tabelle",
	"export.unnamed": "Foto {id}",
	"export.xmp": "XMP-Begleitdateien",

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

	// jobs
	"jobs.cancel": "Abbrechen",
	"jobs.dismiss": "Schließen",

	// keys
	"keys.actions": "Zu den Aktionen",
	"keys.all": "Alle sichtbaren auswählen",
	"keys.approve": "Freigeben",
	"keys.area.everywhere": "Überall",
	"keys.area.gallery": "Galerie",
	"keys.area.review": "Prüfung",
	"keys.area.search": "Suchfeld",
	"keys.area.selection": "Auswahl",
	"keys.area.viewer": "Foto",
	"keys.choose": "Vorschlag wählen",
	"keys.clear": "Auswahl aufheben",
	"keys.close": "Schließen",
	"keys.closeSuggestions": "Vorschläge schließen",
	"keys.delete": "Löschen",
	"keys.deleteSelected": "Ausgewählte Fotos löschen",
	"keys.extend": "Auswahl erweitern",
	"keys.favorite": "Favorit",
	"keys.help": "Diese Liste anzeigen",
	"keys.hide": "Ausblenden",
	"keys.key.Ctrl": "Strg",
	"keys.key.Delete": "Entf",
	"keys.key.Enter": "Enter",
	"keys.key.Escape": "Esc",
	"keys.key.Shift": "Umschalt",
	"keys.key.Space": "Leertaste",
	"keys.move": "Zwischen Fotos wechseln",
	"keys.next": "Nächstes oder voriges Foto",
	"keys.open": "Foto öffnen",
	"keys.panel": "Details ein- oder ausblenden",
	"keys.range": "Bis hierher auswählen",
	"keys.search": "Suchen",
	"keys.select": "Foto auswählen",
	"keys.title": "Tastaturkürzel",
	"keys.undo": "Letztes Löschen rückgängig machen",
	"keys.upload": "Fotos hochladen",
	"keys.zoom": "Vergrößern, verkleinern, einpassen",

	// limits
	"limits.dayEnds": "Das Limit von {limit} pro Tag gilt bis {moment}.",
	"limits.known": "Schon hochgeladene Fotos zählen nicht.",
	"limits.left": "Noch möglich: {day} heute, {month} in diesem Monat.",
	"limits.leftOf": "noch {count} von {limit}",
	"limits.monthEnds": "Das Limit von {limit} pro Monat gilt bis {moment}.",
	"limits.none": "keine",
	"limits.noneMonth": { one: "Du hast {count} Foto gewählt, aber in diesem Monat ist keines mehr möglich.", other: "Du hast {count} Fotos gewählt, aber in diesem Monat ist keines mehr möglich." },
	"limits.noneToday": { one: "Du hast {count} Foto gewählt, aber heute ist keines mehr möglich.", other: "Du hast {count} Fotos gewählt, aber heute ist keines mehr möglich." },
	"limits.periodDay": "Uploads heute",
	"limits.periodMonth": "Uploads diesen Monat",
	"limits.resets": "Neu ab {moment}",
	"limits.someMonth": { one: "Du hast {count} Foto gewählt, aber nur {free} sind in diesem Monat noch möglich.", other: "Du hast {count} Fotos gewählt, aber nur {free} sind in diesem Monat noch möglich." },
	"limits.someToday": { one: "Du hast {count} Foto gewählt, aber nur {free} sind heute noch möglich.", other: "Du hast {count} Fotos gewählt, aber nur {free} sind heute noch möglich." },

	// offline
	"offline.offline": "Du bist offline. Was du angefangen hast, geht weiter, sobald du wieder verbunden bist.",
	"offline.unreachable": "Der Dienst ist nicht erreichbar. Die Seite versucht es von selbst weiter.",

	// reasons
	"reasons.broken": "Das Foto ist beschädigt und nicht lesbar. Exportiere oder kopiere es noch einmal und lade die neue Datei hoch.",
	"reasons.empty": "Die Datei ist leer. Wähle eine andere.",
	"reasons.gone": "Das Foto wurde gelöscht, bevor es verarbeitet wurde. Lade es noch einmal hoch.",
	"reasons.not-an-image": "Diese Datei ist kein Bild. Wähle eine Datei in einem Bildformat wie JPEG oder PNG.",
	"reasons.not-permitted": "Das Foto konnte nicht gelesen werden: Eine Berechtigung fehlt, oder der Bucket liegt in einer anderen Region. Wende dich an die Administration.",
	"reasons.not-recognized": "Keine Erkennung konnte das Foto verarbeiten. Im Ergebnis stehen die Fehler. Wende dich an die Administration.",
	"reasons.too-complex": "Das Foto braucht zu viel Zeit oder Speicher. Speichere es als einfaches JPEG oder PNG und lade dieses hoch.",
	"reasons.too-large": "Die Datei ist zu groß. Verkleinere das Foto und lade es noch einmal hoch.",
	"reasons.too-many-pixels": "Das Foto hat zu viele Pixel. Verkleinere es und lade es noch einmal hoch.",
	"reasons.too-narrow": "Das Foto ist zu lang und schmal. Schneide es zu und lade es noch einmal hoch.",
	"reasons.unavailable": "Das Foto konnte auch nach mehreren Versuchen nicht erkannt werden. Versuche es später noch einmal.",
	"reasons.unsupported-format": "Dieses Dateiformat wird nicht unterstützt. Speichere das Foto als JPEG oder PNG.",

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
	"session.notKept": { one: "{count} Foto ging verloren, während deine Anmeldung erneuert wurde. Füge es noch einmal hinzu.", other: "{count} Fotos gingen verloren, während deine Anmeldung erneuert wurde. Füge sie noch einmal hinzu." },
	"session.signInFirst": "Melde dich zuerst an und füge deine Fotos dann noch einmal hinzu.",

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
	"upload.folder": { one: "{count} Foto aus dem Ordner „{name}“ hinzugefügt.", other: "{count} Fotos aus dem Ordner „{name}“ hinzugefügt." },
	"upload.folderEmpty": "Keine Fotos im Ordner „{name}“ gefunden.",
	"upload.notFile": "Das ist keine Datei. Speichere das Foto zuerst und lege dann die Datei hier ab.",
	"upload.skipped": { one: "{count} andere Datei übersprungen.", other: "{count} andere Dateien übersprungen." },

	// viewer

	// welcome
	"welcome.signIn": "Anmelden",
	"welcome.text": "Lade Fotos hoch, und Amazon Rekognition erkennt Gegenstände, Personen und Wörter darin. Nur du siehst deine Fotos.",
	"welcome.title": "Sieh, was auf deinen Fotos ist. Und finde sie danach.",
};
