"""紙の申請: the account made for a paper, what an officer wrote down beside its answers, what is still to be done."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, text, update

from procedures.paper import Arrival, IdentityCheck, RecordedIdentity, StatedPerson
from procedures.texts import Language
from procedures.values import ProcedureId, ReceiptNumber, StepId
from store.tables import account, audit, draft, officer, paper_filing, paper_notice

ToldHow = Literal["letter", "telephone", "in_person"]


@dataclass(frozen=True)
class PaperRow:
    """紙の申請 as stored. Until `checked_at` nobody has written down whose it is."""

    account_id: UUID
    entered_by: UUID
    entered_by_name: str
    started_at: datetime
    stated: StatedPerson | None
    identity_check: RecordedIdentity | None
    checked_by_name: str | None
    checked_at: datetime | None
    absence_confirmed_at: datetime | None


@dataclass(frozen=True)
class PaperDraftRow:
    """入力中の紙の申請."""

    id: UUID
    account_id: UUID
    procedure: ProcedureId
    version: int
    arrival: Arrival
    received_on: date | None
    corrects: ReceiptNumber | None
    receipt_number: ReceiptNumber | None
    updated_at: datetime
    entered_by_name: str


@dataclass(frozen=True)
class PaperCaseRow:
    """対応が必要な紙の申請: an open one, or one that was closed with something left to do."""

    receipt_number: ReceiptNumber
    procedure: ProcedureId
    version: int
    status: str
    reason: str | None
    step: StepId | None
    arrival: Arrival
    received_at: datetime
    due_at: datetime
    closed_at: datetime | None
    untold: int
    refund_due: int


@dataclass(frozen=True)
class PaperNoticeRow:
    """紙の申請者へのお知らせ: told or to be told."""

    id: UUID
    kind: str
    created_at: datetime
    told_at: datetime | None
    told_how: ToldHow | None
    told_by_name: str | None


# --- the account and what was written down ----------------------------------------------------------------------------


def begin(connection: Connection, entered_by: UUID) -> UUID:
    """始める: an account nobody logs in to, because a draft and a case are always somebody's; its id."""
    made = UUID(str(connection.execute(insert(account).returning(account.c.id)).scalar_one()))
    connection.execute(insert(paper_filing).values(account_id=made, entered_by=entered_by))
    return made


def discard(connection: Connection, account_id: UUID) -> None:
    """入力をやめる: what was written down goes, and the account is closed."""
    connection.execute(delete(paper_filing).where(paper_filing.c.account_id == account_id))
    connection.execute(update(account).where(account.c.id == account_id).values(closed_at=func.now()))


