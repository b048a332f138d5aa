"""窓口APIの試験の土台."""

from collections.abc import Iterator

import pytest

from machine.layout import Layout, environment, url
from sandbox.gateway.process import NeighbourProcess
from tests.api import annex as annexes
from tests.api.annex import Annex, Annexes
from tests.api.scenes import Ledger


@pytest.fixture
def ledger(town: Layout) -> Ledger:
    return Ledger(town)


@pytest.fixture(scope="module")
def annex_port() -> int:
    return annexes.free_port()


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory, annex_port: int) -> Iterator[NeighbourProcess]:
    """The city's identity provider, for the annex of this module."""
    folder = tmp_path_factory.getbasetemp() / f"annex-{annex_port}" / "identity"
    folder.mkdir(parents=True)
    callback = f"{url(annex_port)}/login/identity/callback"
    with NeighbourProcess("sandbox.identity", folder, "--callback", callback) as running:
        yield running


@pytest.fixture(scope="module")
def annex_of(
    town: Layout, provider: NeighbourProcess, annex_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Annexes]:
    """`annex_of("282081")`: the annex, as that municipality's people see it."""
    folder = tmp_path_factory.getbasetemp() / f"annex-{annex_port}"
    surroundings = environment(town) | annexes.identity_settings(provider, folder)
    with annexes.running(town, provider, folder, annex_port) as address:
        yield lambda municipality: Annex(town, address, municipality, surroundings)
