from __future__ import annotations

import pytest

from common.settings import ImagesSettings, PresignSettings, ProcessorSettings, SettingsError

PRESIGN = {"INPUT_BUCKET": "in", "CATALOG_TABLE": "catalog", "MAX_UPLOAD_MEGABYTES": "25"}
PROCESSOR = {
    **PRESIGN,
    "OUTPUT_BUCKET": "out",
    "RETENTION_DAYS": "90",
    "LABELS_MIN_CONFIDENCE": "42.5",
    "LABELS_MAX_COUNT": "100",
    "DETECT_LABELS": "true",
    "DETECT_MODERATION": "false",
    "DETECT_TEXT": "false",
    "DETECT_FACES": "true",
    "DETECT_CELEBRITIES": "false",
    "DETECT_PROTECTIVE_EQUIPMENT": "false",
    "DETECT_PROPERTIES": "false",
    "CUSTOM_LABELS_MODEL_ARN": "",
}
IMAGES = {"INPUT_BUCKET": "in", "OUTPUT_BUCKET": "out", "CATALOG_TABLE": "catalog"}


def test_the_settings_of_presign() -> None:
    settings = PresignSettings.from_env({**PRESIGN, "UNRELATED": "x"})
    assert settings == PresignSettings(input_bucket="in", catalog_table="catalog", max_upload_megabytes=25)
    assert settings.max_upload_bytes == 26_214_400


def test_the_settings_of_the_processor() -> None:
    settings = ProcessorSettings.from_env(PROCESSOR)
    assert settings == ProcessorSettings(
        input_bucket="in",
        output_bucket="out",
        catalog_table="catalog",
        max_upload_megabytes=25,
        retention_days=90,
        labels_min_confidence=42.5,
        labels_max_count=100,
        detect_labels=True,
        detect_moderation=False,
        detect_text=False,
        detect_faces=True,
        detect_celebrities=False,
        detect_protective_equipment=False,
        detect_properties=False,
        custom_labels_model_arn="",
    )
    assert settings.max_upload_bytes == 26_214_400


def test_the_settings_of_images() -> None:
    assert ImagesSettings.from_env(IMAGES) == ImagesSettings("in", "out", "catalog")


@pytest.mark.parametrize(
    ("kind", "name", "env"),
    [
        (kind, name, env)
        for kind, env in (
            (PresignSettings, PRESIGN),
            (ProcessorSettings, PROCESSOR),
            (ImagesSettings, IMAGES),
        )
        for name in env
    ],
)
def test_a_missing_variable_is_named(kind, name: str, env: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as caught:
        kind.from_env({other: value for other, value in env.items() if other != name})
    assert str(caught.value) == f"The environment variable {name} is missing."


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("INPUT_BUCKET", "", "a name"),
        ("CATALOG_TABLE", " ", "a name"),
        ("MAX_UPLOAD_MEGABYTES", "many", "a whole number from 1"),
        ("RETENTION_DAYS", "0", "a whole number from 1"),
        ("LABELS_MAX_COUNT", "1.5", "a whole number from 1"),
        ("LABELS_MIN_CONFIDENCE", "101", "a number from 0 to 100"),
        ("LABELS_MIN_CONFIDENCE", "nan", "a number from 0 to 100"),
        ("DETECT_LABELS", "yes", '"true" or "false"'),
    ],
)
def test_a_malformed_variable_is_named(name: str, value: str, wanted: str) -> None:
    with pytest.raises(SettingsError) as caught:
        ProcessorSettings.from_env({**PROCESSOR, name: value})
    assert str(caught.value) == f"The environment variable {name} is {value!r}; it must be {wanted}."
