"""職員の指令: appoint and dismiss officers."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.access.appointments import Appointment

cli = typer.Typer(no_args_is_help=True, help="Officers 職員 and their functions.")

Subject = Annotated[tuple[str, str] | None, typer.Option(help="ISSUER and SUB at the city's identity provider.")]


@cli.command(name="appoint")
def appoint_officer(
    name: Annotated[str, typer.Argument(help="The officer's name, as colleagues read it.")],
    duties: Annotated[list[str], typer.Argument(help="DEPARTMENT:FUNCTION, e.g. health:health_review.")],
    certificate: Annotated[Path | None, typer.Option(help="The officer's authentication certificate (DER).")] = None,
    subject: Subject = None,
    mail: Annotated[str | None, typer.Option(help="Where the officer is told of deadlines, besides the inbox.")] = None,
    municipality: str = "282014",
) -> None:
    """Give a person, known by certificate or at the identity provider or both, these duties and no others."""
    from api.access.appointments import certificate_in, read_appointment

    said = {"subject": subject, "name": name, "duties": duties, "mail": mail}
    _appoint(lambda: [read_appointment(said | {"certificate": certificate_in(certificate)})], municipality)


@cli.command(name="import")
def import_officers(file: Path, municipality: str = "282014") -> None:
    """Appoint everybody in a JSON file: [{"certificate": path, "name": …, "duties": ["health:health_review"]}, …]."""
    from api.access.appointments import read_appointments

    _appoint(lambda: read_appointments(file.read_bytes()), municipality)


@cli.command(name="dismiss")
def dismiss_officer(
    certificate: Annotated[Path | None, typer.Option(help="The officer's authentication certificate (DER).")] = None,
    subject: Subject = None,
    municipality: str = "282014",
) -> None:
    """End an officer's duties and sessions at once; what they had claimed is everybody's again."""
    from api.access.appointments import Appointments, NotAppointed, certificate_in
    from procedures.values import MunicipalityCode
    from wiring.foundation import Foundation

    foundation = Foundation()
    try:
        name = Appointments(foundation.database, foundation.verifier, foundation.library).dismiss_known_by(
            MunicipalityCode(municipality), certificate_in(certificate), subject
        )
    except NotAppointed as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from refused
    typer.echo(f"{name}: no duties any more.")


def _appoint(read: "Callable[[], Iterable[Appointment]]", municipality: str) -> None:
    from api.access.appointments import Appointments, NotAppointed
    from procedures.values import MunicipalityCode
    from wiring.foundation import Foundation

    foundation = Foundation()
    appointments = Appointments(foundation.database, foundation.verifier, foundation.library)
    try:
        for each in read():
            appointments.appoint(MunicipalityCode(municipality), each)
            typer.echo(f"{each.name}: {', '.join(each.duties)}")
    except NotAppointed as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from refused
