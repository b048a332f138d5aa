"""手続文書の指令: check, publish and supersede procedure documents."""

import typer

from procedures.loader import Library

cli = typer.Typer(no_args_is_help=True, help="Procedure documents 手続文書: check, publish, supersede.")


@cli.command(name="check")
def check_procedures() -> None:
    """Read every procedure document; say what is wrong, where, and what to write instead."""
    from procedures.published import changed_editions
    from procedures.source import SourceInvalid

    try:
        library = Library.read()
    except SourceInvalid as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    changed = changed_editions()
    for line in changed:
        typer.echo(line, err=True)
    typer.echo(f"{len(library.all())} procedures read.")
    raise typer.Exit(1 if changed else 0)


@cli.command()
def schema() -> None:
    """Print the JSON Schema of a procedure document."""
    import json

    from procedures.schema import schema as document_schema

    typer.echo(json.dumps(document_schema(), ensure_ascii=False, indent=2))


@cli.command(name="publish")
def publish_procedure(procedure_id: str) -> None:
    """Lock the newest version of a procedure: from now on it can only be superseded."""
    from procedures.published import publish

    typer.echo(f"Published {publish(procedure_id)}.")


@cli.command(name="supersede")
def supersede_procedure(procedure_id: str) -> None:
    """Keep the published version under superseded/ and open the next one for editing."""
    from procedures.published import supersede

    typer.echo(f"Version {supersede(procedure_id)} of {procedure_id} is open for editing.")
