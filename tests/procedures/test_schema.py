"""JSON Schema: for editors; every key is described where its name does not say enough."""

import json

from procedures.schema import schema


def test_the_schema_is_plain_json_and_closed_to_unknown_keys() -> None:
    published = json.loads(json.dumps(schema()))
    assert published["$schema"].endswith("2020-12/schema")
    assert published["additionalProperties"] is False
    assert {"id", "version", "form", "steps", "retention"} <= set(published["required"])


def test_rules_are_text_and_fields_are_told_apart_by_kind() -> None:
    definitions = schema()["$defs"]
    assert definitions["Rule"]["type"] == "string"
    fields = definitions["Section"]["properties"]["fields"]["items"]
    assert fields["discriminator"]["propertyName"] == "kind"
    assert "Rust syntax" in definitions["TextField"]["properties"]["pattern"]["description"]
