"""エラー応答: Stripe's JSON error, https://docs.stripe.com/api/errors."""

from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """拒否: becomes a Stripe error answer. `executed` refusals are remembered under the idempotency key, as
    Stripe does; parameters that fail validation are not."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        executed: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.executed = executed
        error = {"type": kind, "message": message, "code": code, "param": param}
        self.body: Json = {"error": {name: value for name, value in error.items() if value is not None}}


def missing(kind: str, identifier: str) -> Refusal:
    """該当なし: 404 in Stripe's words."""
    return Refusal(f"No such {kind}: '{identifier}'", status=404, code="resource_missing", param="id")
