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


class Period(Model):
    """法定の期間: from the day after the receipt; in calendar days or in business days, one of the two."""

    days: int | None = Field(default=None, ge=1, le=365)
    business_days: int | None = Field(default=None, ge=1, le=365)


class Deemed(Model):
    """みなし: what a law holds decided where the city has not decided within a period."""

    outcome: Literal["accept", "reject"]
    """accept: the case goes on behind its officers' levels. reject: the case ends as rejected."""
    after: Period
    correction: Literal["runs_on", "suspends"] = "runs_on"
    """suspends: a correction stops the period, where the law says so."""
    warn_business_days_before: int = Field(default=3, ge=0, le=60)
    """When holders and superiors are warned."""
    longest_extension_days: int = Field(default=0, ge=0, le=365)
    """By how many calendar days in all the law lets the city extend the period, with a reason that is told."""
    law: Text
    """The provision, e.g. 景観法第18条第1項."""
    explanation: Text
    """What it means for the resident, in a sentence or two."""


class Review(StepBase):
    """審査: by an officer who holds the function."""

    kind: Literal["review"]
    function: Id
    deemed: Deemed | None = None
    """None: however long it takes, only officers decide. On the first level only; it holds for all levels of the case
    that come before anything is handed over."""


class Deputy(Model):
    """代決: who may decide in place of a level where nobody did."""

    function: Id
    """Another function; its officers may decide beside those of the level."""
    after_business_days: int = Field(ge=1, le=60)
    """Counted from the day after the level was reached."""


class Approve(StepBase):
    """決裁: by officers who decided at no other level of this case (one person, one seal)."""

    kind: Literal["approve"]
    function: Id
    quorum: int = Field(default=1, ge=1, le=9)
    """定足数: how many different officers of the function must approve; one who does not ends the others' tasks."""
    deputy: Deputy | None = None
    """None: the level waits for its own officers, however long."""
    delegation: Text | None = None
    """専決: by which rule a lower level decides where `when` is false; officers read it in the route."""


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


class TellRegistry(StepBase):
    """受付の引継ぎ: the accepted case is typed into the registry's terminal, by a robot, under its receipt number."""

    kind: Literal["tell_registry"]


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
    | CloseAccount
    | TellRegistry,
    Discriminator("kind"),
]


def functions_of(step: Step) -> frozenset[str]:
    """職務: whose turn it may be at this step, the deputy's too; empty where no officer acts."""
    match step:
        case Approve(function=function, deputy=Deputy(function=deputy)):
            return frozenset({function, deputy})
        case Review(function=function) | Approve(function=function) | PostDocument(function=function):
            return frozenset({function})
        case _:
            return frozenset()
