"""紙の申請の事実: what officers are shown of a request that came on paper, beside its answers."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Connection

from api.filing.drafts import attachment_view
from api.paper.views import PaperNoticeView, PaperView
from api.views import AttachmentView
from procedures.calendar import JAPAN
from procedures.submission import PAPER_SCAN
from procedures.values import ReceiptNumber
from store import cases, paper
from store.drafts import AttachmentRow


def paper_of(
    connection: Connection,
    receipt_number: ReceiptNumber,
    account_id: UUID,
    attached: Sequence[AttachmentRow],
    reader: UUID,
) -> PaperView | None:
    """紙の申請の事実 of a case; None where its resident filed it."""
    row = paper.read(connection, account_id)
    case = None if row is None else cases.read(connection, receipt_number)
    if row is None or case is None:
        return None
    return PaperView(
        arrival=case.arrival,
        received_on=case.received_at.astimezone(JAPAN).date(),
        entered_by_name=row.entered_by_name,
        entered_by_reader=paper.was_entered_by(connection, receipt_number, reader),
        stated=row.stated,
        identity_check=row.identity_check,
        checked_by_name=row.checked_by_name,
        checked_at=row.checked_at,
        scans=scans_of(attached),
        notices=tuple(
            PaperNoticeView.model_validate(each.__dict__) for each in paper.notices(connection, receipt_number)
        ),
    )


def scans_of(attached: Iterable[AttachmentRow]) -> tuple[AttachmentView, ...]:
    """申請書の画像, in the order they came."""
    return tuple(attachment_view(each) for each in attached if each.field == PAPER_SCAN)
