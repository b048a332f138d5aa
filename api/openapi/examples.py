"""例: one example of a JSON Schema, of people who do not exist. A test validates each against its own schema."""

from collections.abc import Mapping
from typing import Any

WORDS: dict[str, Any] = {
    "receipt_number": "282014-261123-7K3MQ",
    "corrects": "282014-261123-7K3MQ",
    "procedure": "cancer_screening",
    "procedure_id": "cancer_screening",
    "department": "health",
    "handback": "q3b7mE0Jk1TtYx9cVw2sZ8Lh4RnD5uPa",
    "language": "ja",
    "next": "/",
    "return_url": "/login/complete/q3b7mE0Jk1TtYx9cVw2sZ8Lh4RnD5uPa",
    "agent_url": "http://127.0.0.1:9300/sign?request=https://madoguchi.example/api/signing-requests/0",
    "request_url": "https://madoguchi.example/api/signing-requests/9f6c1c62-2c1d-4b62-9c5b-6d3f0f1d2a77",
    "answers": {"name": "姫路　花子", "birth_date": "1980-04-01", "phone": "079-221-2111"},
    "field": "phone",
    "message": {"ja": "電話番号を入力してください。", "en": "Enter your telephone number."},
    "marks": {"phone": {"fault": "incomplete", "reason": "番号が一桁足りません。"}},
    "texts": {"ja": "例", "en": "Example", "zh": "例", "ko": "예"},
    "ja": "例",
    "en": "Example",
    "zh": "示例",
    "ko": "예",
    "name": "photo.jpg",
    "media_type": "image/jpeg",
    "email": "hanako@example.jp",
    "postal_code": "6708501",
    "code": "123456",
    "body": "追加の書類を添付しました。",
    "reason": "本人からの申出による。",
    "tracking_number": "1234-5678-9012",
    "nonce": "cXVlc3Rpb25fYXNrZWRfb25jZQ",
    "cms": "MIIB",
    "endpoint": "https://push.example/send/abc",
    "p256dh": "B" * 87,
    "auth": "A" * 22,
    "certificate_serial": "0123456789",
}
FORMATS: dict[str, str] = {
    "uuid": "9f6c1c62-2c1d-4b62-9c5b-6d3f0f1d2a77",
    "date-time": "2026-11-23T09:30:00+09:00",
    "date": "2026-11-23",
    "uri": "https://madoguchi.example/",
    "duration": "PT10M",
    "binary": "(the file's bytes)",
}
DEEPEST = 8


def example(schema: Mapping[str, Any], schemas: Mapping[str, Any], media_type: str = "application/json") -> Any:
    """例 of a schema; `schemas`: the document's components."""
    if media_type not in ("application/json", "multipart/form-data"):
        return FORMATS["binary"]
    return _Maker(schemas).make(schema, "", 0)


class _Maker:
    """作り手: what a property is called decides which word stands for it, where the schema allows that word."""

    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self._schemas = schemas

    def make(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        schema = self._resolved(schema)
        for key in ("example", "const", "default"):
            if schema.get(key) is not None:
                return schema[key]
        if schema.get("examples"):
            return schema["examples"][0]
        if "enum" in schema:
            return schema["enum"][0]
        if choices := schema.get("anyOf") or schema.get("oneOf"):
            return self._chosen(choices, name, depth)
        return self._typed(schema, name, depth)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rsplit("/", 1)[1]]
        if len(schema.get("allOf", ())) == 1:
            return self._resolved(schema["allOf"][0])
        return schema

    def _chosen(self, choices: list[Mapping[str, Any]], name: str, depth: int) -> Any:
        real = [each for each in choices if each.get("type") != "null"]
        absent = len(real) < len(choices) and (depth >= DEEPEST or name not in WORDS)
        return None if absent else self.make(real[0], name, depth)

    def _typed(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        match schema.get("type"):
            case "object":
                return self._object(schema, name, depth)
            case "array":
                return self._array(schema, name, depth)
            case "string":
                return self._text(schema, name)
            case "integer" | "number":
                return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
            case "boolean":
                return True
        return WORDS.get(name, {})

    def _object(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        required = schema.get("required", ())
        properties = schema.get("properties", {})
        if properties:
            wanted = {key: each for key, each in properties.items() if key in required or depth < DEEPEST}
            return {key: self.make(each, key, depth + 1) for key, each in wanted.items()}
        return WORDS[name] if isinstance(WORDS.get(name), dict) else {}

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        if "prefixItems" in schema:
            return [self.make(each, name, depth + 1) for each in schema["prefixItems"]]
        if depth >= DEEPEST or "items" not in schema:
            return []
        return [self.make(schema["items"], name, depth + 1)] * max(schema.get("minItems", 1), 1)

    def _text(self, schema: Mapping[str, Any], name: str) -> str:
        if schema.get("format") in FORMATS:
            return FORMATS[schema["format"]]
        if "contentMediaType" in schema:
            return FORMATS["binary"]
        word = WORDS.get(name, "example")
        text = word if isinstance(word, str) else "example"
        return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 200)]