def read(connection: Connection, account_id: UUID) -> PaperRow | None:
    """紙の申請 of this account; None: the account is a person's own."""
    entered, checked = officer.alias(), officer.alias()
    statement = (
        select(
            paper_filing.c.account_id,
            paper_filing.c.entered_by,
            entered.c.name.label("entered_by_name"),
            paper_filing.c.started_at,
            paper_filing.c.stated,
            paper_filing.c.identity_check,
            checked.c.name.label("checked_by_name"),
            paper_filing.c.checked_at,
            paper_filing.c.absence_confirmed_at,
        )
        .join(entered, entered.c.account_id == paper_filing.c.entered_by)
        .outerjoin(checked, checked.c.account_id == paper_filing.c.checked_by)
        .where(paper_filing.c.account_id == account_id)
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    documents = {
        "stated": row.stated and StatedPerson.model_validate(row.stated),
        "identity_check": row.identity_check and RecordedIdentity.model_validate(row.identity_check),
    }
    return PaperRow(**{**row._mapping, **documents})


def note_identity(
    connection: Connection, account_id: UUID, stated: StatedPerson, check: IdentityCheck, by: UUID
) -> None:
    """本人確認の記録: who looked, and when, is whoever writes it down."""
    values = {
        "stated": stated.facts(),
        "identity_check": check.model_dump(mode="json"),
        "checked_by": by,
        "checked_at": func.now(),
    }
    connection.execute(update(paper_filing).where(paper_filing.c.account_id == account_id).values(**values))


def put_stated_right(connection: Connection, account_id: UUID, stated: StatedPerson) -> None:
    """本人の記載の訂正: misread from the paper. Whether they are in the register is an open question again."""
    values = {"stated": stated.facts(), "absence_confirmed_by": None, "absence_confirmed_at": None}
    connection.execute(update(paper_filing).where(paper_filing.c.account_id == account_id).values(**values))


def confirm_absence(connection: Connection, account_id: UUID, by: UUID) -> None:
    """登録のないことの確認."""
    values = {"absence_confirmed_by": by, "absence_confirmed_at": func.now()}
    connection.execute(update(paper_filing).where(paper_filing.c.account_id == account_id).values(**values))


def note_entered(connection: Connection, account_id: UUID, by: UUID) -> None:
    """入力した職員: whoever files it, not whoever began."""
    connection.execute(update(paper_filing).where(paper_filing.c.account_id == account_id).values(entered_by=by))


def was_entered_by(connection: Connection, receipt_number: ReceiptNumber, officer_id: UUID) -> bool:
    """入力した職員か否か: of the paper, or of a correction of it; the workflow lets somebody else decide."""
    entering = audit.c.action.in_(("entered_on_paper", "corrected")), audit.c.actor == f"officer:{officer_id}"
    found = select(audit.c.seq).where(audit.c.receipt_number == receipt_number, *entering).limit(1)
    return connection.execute(found).scalar_one_or_none() is not None


# --- what is being entered --------------------------------------------------------------------------------------------

_DRAFT = (
    *(draft.c[name] for name in PaperDraftRow.__annotations__ if name in draft.c),
    officer.c.name.label("entered_by_name"),
)
_DRAFTS = (
    select(*_DRAFT)
    .join(paper_filing, paper_filing.c.account_id == draft.c.account_id)
    .join(officer, officer.c.account_id == paper_filing.c.entered_by)
)


def draft_of(connection: Connection, draft_id: UUID) -> PaperDraftRow | None:
    """入力中の一件, or one that was filed; whose draft it is, a paper never says."""
    row = connection.execute(_DRAFTS.where(draft.c.id == draft_id)).one_or_none()
    return None if row is None else PaperDraftRow(**row._mapping)


def drafts(connection: Connection, procedures: Collection[ProcedureId]) -> tuple[PaperDraftRow, ...]:
    """入力中の紙の申請 of these procedures, the one touched last first."""
    unfiled = _DRAFTS.where(draft.c.receipt_number.is_(None), draft.c.procedure.in_(procedures))
    rows = connection.execute(unfiled.order_by(draft.c.updated_at.desc()).limit(100))
    return tuple(PaperDraftRow(**row._mapping) for row in rows)


def change_receipt(
    connection: Connection, draft_id: UUID, arrival: Arrival, received_on: date, language: Language
) -> None:
    """受付の訂正, while the paper is being entered."""
    values = {"arrival": arrival, "received_on": received_on, "language": language, "updated_at": func.now()}
    connection.execute(update(draft).where(draft.c.id == draft_id).values(**values, revision=draft.c.revision + 1))


# --- what is still to be done -----------------------------------------------------------------------------------------

_TO_DO = text(
    """
    with found as (
        select receipt_number from case_file where arrival <> 'online' and closed_at is null
        union select receipt_number from paper_notice where told_at is null
        union select receipt_number from payment where refund_due > 0)
    select c.receipt_number, c.procedure, c.version, c.status, c.reason, c.step, c.arrival, c.received_at, c.due_at,
           c.closed_at,
           (select count(*) from paper_notice n where n.receipt_number = c.receipt_number and n.told_at is null)
               as untold,
           (select coalesce(sum(p.refund_due), 0) from payment p where p.receipt_number = c.receipt_number)
               as refund_due
      from found join case_file c using (receipt_number)
     where (c.department, c.procedure) in (select * from unnest(cast(:departments as text[]),
                                                                cast(:procedures as text[])))
     order by c.due_at, c.receipt_number limit 200
    """
)


def to_do(connection: Connection, procedures: Collection[tuple[str, ProcedureId]]) -> tuple[PaperCaseRow, ...]:
    """進行中の紙の申請 of these (department, procedure), the nearest deadline first, and closed ones with work left."""
    asked = {"departments": [each[0] for each in procedures], "procedures": [each[1] for each in procedures]}
    return tuple(PaperCaseRow(**row._mapping) for row in connection.execute(_TO_DO, asked))


def notices(connection: Connection, receipt_number: ReceiptNumber) -> tuple[PaperNoticeRow, ...]:
    """お知らせ of a case, the oldest first."""
    statement = (
        select(
            paper_notice.c.id,
            paper_notice.c.kind,
            paper_notice.c.created_at,
            paper_notice.c.told_at,
            paper_notice.c.told_how,
            officer.c.name.label("told_by_name"),
        )
        .outerjoin(officer, officer.c.account_id == paper_notice.c.told_by)
        .where(paper_notice.c.receipt_number == receipt_number)
        .order_by(paper_notice.c.created_at, paper_notice.c.id)
    )
    return tuple(PaperNoticeRow(**row._mapping) for row in connection.execute(statement))


def note_told(
    connection: Connection, receipt_number: ReceiptNumber, notice_id: UUID, how: ToldHow, by: UUID
) -> str | None:
    """伝えた: the kind of notice; None where there is none to tell (any more)."""
    statement = (
        update(paper_notice)
        .where(
            paper_notice.c.id == notice_id,
            paper_notice.c.receipt_number == receipt_number,
            paper_notice.c.told_at.is_(None),
        )
        .values(told_at=func.now(), told_how=how, told_by=by)
        .returning(paper_notice.c.kind)
    )
    kind: str | None = connection.execute(statement).scalar_one_or_none()
    return kind
