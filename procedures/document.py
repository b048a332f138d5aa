"""手続文書: one municipal procedure as a versioned, frozen document."""

from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from procedures import consistency
from procedures.form import Form, FormField, Id, ReviewForm
from procedures.process import Limits as ProcessLimits
from procedures.process import PinnedStep, Process
from procedures.rejection import Rejection
from procedures.rules import Facts, Rule
from procedures.steps import Approve, CertificateKind, CheckSignature, Deemed, Review, Step
from procedures.texts import Model, Text
from procedures.values import ProcedureId, StepId, Yen


class Department(Model):
    """担当課."""

    id: Id
    name: Text


class Eligibility(Model):
    """受給・申請資格: a rule that must be true, and what the resident is told where it is not."""

    rule: Rule
    """CEL over answers and today; true: may apply."""
    refusal: Text


class Fee(Model):
    """手数料."""

    rule: Rule
    """CEL over answers and today, giving whole yen."""
    description: Text
    """What it costs and under which ordinance."""


class Limits(ProcessLimits):
    """期限: as in the process, with bounds for whoever writes the document."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    processing_business_days: int = Field(ge=1, le=365)
    remind_business_days_before: int = Field(default=1, ge=0, le=60)
    payment_days: int = Field(default=7, ge=1, le=60)
    correction_days: int = Field(default=14, ge=1, le=180)


class Keywords(Model):
    """検索語: everyday words people search by, beside title and summary; readings are found by themselves."""

    ja: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
    ko: tuple[str, ...] = ()


class Reception(Model):
    """受付期間: when new applications are taken; corrections always are. Without it: always."""

    opens: date | None = None
    """First day, in Japan."""
    closes: date | None = None
    """Last day, in Japan."""
    from_time: time | None = None
    """Daily opening time in Japan, e.g. "06:30"."""
    until_time: time | None = None
    """Daily closing time in Japan; must be after from_time."""
    business_days_only: bool = False


class Function(Model):
    """職務: a role by what it does; officers hold functions."""

    id: Id
    title: Text


class Document(Model):
    """交付文書: one document the procedure issues."""

    id: Id
    title: Text
    template: Annotated[str, StringConstraints(pattern=r"^documents/[a-z][a-z0-9_]*\.html$")]
    """Jinja2 template beside procedure.yaml."""
    content: Literal["register", "answers"]
    """register: from the resident register, never from what was typed. answers: from the request."""
    sealed: bool
    """Sealed with the city's electronic seal (公印), verifiable by anyone."""


class Retention(Model):
    """保存期間: years from the first of April after the fiscal year in which it closes (`procedures.retention`); then
    it is purged and its key destroyed."""

    years: int = Field(ge=1, le=150)
    legal_basis: Text


def _pinned(step: Step) -> PinnedStep:
    quorum = step.quorum if isinstance(step, Approve) else 1
    return PinnedStep(id=StepId(step.id), kind=step.kind, parallel=step.parallel, quorum=quorum)


class Procedure(Model):
    """手続: everything a city writes down about one procedure. Read it with `procedures.loader.Library`."""

    id: Id
    """The folder's name under procedures/library."""
    version: int = Field(ge=1)
    """Counts up; a published version is never edited, only superseded."""
    title: Text
    summary: Text
    category: Literal["certificates", "health", "children", "welfare", "moving", "tax", "library", "business", "staff"]
    """Shelf in the catalogue."""
    life_events: tuple[
        Literal["birth", "childcare", "school", "moving", "marriage", "health", "work", "care", "bereavement"], ...
    ] = ()
    keywords: Keywords = Keywords()
    reception: Reception = Reception()
    department: Department
    legal_basis: Text
    audience: Literal["resident", "business", "officer"]
    identity: Literal["signature", "login"]
    """signature: signed with the signing certificate. login: authentication certificate only."""
    requirements: tuple[Text, ...] = Field(min_length=1)
    """What the applicant needs at hand."""
    form: Form
    eligibility: tuple[Eligibility, ...] = ()
    fee: Fee | None = None
    limits: Limits
    functions: tuple[Function, ...] = ()
    """Names of the functions its steps ask for."""
    steps: tuple[Step, ...] = Field(min_length=1, max_length=50)
    documents: tuple[Document, ...] = ()
    review_form: ReviewForm | None = None
    """None: reviewers are asked nothing beside their decision."""
    rejection: Rejection | None = None
    """None: a rejection is told in the portal, without a notice."""
    retention: Retention

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if found := consistency.mistakes(self.model_dump(mode="json")):
            raise PydanticCustomError(
                "inconsistent", "{mistakes}", {"mistakes": "\n".join(str(mistake) for mistake in found)}
            )
        return self

    def process(self) -> Process:
        """手続の進行: the part that travels into the workflow."""
        return Process(
            procedure=ProcedureId(self.id),
            version=self.version,
            department=self.department.id,
            rejection_notice=self.rejection is not None,
            limits=ProcessLimits.model_validate(self.limits.model_dump()),
            steps=tuple(_pinned(step) for step in self.steps),
        )

    def pinned(self, facts: Facts, *, signed: bool) -> Process:
        """固定した進行 of one case: the steps whose condition holds for it. A paper carries no signature to check.

        Raises RuleFailed.
        """
        whole = self.process()
        applying = {step.id for step in self.steps if step.applies(facts)}
        unsigned = frozenset() if signed else frozenset({"check_signature"})
        steps = tuple(step for step in whole.steps if step.id in applying and step.kind not in unsigned)
        return whole.model_copy(update={"steps": steps})

    @property
    def certificates(self) -> tuple[CertificateKind, ...]:
        """署名に使える電子証明書: whose certificates may sign; empty where nothing is signed."""
        return next((step.certificates for step in self.steps if isinstance(step, CheckSignature)), ())

    @property
    def deemed(self) -> tuple[StepId, Deemed] | None:
        """みなし: the level that declares what the law holds decided, and that; None: only officers decide."""
        reviews = (step for step in self.steps if isinstance(step, Review))
        return next(((StepId(review.id), review.deemed) for review in reviews if review.deemed is not None), None)

    def step(self, step_id: str) -> Step:
        """ステップ: by id. Raises KeyError."""
        return {step.id: step for step in self.steps}[step_id]

    def document(self, document_id: str) -> Document:
        """交付文書: by id. Raises KeyError."""
        return {document.id: document for document in self.documents}[document_id]

    def field(self, field_id: str) -> FormField:
        """項目: by id. Raises KeyError."""
        return {field.id: field for field in self.form.fields()}[field_id]

    def refusals(self, facts: Facts) -> tuple[Text, ...]:
        """資格の判定: why the resident may not apply; empty where they may. Raises RuleFailed."""
        return tuple(e.refusal for e in self.eligibility if not e.rule.evaluate_condition(facts))

    def fee_due(self, facts: Facts) -> Yen:
        """手数料額: whole yen; 0 where the procedure has no fee. Raises RuleFailed."""
        return self.fee.rule.evaluate_fee(facts) if self.fee else Yen(0)
