"""A seeded discrete-event simulation of many pictures that are uploaded at once."""
