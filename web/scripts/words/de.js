/** German. Sorted by area and key. */

export default {
	// account

	// batch

	// color
	"color.black": "Schwarz",
	"color.blue": "Blau",
	"color.brown": "Braun",
	"color.cyan": "Cyan",
	"color.gray": "Grau",
	"color.green": "Grün",
	"color.orange": "Orange",
	"color.pink": "Rosa",
	"color.purple": "Lila",
	"color.red": "Rot",
	"color.white": "Weiß",
	"color.yellow": "Gelb",

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
	"similar.found": { one: "{count} ähnliches Foto.", other: "{count} ähnliche Fotos." },
	"similar.loading": "Wird gesucht…",
	"similar.none": "Keine ähnlichen Fotos.",
	"similar.title": "Ähnliche Fotos",

	// toasts
	"toasts.announcements": "Ansagen",
	"toasts.label": "Mitteilungen",

	// tray
	"tray.label": "Uploads",

	// upload
	"upload.button": "Hochladen",
	"upload.drop": "Fotos hier ablegen",

	// viewer
	"viewer.about": "Über {name} auf einer anderen Seite",
	"viewer.actualSize": "Originalgröße, 1:1",
	"viewer.addCaption": "Beschreibung hinzufügen",
	"viewer.addTag": "Tag hinzufügen",
	"viewer.added": "Hinzugefügt",
	"viewer.age": "{low}–{high} Jahre",
	"viewer.approve": "Freigeben",
	"viewer.below": { one: "{count} weiteres unter {minimum}", other: "{count} weitere unter {minimum}" },
	"viewer.boxes": "Rahmen auf dem Foto",
	"viewer.calls": { one: "{count} berechneter Aufruf", other: "{count} berechnete Aufrufe" },
	"viewer.camera": "Kamera",
	"viewer.cannotDisplay": "Das Foto lässt sich nicht anzeigen. Seine Ergebnisse sind trotzdem da.",
	"viewer.caption": "Beschreibung",
	"viewer.chooseAgain": "Datei neu wählen",
	"viewer.close": "Schließen",
	"viewer.colors": "Farben",
	"viewer.confidence": "Konfidenz",
	"viewer.conflict": "Dieses Foto wurde anderswo geändert. Du siehst die jetzigen Werte. Speichere noch einmal, wenn du deine Änderung noch willst.",
	"viewer.decided.approved": "Freigegeben von {by} am {date}",
	"viewer.decided.hidden": "Ausgeblendet von {by} am {date}",
	"viewer.decision": "Entscheidung",
	"viewer.delete": "Löschen",
	"viewer.details": "Details",
	"viewer.detector.celebrities": "Prominente",
	"viewer.detector.custom": "Eigene Labels",
	"viewer.detector.faces": "Gesichter",
	"viewer.detector.labels": "Labels",
	"viewer.detector.moderation": "Heikle Inhalte",
	"viewer.detector.ppe": "Schutzausrüstung",
	"viewer.detector.text": "Text",
	"viewer.dismiss": "Schließen",
	"viewer.download": "Foto herunterladen",
	"viewer.downloadJson": "JSON herunterladen",
	"viewer.emotion.ANGRY": "wütend",
	"viewer.emotion.CALM": "ruhig",
	"viewer.emotion.CONFUSED": "verwirrt",
	"viewer.emotion.DISGUSTED": "angewidert",
	"viewer.emotion.FEAR": "ängstlich",
	"viewer.emotion.HAPPY": "fröhlich",
	"viewer.emotion.SAD": "traurig",
	"viewer.emotion.SURPRISED": "überrascht",
	"viewer.emotion.UNKNOWN": "ohne klares Gefühl",
	"viewer.exposure": "Belichtung",
	"viewer.face": "Gesicht {number}",
	"viewer.favorite": "Favorit",
	"viewer.feature.Beard": "Bart",
	"viewer.feature.Eyeglasses": "Brille",
	"viewer.feature.EyesClosed": "Augen zu",
	"viewer.feature.EyesOpen": "Augen offen",
	"viewer.feature.FaceOccluded": "teils verdeckt",
	"viewer.feature.MouthOpen": "Mund offen",
	"viewer.feature.Mustache": "Schnurrbart",
	"viewer.feature.Smile": "lächelt",
	"viewer.feature.Sunglasses": "Sonnenbrille",
	"viewer.first": "Das ist das erste Foto.",
	"viewer.fit": "Einpassen",
	"viewer.fitToWindow": "Ins Fenster einpassen",
	"viewer.gear.FACE_COVER": "Gesichtsschutz",
	"viewer.gear.HAND_COVER": "Handschutz",
	"viewer.gear.HEAD_COVER": "Kopfschutz",
	"viewer.gearNotCovering": "{gear} sitzt nicht richtig: {part}",
	"viewer.gearOn": "{gear}: {part}",
	"viewer.gender.Female": "weiblich",
	"viewer.gender.Male": "männlich",
	"viewer.hide": "Ausblenden",
	"viewer.in": "in",
	"viewer.info": "Detailspalte",
	"viewer.json": "JSON anzeigen",
	"viewer.jsonOf": "JSON zu {name}",
	"viewer.last": "Das ist das letzte Foto.",
	"viewer.lens": "Objektiv",
	"viewer.loading": "Wird geladen…",
	"viewer.location": "Ort",
	"viewer.minimum": "Mindestkonfidenz",
	"viewer.model": "Modell",
	"viewer.more": { one: "{count} weiteres", other: "{count} weitere" },
	"viewer.moreActions": "Weitere Aktionen",
	"viewer.name": "Name",
	"viewer.next": "Nächstes Foto",
	"viewer.noGear": "keine Ausrüstung: {part}",
	"viewer.noLabels": "keine Labels gefunden",
	"viewer.noPhoto": "Kein Foto",
	"viewer.notSaved": "Deine Änderung an {name} wurde nicht gespeichert. {reason}",
	"viewer.nothing": "Nichts gefunden: {kinds}",
	"viewer.orHigher": "{confidence} oder mehr",
	"viewer.own": "Deine Notizen",
	"viewer.part.FACE": "Gesicht",
	"viewer.part.HEAD": "Kopf",
	"viewer.part.LEFT_HAND": "linke Hand",
	"viewer.part.RIGHT_HAND": "rechte Hand",
	"viewer.person": "Person {number}",
	"viewer.photo": "Foto",
	"viewer.place": "{left} von links, {top} von oben, {width} breit, {height} hoch",
	"viewer.position": "{index} von {count}",
	"viewer.positionColumn": "Position",
	"viewer.previous": "Voriges Foto",
	"viewer.quality": "Qualität",
	"viewer.quality.Brightness": "Helligkeit",
	"viewer.quality.Contrast": "Kontrast",
	"viewer.quality.Sharpness": "Schärfe",
	"viewer.recognizeAgain": "Neu erkennen",
	"viewer.recognized": "Erkannt",
	"viewer.recognizing": "Wird erkannt… Die Ergebnisse erscheinen hier.",
	"viewer.removeTag": "Tag {tag} entfernen",
	"viewer.saveAgain": "Noch einmal speichern",
	"viewer.sensitive": "Dieses Foto enthält vielleicht heikle Inhalte: {flags}.",
	"viewer.sheet.lower": "Weniger anzeigen",
	"viewer.sheet.raise": "Mehr anzeigen",
	"viewer.tagged": { one: "{tag}, {count} Foto", other: "{tag}, {count} Fotos" },
	"viewer.tags": "Deine Tags",
	"viewer.taken": "Aufgenommen",
	"viewer.tryAgain": "Noch einmal",
	"viewer.view": "Foto ansehen",
	"viewer.zoom": "Zoom",
	"viewer.zoomIn": "Vergrößern",
	"viewer.zoomOut": "Verkleinern",

	// welcome
	"welcome.signIn": "Anmelden",
	"welcome.text": "Lade Fotos hoch, und Amazon Rekognition erkennt Gegenstände, Personen und Wörter darin. Nur du siehst deine Fotos.",
	"welcome.title": "Sieh, was auf deinen Fotos ist. Und finde sie danach.",
};
