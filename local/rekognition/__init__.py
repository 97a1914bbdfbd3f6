"""Emulator of Amazon Rekognition: its wire protocol, limits and errors. Local models find the results."""
