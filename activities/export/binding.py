"""製本: several tagged PDFs become one, page after page, with one structure tree over all of them."""

import io
from collections.abc import Sequence
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, NumberObject


def bind(parts: Sequence[bytes]) -> bytes:
    """製本 of tagged PDFs without links: copied, never laid out again, so memory grows with their bytes alone."""
    if len(parts) == 1:
        return parts[0]
    bound = _Binding(parts[0])
    for part in parts[1:]:
        bound.append(part)
    return bound.written()


class _Binding:
    """What is bound so far. Pages and structure elements of a part are renumbered behind those before it."""

    def __init__(self, first: bytes) -> None:
        self._writer = PdfWriter(clone_from=io.BytesIO(first))
        self._tree: Any = _at(self._writer.root_object, "/StructTreeRoot")
        self._numbers: Any = _at(_at(self._tree, "/ParentTree"), "/Nums")

    def append(self, part: bytes) -> None:
        reader = PdfReader(io.BytesIO(part))
        offset = self._next_number()
        for page in reader.pages:  # pypdf leaves the page's number in the structure tree behind
            added = self._writer.add_page(page)
            added[NameObject("/StructParents")] = NumberObject(_at(page, "/StructParents") + offset)
        self._graft(reader, offset)

    def _graft(self, reader: PdfReader, offset: int) -> None:
        """The part's tree hangs under ours; its table of parents is told with the new numbers."""
        theirs: Any = _at(reader.root_object, "/StructTreeRoot")
        grafted: Any = self._writer._add_object(theirs.clone(self._writer, force_duplicate=False))
        tree = grafted.get_object()
        for element in _at(tree, "/K"):
            element.get_object()[NameObject("/P")] = self._tree.indirect_reference
            _at(self._tree, "/K").append(element)
        numbers = _at(_at(tree, "/ParentTree"), "/Nums")
        for key, value in zip(numbers[::2], numbers[1::2], strict=True):
            self._numbers.extend([NumberObject(int(key) + offset), value])

    def _next_number(self) -> int:
        return max((int(key) for key in self._numbers[::2]), default=-1) + 1

    def written(self) -> bytes:
        file = io.BytesIO()
        self._writer.write(file)
        return file.getvalue()


def _at(parent: Any, key: str) -> Any:
    """The object itself, where `parent` holds a reference to it."""
    return parent[key].get_object()
