/** English. Sorted by area and key. */

export default {
	// account

	// batch

	// color
	"color.black": "Black",
	"color.blue": "Blue",
	"color.brown": "Brown",
	"color.cyan": "Cyan",
	"color.gray": "Gray",
	"color.green": "Green",
	"color.orange": "Orange",
	"color.pink": "Pink",
	"color.purple": "Purple",
	"color.red": "Red",
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
	"similar.found": { one: "{count} similar photo.", other: "{count} similar photos." },
	"similar.loading": "Searching…",
	"similar.none": "No similar photos.",
	"similar.title": "Similar photos",

	// toasts
	"toasts.announcements": "Announcements",
	"toasts.label": "Notifications",

	// tray
	"tray.label": "Uploads",

	// upload
	"upload.button": "Upload",
	"upload.drop": "Drop photos to upload",

	// viewer
	"viewer.about": "About {name} on another page",
	"viewer.actualSize": "Original size, 1:1",
	"viewer.addCaption": "Add a caption",
	"viewer.addTag": "Add a tag",
	"viewer.added": "Added",
	"viewer.age": "{low}–{high} years",
	"viewer.approve": "Approve",
	"viewer.below": { one: "{count} more below {minimum}", other: "{count} more below {minimum}" },
	"viewer.boxes": "Boxes on the photo",
	"viewer.calls": { one: "{count} billed call", other: "{count} billed calls" },
	"viewer.camera": "Camera",
	"viewer.cannotDisplay": "Couldn’t display the photo. Its results are still available.",
	"viewer.caption": "Caption",
	"viewer.chooseAgain": "Choose file again",
	"viewer.close": "Close",
	"viewer.colors": "Colors",
	"viewer.confidence": "Confidence",
	"viewer.conflict": "This photo was changed elsewhere. Its present values are shown. Save your change again if you still want it.",
	"viewer.decided.approved": "Approved by {by} on {date}",
	"viewer.decided.hidden": "Hidden by {by} on {date}",
	"viewer.decision": "Decision",
	"viewer.delete": "Delete",
	"viewer.details": "Details",
	"viewer.detector.celebrities": "Celebrities",
	"viewer.detector.custom": "Custom labels",
	"viewer.detector.faces": "Faces",
	"viewer.detector.labels": "Labels",
	"viewer.detector.moderation": "Sensitive content",
	"viewer.detector.ppe": "Protective gear",
	"viewer.detector.text": "Text",
	"viewer.dismiss": "Dismiss",
	"viewer.download": "Download photo",
	"viewer.downloadJson": "Download JSON",
	"viewer.emotion.ANGRY": "angry",
	"viewer.emotion.CALM": "calm",
	"viewer.emotion.CONFUSED": "confused",
	"viewer.emotion.DISGUSTED": "disgusted",
	"viewer.emotion.FEAR": "afraid",
	"viewer.emotion.HAPPY": "happy",
	"viewer.emotion.SAD": "sad",
	"viewer.emotion.SURPRISED": "surprised",
	"viewer.emotion.UNKNOWN": "no clear emotion",
	"viewer.exposure": "Exposure",
	"viewer.face": "Face {number}",
	"viewer.favorite": "Favorite",
	"viewer.feature.Beard": "beard",
	"viewer.feature.Eyeglasses": "glasses",
	"viewer.feature.EyesClosed": "eyes closed",
	"viewer.feature.EyesOpen": "eyes open",
	"viewer.feature.FaceOccluded": "partly covered",
	"viewer.feature.MouthOpen": "mouth open",
	"viewer.feature.Mustache": "mustache",
	"viewer.feature.Smile": "smiling",
	"viewer.feature.Sunglasses": "sunglasses",
	"viewer.first": "This is the first photo.",
	"viewer.fit": "Fit",
	"viewer.fitToWindow": "Fit to window",
	"viewer.gear.FACE_COVER": "face cover",
	"viewer.gear.HAND_COVER": "hand cover",
	"viewer.gear.HEAD_COVER": "head cover",
	"viewer.gearNotCovering": "{gear} not covering the {part}",
	"viewer.gearOn": "{gear} on the {part}",
	"viewer.gender.Female": "female",
	"viewer.gender.Male": "male",
	"viewer.hide": "Hide",
	"viewer.in": "in",
	"viewer.info": "Details panel",
	"viewer.json": "View JSON",
	"viewer.jsonOf": "JSON for {name}",
	"viewer.last": "This is the last photo.",
	"viewer.lens": "Lens",
	"viewer.loading": "Loading…",
	"viewer.location": "Location",
	"viewer.minimum": "Minimum confidence",
	"viewer.model": "Model",
	"viewer.more": { one: "{count} more", other: "{count} more" },
	"viewer.moreActions": "More actions",
	"viewer.name": "Name",
	"viewer.next": "Next photo",
	"viewer.noGear": "no gear on the {part}",
	"viewer.noLabels": "no labels found",
	"viewer.noPhoto": "No photo to show",
	"viewer.notSaved": "Couldn’t save your change of {name}. {reason}",
	"viewer.nothing": "Nothing found: {kinds}",
	"viewer.orHigher": "{confidence} or higher",
	"viewer.own": "Your notes",
	"viewer.part.FACE": "face",
	"viewer.part.HEAD": "head",
	"viewer.part.LEFT_HAND": "left hand",
	"viewer.part.RIGHT_HAND": "right hand",
	"viewer.person": "Person {number}",
	"viewer.photo": "Photo",
	"viewer.place": "{left} from the left, {top} from the top, {width} wide, {height} high",
	"viewer.position": "{index} of {count}",
	"viewer.positionColumn": "Position",
	"viewer.previous": "Previous photo",
	"viewer.quality": "Quality",
	"viewer.quality.Brightness": "Brightness",
	"viewer.quality.Contrast": "Contrast",
	"viewer.quality.Sharpness": "Sharpness",
	"viewer.recognizeAgain": "Recognize again",
	"viewer.recognized": "Recognized",
	"viewer.recognizing": "Recognizing… Results will appear here.",
	"viewer.removeTag": "Remove tag {tag}",
	"viewer.saveAgain": "Save again",
	"viewer.sensitive": "This photo may contain sensitive content: {flags}.",
	"viewer.sheet.lower": "Show less",
	"viewer.sheet.raise": "Show more",
	"viewer.tagged": { one: "{tag}, {count} photo", other: "{tag}, {count} photos" },
	"viewer.tags": "Your tags",
	"viewer.taken": "Taken",
	"viewer.tryAgain": "Try again",
	"viewer.view": "View photo",
	"viewer.zoom": "Zoom",
	"viewer.zoomIn": "Zoom in",
	"viewer.zoomOut": "Zoom out",

	// welcome
	"welcome.signIn": "Sign in",
	"welcome.text": "Upload photos, and Amazon Rekognition labels the objects, people and words in them. Only you can see yours.",
	"welcome.title": "See what’s in your photos. Find them by it.",
};
