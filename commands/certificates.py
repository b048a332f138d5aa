"""登録された証明書の指令: check them now, suspend one."""

import asyncio
from typing import Annotated

import typer

cli = typer.Typer(no_args_is_help=True, help="Registered certificates 登録された証明書.")


@cli.command(name="check")
def check_certificates(municipality: str = "282014") -> None:
    """Begin the daily check of registered certificates now; one that is under way stays the only one."""

    from procedures.values import MunicipalityCode
    from wiring.foundation import Foundation
    from workflows import schedules

    async def begin() -> None:
        schedule = schedules.certificate_status_id(MunicipalityCode(municipality))
        await schedules.begin(await Foundation().connect(), schedule)

    asyncio.run(begin())


@cli.command(name="suspend")
def suspend_certificate(
    serial: str, reason: Annotated[str, typer.Option(help="Kept in the history.")], municipality: str = "282014"
) -> None:
    """Suspend a registered certificate and end its sessions at once."""
    from api.administration.certificates import suspend_numbered
    from wiring.foundation import Foundation

    typer.echo(suspend_numbered(Foundation().database, municipality, serial, reason))
