"""/images and /labels: images, their results, what their owner says about them, and their labels."""
