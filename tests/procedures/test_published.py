"""公開版: a published version stays as it was; superseding keeps it and opens the next."""

import pytest

from procedures.loader import Library, ProcedureUnknown
from procedures.published import EditionChanged, changed_editions, publish, supersede


def test_an_unpublished_version_says_how_to_publish_it(written) -> None:
    assert changed_editions(written()) == [
        "sample/1 is not published. When it is ready, run: madoguchi procedures publish sample"
    ]


def test_a_published_version_is_quiet_and_may_be_published_again(written) -> None:
    folder = written()
    assert publish("sample", folder) == "sample/1"
    assert publish("sample", folder) == "sample/1"
    assert changed_editions(folder) == []


@pytest.mark.parametrize("file", ["procedure.yaml", "documents/certificate.html"])
def test_an_edited_published_version_names_the_file_and_the_command(written, file) -> None:
    folder = written()
    publish("sample", folder)
    with (folder / "sample" / file).open("a", encoding="utf-8") as edited:
        edited.write("\n")
    (sentence,) = changed_editions(folder)
    assert f"sample/1 is published and cases run on it, but it was edited: {file}." in sentence
    assert "run: madoguchi procedures supersede sample" in sentence
    with pytest.raises(EditionChanged, match="madoguchi procedures supersede sample"):
        publish("sample", folder)
    with pytest.raises(EditionChanged, match="git restore"):
        supersede("sample", folder)


def test_an_added_document_is_a_change_too(written) -> None:
    folder = written()
    publish("sample", folder)
    (folder / "sample" / "documents" / "new.html").touch()
    assert "edited: documents/new.html" in changed_editions(folder)[0]


def test_superseding_keeps_the_old_version_for_its_cases(written) -> None:
    folder = written()
    publish("sample", folder)
    assert supersede("sample", folder) == 2
    page = folder / "sample" / "documents" / "certificate.html"
    page.write_text("<h1>新しい証明書</h1>", "utf-8")
    library = Library.read(folder)
    assert library.current("sample").version == 2
    assert library.version("sample", 1).version == 1
    assert library.template("sample", 1, "certificate").read_text("utf-8") == "<h1>証明書</h1>"
    assert library.template("sample", 2, "certificate") == page
    assert changed_editions(folder) == [
        "sample/2 is not published. When it is ready, run: madoguchi procedures publish sample"
    ]
    publish("sample", folder)
    assert changed_editions(folder) == []


def test_only_a_published_version_is_superseded(written) -> None:
    with pytest.raises(EditionChanged, match="sample/1 is not published: edit it as it is"):
        supersede("sample", written())


def test_an_edited_superseded_version_is_found(written) -> None:
    folder = written()
    publish("sample", folder)
    supersede("sample", folder)
    publish("sample", folder)
    (folder / "sample" / "superseded" / "1" / "documents" / "certificate.html").write_text("altered", "utf-8")
    assert changed_editions(folder)[0].startswith("sample/1 is published and cases run on it, but it was edited")


def test_a_procedure_that_is_not_there_is_named(written) -> None:
    folder = written()
    with pytest.raises(EditionChanged, match='there is no procedure "samples"; there are: sample'):
        publish("samples", folder)
    library = Library.read(folder)
    with pytest.raises(ProcedureUnknown, match='no procedure "samples"'):
        library.current("samples")
    with pytest.raises(ProcedureUnknown, match='no version 7 of procedure "sample"'):
        library.version("sample", 7)
