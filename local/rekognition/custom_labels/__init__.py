"""Amazon Rekognition Custom Labels: projects, datasets, and models that are trained on this machine."""
