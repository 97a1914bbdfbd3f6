"""Errors of a step: some are final, others go away, so the next run repeats the step."""

from __future__ import annotations


class Refused(Exception):
    """The step can't succeed; the message is a sentence for the model's owner."""


class NotYet(Exception):
    """The step has to be repeated in the next run; the message, if any, is for the model's owner."""


class StillTraining(NotYet):
    """The model can't be deleted before its training has ended, which can take a day."""
