"""添付ファイル: its owner opens again what was attached, before and after filing."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.filing import attachments
from ui.problems import PageRoute
from ui.resident.seat import Seated

router = APIRouter(route_class=PageRoute)


@router.get("/drafts/{draft_id}/attachments/{attachment_id}")
def read(seat: Seated, attachment_id: UUID) -> Response:
    """添付したファイル, to be saved and opened outside the browser's page."""
    return attachments.opened(*seat.who, seat.draft_id, attachment_id)
