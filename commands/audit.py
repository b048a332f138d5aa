"""監査の指令: verify the audit log and its anchors, anchor it now, and take the evidence of a case."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.audit.verification import Verification
    from store.chain import Finding

cli = typer.Typer(no_args_is_help=True, help="The audit log 監査記録: verify it, anchor it, give evidence of a case.")

Municipality = Annotated[str | None, typer.Option(help="Its code; without it, every municipality of this counter.")]


@cli.command(name="verify")
def verify_log(
    municipality: Municipality = None,
    case: Annotated[str | None, typer.Option(help="Only this receipt number.")] = None,
    known: Annotated[list[str] | None, typer.Option(help="An anchor's root written down elsewhere (hex).")] = None,
) -> None:
    """Walk every chain and check every anchor. Status 0: the log is as it was written; 1: something was found."""
    from api.audit.verification import Verification
    from procedures.values import MunicipalityCode, ReceiptNumber
    from store.database import Database
    from store.settings import StoreSettings
    from trust.anchors import AnchorRegistry
    from wiring.settings import Environment, TrustSettings

    database = Database(StoreSettings())
    registry = AnchorRegistry.load(TrustSettings().anchors_file, allow_sandbox=Environment().sandbox)
    found = 0
    for code in _municipalities(municipality, case):
        verification = Verification(database, registry, MunicipalityCode(code))
        for each in verification.findings(ReceiptNumber(case) if case else None, known or ()):
            found += 1
            typer.echo(_told(code, each))
        _summary(code, verification)
        if case and not verification.lines and not found:
            raise typer.BadParameter(f"There is no case {case}.")
    database.close()
    typer.echo("Nothing was found." if not found else f"{found} found. What to do: docs/operations.md, The audit log.")
    raise typer.Exit(1 if found else 0)


@cli.command(name="anchor")
def anchor_now(municipality: str = "282014") -> None:
    """Begin an anchor now; one that is under way stays the only one."""
    from procedures.values import MunicipalityCode
    from wiring.foundation import Foundation
    from workflows import schedules

    async def begin() -> None:
        schedule = schedules.audit_anchor_id(MunicipalityCode(municipality))
        await schedules.begin(await Foundation().connect(), schedule)

    asyncio.run(begin())


@cli.command(name="evidence")
def take_evidence(
    receipt_number: str,
    out: Annotated[Path | None, typer.Option(help="The ZIP to write; NUMBER-evidence.zip if not said.")] = None,
) -> None:
    """Write the evidence of a case as a ZIP that others can verify. It holds personal data; taking it is logged."""
    from api.audit.evidence import Evidence
    from api.problems import Problem
    from procedures.values import MunicipalityCode, ReceiptNumber
    from wiring.foundation import Foundation

    foundation = Foundation()
    room = Evidence(foundation.database, foundation.objects, foundation.anchors)
    number = ReceiptNumber(receipt_number)
    try:
        data = room.taken_at_the_server(MunicipalityCode(receipt_number[:6]), number)
    except Problem as refused:
        raise typer.BadParameter(f"There is no case {receipt_number}.") from refused
    target = out or Path(f"{receipt_number}-evidence.zip")
    target.touch(mode=0o600)
    target.write_bytes(data)
    typer.echo(f"{target}: {len(data):,} bytes. It holds personal data: keep it accordingly.")


def _municipalities(municipality: str | None, case: str | None) -> list[str]:
    from api.settings import WebSettings

    if municipality:
        return [municipality]
    return [case[:6]] if case else list(WebSettings().municipalities)


def _told(municipality: str, found: "Finding") -> str:
    where = found.receipt_number or f"{municipality} anchor {found.anchor or '-'}"
    line = f" line {found.seq}" if found.seq is not None else ""
    return f"{where}{line}: {found.kind}. {found.meaning}"


def _summary(municipality: str, done: "Verification") -> None:
    for remark in done.remarks:
        typer.echo(f"{municipality}: {remark}")
    typer.echo(
        f"{municipality}: {done.cases:,} cases, {done.lines:,} lines; {done.anchors:,} anchors over {done.ends:,} ends."
    )
