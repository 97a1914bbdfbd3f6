from __future__ import annotations

from pathlib import Path

from local.template.deployed import load_deployed

TEMPLATE = """
Parameters:
  AlarmEmail: {Type: String, Default: ""}
  DetectText: {Type: String, Default: "false"}
Conditions:
  Alarmed: !Not [!Equals [!Ref AlarmEmail, ""]]
Resources:
  SomeAlarm: {Type: AWS::CloudWatch::Alarm, Condition: Alarmed, Properties: {Threshold: !Ref DetectText}}
"""


def test_has_the_alarms_and_keeps_the_other_parameters(tmp_path: Path) -> None:
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    template = load_deployed(file, {"AlarmEmail": "", "DetectText": "true"})
    assert template.resources("AWS::CloudWatch::Alarm") == {"SomeAlarm": {"Threshold": "true"}}
