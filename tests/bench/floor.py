"""床: the parts a delivered certificate cannot do without, each run bare, on the very page and signature of a case."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from pydantic_settings import BaseSettings
from temporalio.client import Client

from activities.desk import Desk, StepAtDesk
from activities.documents.issue import Documents
from activities.documents.press import Press
from activities.documents.render import RenderedDocument, Renderer
from activities.documents.seal import Sealer
from activities.documents.settings import DocumentSettings, SealSettings
from machine.layout import Layout, environment
from procedures.loader import Library
from procedures.values import MunicipalityCode, ReceiptNumber, StepId
from procedures.verification import Verification, new_code
from store.database import Database
from store.objects import Objects
from store.receipts import municipality_of
from store.settings import StoreSettings
from tests.bench.bare_workflow import bare_workers, run_bare
from tests.bench.meter import Reading
from trust.anchors import AnchorRegistry, Use
from trust.revocation import RevocationChecker
from trust.signature import Outcome, SignatureVerifier
from workflows.contracts import StepInput

TEMPLATE = "residence_certificate/documents/residence_certificate.html"

S = TypeVar("S", bound=BaseSettings)
Page = tuple[RenderedDocument, Verification]


@dataclass(frozen=True)
class Part:
    """部品: something to run bare, and what it took so far."""

    name: str
    run: Callable[[], object]
    taken: Reading = field(default_factory=Reading)


@dataclass(frozen=True)
class Floor:
    """床: everything loaded once, as in a worker. `parts` in the order render, seal, check, workflow."""

    parts: tuple[Part, Part, Part, Part]


@contextmanager
def floor(layout: Layout, receipt_number: str) -> Iterator[Floor]:
    """`receipt_number` names a delivered case, whose page and signature are used."""
    with ExitStack() as stack:
        sealer = stack.enter_context(Sealer(settings_of(SealSettings, layout)))
        renderer = Renderer(settings_of(DocumentSettings, layout).library)
        step, context = _step_and_context(layout, receipt_number, renderer, sealer)
        page = _page(renderer, context)
        revocation = stack.enter_context(RevocationChecker())
        anchors = AnchorRegistry.load(layout.pki / "anchors.json", allow_sandbox=True)
        yield Floor(
            (
                Part("WeasyPrint render", lambda: _page(renderer, context)),
                Part("pyHanko seal, B-LT", lambda: _seal(sealer, page)),
                Part("card signature check, OCSP", lambda: _check(SignatureVerifier(anchors, revocation), step)),
                Part("empty workflow, as many commands", _bare_workflow(layout, stack)),
            )
        )


def settings_of(kind: type[S], layout: Layout) -> S:
    """The settings that the product's own processes run with."""
    prefix = str(kind.model_config["env_prefix"])
    given = environment(layout)
    return kind(**{k.removeprefix(prefix).lower(): v for k, v in given.items() if k.startswith(prefix)})


async def connect(layout: Layout) -> Client:
    """Temporal, with nothing encrypted."""
    return await Client.connect(layout.temporal.address, namespace=layout.temporal.namespace)


def _step_and_context(
    layout: Layout, receipt_number: str, renderer: Renderer, sealer: Sealer
) -> tuple[StepAtDesk, Mapping[str, object]]:
    """The step that issues the document as its activity finds it, and what the activity fills the template with."""
    city = municipality_of(receipt_number) or MunicipalityCode("")
    given = StepInput(receipt_number=ReceiptNumber(receipt_number), municipality=city, step=StepId("issue"), epoch=1)
    with closing(Database(settings_of(StoreSettings, layout))) as database:
        desk, settings = Desk(database, Library.read()), settings_of(DocumentSettings, layout)
        step = desk.take(given, "issue_document")
        objects = Objects(layout.objects.as_uri())
        documents = Documents(desk, objects, renderer, Press(objects, renderer, sealer, settings))
        return step, documents._context(step)


def _page(renderer: Renderer, context: Mapping[str, object]) -> Page:
    verification = Verification(new_code(), "http://127.0.0.1:8000")
    return renderer.render(TEMPLATE, context, issued_at=datetime.now(UTC), verification=verification), verification


def _seal(sealer: Sealer, page: Page) -> None:
    document, verification = page
    sealer.seal(document.pdf, reason="住民票の写し", field_box=document.seal_box, verification_code=verification.code)


def _check(verifier: SignatureVerifier, step: StepAtDesk) -> None:
    case = step.case
    check = verifier.check(case.content, case.cms or b"", use=Use.SIGNING, received_at=case.submitted_at)
    assert check.outcome is Outcome.VALID, check.detail


def _bare_workflow(layout: Layout, stack: ExitStack) -> Callable[[], object]:
    """Workers and client in this process, the server as it runs for the cases."""
    runner = stack.enter_context(asyncio.Runner())
    client = runner.run(connect(layout))
    workers = bare_workers(client)
    runner.run(workers.__aenter__())
    stack.callback(lambda: runner.run(workers.__aexit__(None, None, None)))
    return lambda: runner.run(run_bare(client))
