"""The tables of `make demo`."""

from __future__ import annotations

from typing import Any

from local.cli.findings import format_findings

BOX = {"Left": 0.254, "Top": 0.1, "Width": 0.5, "Height": 1.0}
RESULT: dict[str, Any] = {
    "Labels": [
        {"Name": "Person", "Confidence": 99.04, "Instances": [{"BoundingBox": BOX}, {"BoundingBox": BOX}]},
        {"Name": "Cat", "Confidence": 100.0, "Instances": []},
    ],
    "FaceDetails": [{"Confidence": 95.0, "BoundingBox": BOX}],
    "TextDetections": [
        {
            "Type": "LINE",
            "DetectedText": "Mind the gap",
            "Confidence": 98.7,
            "Geometry": {"BoundingBox": BOX},
        },
        {"Type": "WORD", "DetectedText": "Mind", "Confidence": 98.7, "Geometry": {"BoundingBox": BOX}},
    ],
    "ModerationLabels": [],
    "CelebrityFaces": [{"Name": "Ada", "MatchConfidence": 81.0, "Face": {"BoundingBox": BOX}}],
    "Persons": [],
    "ImageProperties": {
        "DominantColors": [{"HexCode": "#ff0000", "CSSColor": "red", "PixelPercent": 70.2}],
    },
}


def test_prints_a_table_for_each_kind_of_finding() -> None:
    assert format_findings(RESULT) == [
        "Label   Confidence  Box (left, top, width, height)",
        "Person      99.0 %  25%, 10%, 50%, 100%",
        "                    25%, 10%, 50%, 100%",
        "Cat        100.0 %",
        "",
        "Face  Confidence  Box (left, top, width, height)",
        "1         95.0 %  25%, 10%, 50%, 100%",
        "",
        "Text          Confidence  Box (left, top, width, height)",
        "Mind the gap      98.7 %  25%, 10%, 50%, 100%",
        "",
        "Celebrity  Confidence  Box (left, top, width, height)",
        "Ada            81.0 %  25%, 10%, 50%, 100%",
        "",
        "Color        Pixels",
        "#ff0000 red  70.2 %",
        "",
        "Not found: people with protective equipment, sensitive content",
    ]


def test_says_that_nothing_was_found() -> None:
    assert format_findings({"Labels": [], "TextDetections": []}) == ["Not found: labels, text"]


def test_prints_explicit_content_and_custom_labels() -> None:
    result = {
        "Labels": [{"Name": "Bird", "Confidence": 90, "Instances": []}],
        "CustomLabels": [{"Name": "Robin", "Confidence": 88, "Geometry": {"BoundingBox": BOX}}],
        "ModerationLabels": [{"Name": "Explicit", "Confidence": 91.5, "ParentName": "", "TaxonomyLevel": 1}],
    }
    assert format_findings(result) == [
        "Label  Confidence  Box (left, top, width, height)",
        "Bird       90.0 %",
        "",
        "Label of the custom model  Confidence  Box (left, top, width, height)",
        "Robin                          88.0 %  25%, 10%, 50%, 100%",
        "",
        "Sensitive content  Confidence  Box (left, top, width, height)",
        "Explicit               91.5 %",
    ]
