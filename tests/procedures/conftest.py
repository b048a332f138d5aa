"""手続の試験: a library of one sample procedure, written anew for each test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from procedures.document import Procedure
from procedures.loader import Library
from procedures.source import SourceInvalid

SAMPLE = (Path(__file__).parent / "sample.yaml").read_text("utf-8")

Edit = Callable[..., Path]
Refuse = Callable[..., list[str]]


@pytest.fixture
def written(tmp_path: Path) -> Edit:
    """Writes the sample with (old, new) replaced and returns the library's folder."""

    def write(*edits: tuple[str, str]) -> Path:
        source = SAMPLE
        for old, new in edits:
            assert source.count(old) >= 1, f"the sample does not hold {old!r}: correct the test"
            source = source.replace(old, new, 1)
        return _write(tmp_path, source)

    return write


def _write(root: Path, source: str) -> Path:
    documents = root / "library" / "sample" / "documents"
    documents.mkdir(parents=True, exist_ok=True)
    (documents / "certificate.html").write_text("<h1>証明書</h1>", "utf-8")
    (documents.parent / "procedure.yaml").write_text(source, "utf-8")
    return root / "library"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Procedure:
    return Library.read(_write(tmp_path_factory.mktemp("session"), SAMPLE)).current("sample")


@pytest.fixture
def refused(written: Edit, monkeypatch: pytest.MonkeyPatch) -> Refuse:
    """Reads the edited sample and returns the lines of its refusal."""

    def refuse(*edits: tuple[str, str]) -> list[str]:
        folder = written(*edits)
        monkeypatch.chdir(folder.parent)
        with pytest.raises(SourceInvalid) as caught:
            Library.read(folder)
        return str(caught.value).splitlines()

    return refuse
