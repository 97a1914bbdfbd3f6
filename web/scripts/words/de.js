/** German. Sorted by area and key. */

export default {
	// account

	// batch

	// category
	"category.Actions": "Aktivitäten",
	"category.AnimalsandPets": "Tiere",
	"category.ApparelandAccessories": "Kleidung",
	"category.BeautyandPersonalCare": "Pflege",
	"category.BuildingsandArchitecture": "Gebäude",
	"category.ColorsandVisualComposition": "Farbe und Komposition",
	"category.DamageDetection": "Schäden",
	"category.Education": "Bildung",
	"category.EventsandAttractions": "Veranstaltungen",
	"category.EverydayObjects": "Alltagsdinge",
	"category.ExpressionsandEmotions": "Gefühle",
	"category.FoodandBeverage": "Essen und Trinken",
	"category.FurnitureandFurnishings": "Möbel",
	"category.HealthandFitness": "Fitness",
	"category.HobbiesandInterests": "Hobbys",
	"category.HomeAppliances": "Haushaltsgeräte",
	"category.HomeandIndoors": "Zuhause",
	"category.KitchenandDining": "Küche",
	"category.Materials": "Materialien",
	"category.Medical": "Medizin",
	"category.NatureandOutdoors": "Natur",
	"category.OfficesandWorkspaces": "Büro",
	"category.Other": "Sonstige",
	"category.PatternsandShapes": "Muster und Formen",
	"category.PersonDescription": "Personen",
	"category.PlantsandFlowers": "Pflanzen",
	"category.PopularLandmarks": "Sehenswürdigkeiten",
	"category.Profession": "Berufe",
	"category.PublicSafety": "Öffentliche Sicherheit",
	"category.Religion": "Religion",
	"category.Sports": "Sport",
	"category.SymbolsandFlags": "Symbole und Flaggen",
	"category.TechnologyandComputing": "Technik",
	"category.TextandDocuments": "Text und Dokumente",
	"category.ToolsandMachinery": "Werkzeuge und Maschinen",
	"category.ToysandGaming": "Spielzeug und Spiele",
	"category.TransportandLogistics": "Transport",
	"category.TravelandAdventure": "Reisen",
	"category.VehiclesandAutomotive": "Fahrzeuge",
	"category.WeaponsandMilitary": "Waffen",

	// color
	"color.beige": "Beige",
	"color.black": "Schwarz",
	"color.blue": "Blau",
	"color.brown": "Braun",
	"color.gray": "Grau",
	"color.green": "Grün",
	"color.maroon": "Weinrot",
	"color.olive": "Oliv",
	"color.orange": "Orange",
	"color.pink": "Rosa",
	"color.purple": "Lila",
	"color.red": "Rot",
	"color.silver": "Silber",
	"color.teal": "Türkis",
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

	// labels
	"labels.close": "Schließen",
	"labels.none": "Kein Label „{text}“",
	"labels.search": "Label suchen",

	// limits

	// offline

	// review

	// search
	"search.clear": "Suche leeren",
	"search.field.after": "seitdem aufgenommen",
	"search.field.before": "davor aufgenommen",
	"search.field.camera": "Marke oder Modell",
	"search.field.celebrity": "eine berühmte Person",
	"search.field.color": "eine Hauptfarbe",
	"search.field.exclude": "ohne ein Label",
	"search.field.failed": "nicht erkannt",
	"search.field.favorite": "deine Favoriten",
	"search.field.flag": "unsichere Inhalte",
	"search.field.hidden": "ausgeblendete Fotos",
	"search.field.label": "was auf dem Foto ist",
	"search.field.missing": "fehlende Schutzausrüstung",
	"search.field.name": "Dateiname",
	"search.field.people": "mindestens zwei Personen",
	"search.field.phrase": "Wörter in dieser Folge",
	"search.field.review": "braucht eine Entscheidung",
	"search.field.start": "Wörter, die so beginnen",
	"search.field.tag": "dein Tag",
	"search.field.text": "ein Wort auf dem Foto",
	"search.fields": "Suchen nach",
	"search.kind.after": "Seit",
	"search.kind.before": "Vor",
	"search.kind.camera": "Kamera",
	"search.kind.celebrity": "Berühmtheit",
	"search.kind.color": "Farbe",
	"search.kind.flag": "Unsichere Inhalte",
	"search.kind.is": "Markierung",
	"search.kind.label": "Label",
	"search.kind.missing": "Fehlt",
	"search.kind.name": "Name",
	"search.kind.people": "Personen",
	"search.kind.status": "Status",
	"search.kind.tag": "Tag",
	"search.kind.text": "Text",
	"search.label": "Fotos suchen",
	"search.more": "Mehr Suchmöglichkeiten",
	"search.placeholder": "Fotos suchen",
	"search.placeholderCount": { one: "{count} Foto durchsuchen", other: "{count} Fotos durchsuchen" },
	"search.placeholderMore": "Farbe, Text, Datum, Name …",
	"search.recent": "Zuletzt gesucht",
	"search.remove": "{name} entfernen",
	"search.removeExcluded": "Ausschluss von {name} entfernen",
	"search.suggestionCount": { one: "{count} Vorschlag.", other: "{count} Vorschläge." },
	"search.suggestions": "Vorschläge",
	"search.value.approved": "Freigegeben",
	"search.value.done": "Erkannt",
	"search.value.failed": "Zu klären",
	"search.value.favorite": "Favorit",
	"search.value.hidden": "Ausgeblendet",
	"search.value.pending": "Wird erkannt",
	"search.value.review": "Prüfen",

	// selection
	"selection.label": "Ausgewählte Fotos",

	// session

	// sidebar
	"sidebar.all": "Alle Fotos",
	"sidebar.allLabels": { one: "Alle {count} Labels", other: "Alle {count} Labels" },
	"sidebar.colors": "Farben",
	"sidebar.count": { one: "{count} Foto", other: "{count} Fotos" },
	"sidebar.empty": "Hier erscheinen Labels, die auf deinen Fotos erkannt werden.",
	"sidebar.exclude": "{name} ausschließen",
	"sidebar.excluded": "ausgeschlossen",
	"sidebar.failed": "Zu klären",
	"sidebar.favorites": "Favoriten",
	"sidebar.hidden": "Ausgeblendet",
	"sidebar.label": "Filter",
	"sidebar.open": "Filter anzeigen",
	"sidebar.quick": "Häufige Labels",
	"sidebar.quickAll": "Alle",
	"sidebar.review": "Prüfen",

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
