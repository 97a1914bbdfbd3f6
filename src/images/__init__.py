"""/images, /labels and /terms: images, their results, and what they can be found by."""
