"""窓口APIの試験の土台."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from machine.layout import Layout
from tests.api.scenes import Books, Ledger, Newcomer


@pytest.fixture
def books(town: Layout) -> Iterator[Books]:
    found = Books(town)
    yield found
    found.close()


@pytest.fixture
def ledger(town: Layout) -> Ledger:
    return Ledger(town)


@pytest.fixture
def newcomer(books: Books) -> Iterator[Newcomer]:
    """`newcomer()`: a resident nobody else uses; `newcomer("health_review")`: an officer with that function."""
    with ExitStack() as stack:
        yield lambda *functions, **more: stack.enter_context(books.newcomer(*functions, **more))
