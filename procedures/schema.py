"""手続文書のJSON Schema: for editors, the browser designer and other cities."""

from typing import Any

from procedures.document import Procedure


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a procedure document; what it cannot say, `procedures.consistency` checks."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Procedure.model_json_schema()
