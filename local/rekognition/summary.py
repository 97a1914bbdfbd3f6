"""What the local engine recognizes, in a sentence for people: the page shows it, and the README quotes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.rekognition.detectors.objects import ObjectModels


def summarize(models: ObjectModels) -> str:
    found = ["80 kinds of everyday objects"] if models.has_built_in else []
    if models.own:
        found.append(f"the classes of your model ({models.own.name})")
    listed = ", ".join((*found, "faces", "printed text", "colors"))
    return f"The local engine finds {listed}, and explicit content. Rekognition on AWS finds much more."
