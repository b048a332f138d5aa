"""活動の試験の土台: a post office apart, with a database, a mail server and a push service of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from post_office import PostOffice

from machine.layout import Layout, environment
from machine.postgres import Role
from sandbox.gateway.process import NeighbourProcess


@pytest.fixture(scope="module")
def post_database(town: Layout, worker_id: str) -> Iterator[str]:
    """Its name. Not the town's own: whose worker would deliver what these tests write."""
    name = f"post_{worker_id}_{os.getpid()}"
    town.postgres.create_database(name)
    address = f"postgresql+psycopg://{Role.APP}@127.0.0.1:{town.ports.postgres}/{name}"
    surroundings = environment(town) | {"MADOGUCHI_STORE_DATABASE_URL": address}
    migrate = [f"{sys.prefix}/bin/madoguchi", "migrate"]
    subprocess.run(migrate, env=surroundings, cwd=town.clone, check=True, capture_output=True)
    yield name
    town.postgres.drop_database(name)


@pytest.fixture(scope="module")
def office(town: Layout, post_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostOffice]:
    folder = tmp_path_factory.mktemp("mail")
    with (
        NeighbourProcess("sandbox.mail", folder) as mail,
        NeighbourProcess("sandbox.push", folder) as push,
        town.postgres.connect(Role.OWNER, post_database) as owner,
    ):
        open_office = PostOffice(town, post_database, owner, folder, mail.url, push.url)
        try:
            yield open_office
        finally:
            open_office.close()
