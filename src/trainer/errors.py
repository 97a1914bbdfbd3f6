"""Errors of a step: one to repeat in the next run, and one that is final."""

from __future__ import annotations


class Refused(Exception):
    """The step can't succeed; the message is a sentence for the model's owner."""


class NotYet(Exception):
    """The step has to be repeated in the next run; the message, if any, is for the model's owner."""
