"""Chaos: many pictures through the whole local stack while everything fails that can fail."""
