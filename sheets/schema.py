"""帳票文書のJSON Schema: for editors, the page that draws a sheet over a scan, and other cities."""

from typing import Any

from sheets.document import Sheet


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a sheet document; what it cannot say, `sheets.consistency` checks."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Sheet.model_json_schema()
