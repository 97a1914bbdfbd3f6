"""/images, /labels and /terms: images, their results, what their owner says, and what they are found by."""
