"""処理: the steps a case goes through, one options model per kind."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field

from procedures.form import Id
from procedures.rules import Facts, Rule
from procedures.texts import Model, Text


class StepBase(Model):
    """ステップ: what every kind of step has."""

    id: Id
    """Stable id within the version."""
    title: Text
    """Shown in the resident's timeline."""
    when: Rule | None = None
    """CEL over answers and today (the day of receipt); false: the step is passed over."""
    parallel: Id | None = None
    """Neighbouring steps of the same name run side by side."""

    def applies(self, facts: Facts) -> bool:
        """適用: whether the step is performed for this case. Raises RuleFailed."""
        return self.when is None or self.when.evaluate_condition(facts)


CertificateKind = Literal["individual", "business"]
"""電子証明書の名義: a person's (マイナンバーカード, スマートフォン) or an organisation's (商業登記, 認定認証業務)."""


class Claims(Model):
    """申告: what the answers say of the signing organisation; officers are told where its certificate differs."""

    name: Rule
    """CEL giving the organisation's name as text; compared without spaces and widths."""
    corporate_number: Rule | None = None
    """CEL giving the corporate number (法人番号) as text."""


class CheckSignature(StepBase):
    """署名検証: the applicant's signature over the submission."""

    kind: Literal["check_signature"]
    certificates: tuple[CertificateKind, ...] = Field(default=("individual",), min_length=1)
    """Whose certificates may sign."""
    claims: Claims | None = None
    """Only with certificates: [business]."""


class Subject(Model):
    """対象者: a member of the signer's household, found by name and birth date."""

    name: Rule
    """CEL giving the name as text; compared without spaces and widths."""
    birth_date: Rule
    """CEL giving an ISO date."""


class CheckRegister(StepBase):
    """住民記録との突合: the subject is a current resident, and eligible by the register's own facts."""

    kind: Literal["check_register"]
    subject: Subject | None = None
    """None: the signer."""
    eligible: Rule | None = None
    """CEL over answers, today, signer and register; false: the case is refused."""
    refusal: Text | None = None
    """Why, for the resident; required with eligible."""


class CollectFee(StepBase):
    """手数料の収納."""

    kind: Literal["collect_fee"]


class Review(StepBase):
    """審査: by an officer who holds the function."""

    kind: Literal["review"]
    function: Id


class Approve(StepBase):
    """決裁: by another officer than the reviewer."""

    kind: Literal["approve"]
    function: Id


class IssueDocument(StepBase):
    """文書の作成: render, seal and store one of the procedure's documents."""

    kind: Literal["issue_document"]
    document: Id


class Deliver(StepBase):
    """電子交付: the documents become downloadable and the resident is told."""

    kind: Literal["deliver"]
    documents: tuple[Id, ...] = Field(min_length=1)


class PostDocument(StepBase):
    """郵送: a mailing task with an address label for officers of the function."""

    kind: Literal["post_document"]
    document: Id
    function: Id


class AwardPoints(StepBase):
    """ポイント付与: once per programme and person."""

    kind: Literal["award_points"]
    programme: Id
    points: Rule
    """CEL over answers, today, signer and register, giving whole points."""
    programme_title: Text


class CloseAccount(StepBase):
    """利用者登録の抹消: of the applicant; the last step, because nobody can log in to see another."""

    kind: Literal["close_account"]


Step = Annotated[
    CheckSignature
    | CheckRegister
    | CollectFee
    | Review
    | Approve
    | IssueDocument
    | Deliver
    | PostDocument
    | AwardPoints
    | CloseAccount,
    Discriminator("kind"),
]
