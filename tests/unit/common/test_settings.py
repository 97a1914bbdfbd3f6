from __future__ import annotations

from typing import Any

import pytest

from common.settings import (
    Dollars,
    ImagesSettings,
    ModelsSettings,
    Prefix,
    PresignSettings,
    ProcessorSettings,
    RecoverySettings,
    SettingsError,
    TrainerSettings,
    from_env,
)
from tests.cloud import CUSTOM_MODEL_ARN

COMMON = {"INPUT_BUCKET": "in", "CATALOG_TABLE": "catalog", "METRICS_NAMESPACE": "stack"}
LIMITS = {"UPLOADS_PER_DAY": "100", "UPLOADS_PER_MONTH": "1000", "MONTHLY_BILLING_CEILING": "99.5"}
PRESIGN = {
    **COMMON,
    **LIMITS,
    "RETRY_QUEUE_URL": "url",
    "MAX_UPLOAD_MEGABYTES": "25",
    "RETENTION_DAYS": "90",
    "UPLOADS_PER_MINUTE": "60",
}
RECOVERY = {
    **COMMON,
    "RETRY_QUEUE_URL": "url",
    "RECOVER_AFTER_SECONDS": "3600",
    "MONTHLY_BILLING_CEILING": "99.5",
}
IMAGES = {**RECOVERY, **LIMITS, "OUTPUT_BUCKET": "out", "RECOVER_AFTER_SECONDS": "300"}
PROCESSOR = {
    **COMMON,
    "OUTPUT_BUCKET": "out",
    "MAX_UPLOAD_MEGABYTES": "25",
    "RETRY_QUEUE_URL": "url",
    "LEASE_SECONDS": "60",
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
    "TRAIN_MODELS": "false",
    "WHEN_MODEL_STOPPED": "wait",
    "STORE_LOCATION": "false",
    "REVIEW_CONFIDENCE": "82.5",
    "REQUIRED_EQUIPMENT": "head_cover,Gloves",
    "SOURCE_BUCKET": "",
    "SOURCE_PREFIX": "",
}
MODELS = {"METRICS_NAMESPACE": "stack", "CATALOG_TABLE": "catalog", "MODEL_IDLE_MINUTES": "30"}
TRAINER = {
    **COMMON,
    "OUTPUT_BUCKET": "out",
    "RETRY_QUEUE_URL": "url",
    "MODEL_IDLE_MINUTES": "30",
    "MONTHLY_BILLING_CEILING": "0",
}
ENVIRONMENTS = [
    (PresignSettings, PRESIGN),
    (ProcessorSettings, PROCESSOR),
    (ImagesSettings, IMAGES),
    (RecoverySettings, RECOVERY),
    (ModelsSettings, {**MODELS, "MODEL_ADMIN_GROUP": ""}),
    (TrainerSettings, TRAINER),
]


def test_reads_the_settings_of_presign() -> None:
    settings = from_env(PresignSettings, {**PRESIGN, "UNRELATED": "x"})
    assert settings == PresignSettings(
        "in",
        "catalog",
        "url",
        retention_days=90,
        max_upload_megabytes=25,
        uploads_per_minute=60,
        uploads_per_day=100,
        uploads_per_month=1000,
        monthly_billing_ceiling=Dollars(99.5),
    )


def test_reads_the_settings_of_the_processor() -> None:
    assert from_env(ProcessorSettings, PROCESSOR) == ProcessorSettings(
        input_bucket="in",
        output_bucket="out",
        catalog_table="catalog",
        retry_queue_url="url",
        lease_seconds=60,
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
        custom_labels_model_arn=None,
        train_models=False,
        when_model_stopped="wait",
        store_location=False,
        review_confidence=82.5,
        required_equipment=frozenset({"Helmet", "Gloves"}),
        source_bucket=None,
        source_prefix=Prefix(""),
    )


def test_reads_the_settings_of_images() -> None:
    assert from_env(ImagesSettings, IMAGES) == ImagesSettings(
        "in", "out", "catalog", "url", 300, 100, 1000, Dollars(99.5)
    )


def test_reads_the_settings_of_recovery() -> None:
    assert from_env(RecoverySettings, RECOVERY) == RecoverySettings(
        "in", "catalog", "url", 3600, Dollars(99.5)
    )


def test_reads_an_optional_arn() -> None:
    settings = from_env(ProcessorSettings, {**PROCESSOR, "CUSTOM_LABELS_MODEL_ARN": CUSTOM_MODEL_ARN})
    assert settings.custom_labels_model_arn == CUSTOM_MODEL_ARN


@pytest.mark.parametrize(
    ("settings_type", "env", "name"),
    [(settings_type, env, name) for settings_type, env in ENVIRONMENTS for name in env],
)
def test_names_a_missing_variable(settings_type: Any, env: dict[str, str], name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_env(settings_type, {other: value for other, value in env.items() if other != name})
    assert str(caught.value) == f"The environment variable {name} is missing."


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("INPUT_BUCKET", "", "a name"),
        ("CATALOG_TABLE", " ", "a name"),
        ("MAX_UPLOAD_MEGABYTES", "many", "a whole number of at least 1"),
        ("RETENTION_DAYS", "0", "a whole number of at least 1"),
        ("LABELS_MAX_COUNT", "1.5", "a whole number of at least 1"),
        ("LABELS_MIN_CONFIDENCE", "101", "a number from 0 to 100"),
        ("LABELS_MIN_CONFIDENCE", "nan", "a number from 0 to 100"),
        ("DETECT_LABELS", "yes", '"true" or "false"'),
        ("WHEN_MODEL_STOPPED", "stop", '"continue" or "wait"'),
        (
            "REQUIRED_EQUIPMENT",
            "hat",
            "empty or a list of HEAD_COVER, FACE_COVER, HAND_COVER, separated by commas",
        ),
    ],
)
def test_names_an_invalid_variable(name: str, value: str, expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_env(ProcessorSettings, {**PROCESSOR, name: value})
    assert str(caught.value) == f"The environment variable {name} is {value!r}; it must be {expected}."


@pytest.mark.parametrize("value", ["-0.01", "nan", "inf", "none", ""])
def test_names_an_invalid_ceiling(value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_env(PresignSettings, {**PRESIGN, "MONTHLY_BILLING_CEILING": value})
    assert str(caught.value) == (
        f"The environment variable MONTHLY_BILLING_CEILING is {value!r}; it must be a number of at least 0."
    )


@pytest.mark.parametrize(("text", "group"), [("", None), ("admins", "admins")])
def test_the_group_of_administrators_is_optional(text: str, group: str | None) -> None:
    settings = from_env(ModelsSettings, {**MODELS, "MODEL_ADMIN_GROUP": text})
    assert settings.model_admin_group == group


def test_a_group_has_no_spaces() -> None:
    with pytest.raises(SettingsError) as caught:
        from_env(ModelsSettings, {**MODELS, "MODEL_ADMIN_GROUP": "two groups"})
    assert str(caught.value) == (
        "The environment variable MODEL_ADMIN_GROUP is 'two groups'; it must be the name of a group or empty."
    )
