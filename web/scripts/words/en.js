/** English. Sorted by area and key. */

export default {
	// account

	// batch

	// category
	"category.Actions": "Actions",
	"category.AnimalsandPets": "Animals",
	"category.ApparelandAccessories": "Clothing",
	"category.BeautyandPersonalCare": "Beauty",
	"category.BuildingsandArchitecture": "Buildings",
	"category.ColorsandVisualComposition": "Colors and composition",
	"category.DamageDetection": "Damage",
	"category.Education": "Education",
	"category.EventsandAttractions": "Events",
	"category.EverydayObjects": "Everyday objects",
	"category.ExpressionsandEmotions": "Emotions",
	"category.FoodandBeverage": "Food and drink",
	"category.FurnitureandFurnishings": "Furniture",
	"category.HealthandFitness": "Health and fitness",
	"category.HobbiesandInterests": "Hobbies",
	"category.HomeAppliances": "Appliances",
	"category.HomeandIndoors": "Home",
	"category.KitchenandDining": "Kitchen",
	"category.Materials": "Materials",
	"category.Medical": "Medical",
	"category.NatureandOutdoors": "Nature",
	"category.OfficesandWorkspaces": "Offices",
	"category.Other": "Other",
	"category.PatternsandShapes": "Patterns and shapes",
	"category.PersonDescription": "People",
	"category.PlantsandFlowers": "Plants",
	"category.PopularLandmarks": "Landmarks",
	"category.Profession": "Professions",
	"category.PublicSafety": "Public safety",
	"category.Religion": "Religion",
	"category.Sports": "Sports",
	"category.SymbolsandFlags": "Symbols and flags",
	"category.TechnologyandComputing": "Technology",
	"category.TextandDocuments": "Text and documents",
	"category.ToolsandMachinery": "Tools and machines",
	"category.ToysandGaming": "Toys and games",
	"category.TransportandLogistics": "Transport",
	"category.TravelandAdventure": "Travel",
	"category.VehiclesandAutomotive": "Vehicles",
	"category.WeaponsandMilitary": "Weapons",

	// color
	"color.beige": "Beige",
	"color.black": "Black",
	"color.blue": "Blue",
	"color.brown": "Brown",
	"color.gray": "Gray",
	"color.green": "Green",
	"color.maroon": "Maroon",
	"color.olive": "Olive",
	"color.orange": "Orange",
	"color.pink": "Pink",
	"color.purple": "Purple",
	"color.red": "Red",
	"color.silver": "Silver",
	"color.teal": "Teal",
	"color.white": "White",
	"color.yellow": "Yellow",

	// deletions

	// errors

	// export

	// format

	// frame
	"frame.skip": "Skip to main content",

	// gallery
	"gallery.photos": "Photos",

	// keys

	// labels
	"labels.close": "Close",
	"labels.none": "No label “{text}”",
	"labels.search": "Find a label",

	// limits

	// offline

	// review

	// search
	"search.clear": "Clear search",
	"search.field.after": "taken since then",
	"search.field.before": "taken before then",
	"search.field.camera": "make or model",
	"search.field.celebrity": "a famous person",
	"search.field.color": "a main color",
	"search.field.exclude": "without a label",
	"search.field.failed": "not recognized",
	"search.field.favorite": "your favorites",
	"search.field.flag": "unsafe content",
	"search.field.hidden": "hidden photos",
	"search.field.label": "what is in the photo",
	"search.field.missing": "missing protective equipment",
	"search.field.name": "file name",
	"search.field.people": "at least two people",
	"search.field.phrase": "words in this order",
	"search.field.review": "needs a decision",
	"search.field.start": "words that start so",
	"search.field.tag": "your tag",
	"search.field.text": "a word in the photo",
	"search.fields": "Search by",
	"search.kind.after": "Since",
	"search.kind.before": "Before",
	"search.kind.camera": "Camera",
	"search.kind.celebrity": "Celebrity",
	"search.kind.color": "Color",
	"search.kind.flag": "Unsafe content",
	"search.kind.is": "Marked",
	"search.kind.label": "Label",
	"search.kind.missing": "Missing",
	"search.kind.name": "Name",
	"search.kind.people": "People",
	"search.kind.status": "Status",
	"search.kind.tag": "Tag",
	"search.kind.text": "Text",
	"search.label": "Search photos",
	"search.more": "More ways to search",
	"search.placeholder": "Search photos",
	"search.placeholderCount": { one: "Search {count} photo", other: "Search {count} photos" },
	"search.placeholderMore": "Color, text, date, name …",
	"search.recent": "Recent",
	"search.remove": "Remove {name}",
	"search.removeExcluded": "Remove excluded {name}",
	"search.suggestionCount": { one: "{count} suggestion.", other: "{count} suggestions." },
	"search.suggestions": "Suggestions",
	"search.value.approved": "Approved",
	"search.value.done": "Recognized",
	"search.value.failed": "Needs attention",
	"search.value.favorite": "Favorite",
	"search.value.hidden": "Hidden",
	"search.value.pending": "Being recognized",
	"search.value.review": "Review",

	// selection
	"selection.label": "Selected photos",

	// session

	// sidebar
	"sidebar.all": "All photos",
	"sidebar.allLabels": { one: "All {count} label", other: "All {count} labels" },
	"sidebar.colors": "Colors",
	"sidebar.count": { one: "{count} photo", other: "{count} photos" },
	"sidebar.empty": "Labels found in your photos will appear here.",
	"sidebar.exclude": "Exclude {name}",
	"sidebar.excluded": "excluded",
	"sidebar.failed": "Needs attention",
	"sidebar.favorites": "Favorites",
	"sidebar.hidden": "Hidden",
	"sidebar.label": "Filters",
	"sidebar.open": "Show filters",
	"sidebar.quick": "Frequent labels",
	"sidebar.quickAll": "All",
	"sidebar.review": "Review",

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
