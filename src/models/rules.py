"""What Rekognition requires of the pictures of a model, and what AWS recommends.

Sources, in the Custom Labels Developer Guide:
https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/limits.html for the limits and
https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/md-prepare-images.html for the recommendations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog.model_records import ModelKind

PREPARE_IMAGES_URL = "https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/md-prepare-images.html"
LIMITS_URL = "https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/limits.html"

MIN_CLASSES: dict[ModelKind, int] = {"classification": 2, "detection": 1}
MAX_CLASSES = 250
# Of a class: Rekognition needs one to train with, and without one to test with it can't say how good it is.
MIN_IMAGES = 2
MAX_IMAGES = 28_000  # of a model, in the regions with the lowest limit; others allow 250,000
MAX_LABELS_OF_IMAGE = MAX_BOXES_OF_IMAGE = 50
MIN_SIDE, MAX_SIDE = 64, 4096  # pixels
MAX_ASPECT_RATIO = 20  # of the longer side to the shorter one
MAX_FILE_BYTES = 15 * 1_048_576
MIN_BOX_SIDE = 2  # pixels; "The height and width of the bounding box is too small" below it
RECOMMENDED_IMAGES = 10  # "Use at least 10 images to train your model", applied to each class

# "Training a model takes from 30 minutes to 24 hours": train-model in the same guide
TRAINING_HOURS = (0.5, 24.0)
