"""A city that trusts one signing authority (two generations) and one login authority, over a real HTTP server."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from certificate_workshop import NOW, Answers, Authority, jpki_name, revocation_list, web
from trust_city import City

from trust.revocation import RevocationChecker, RevocationSettings


@pytest.fixture(scope="session")
def signing() -> Authority:
    return Authority("signing-03")


@pytest.fixture(scope="session")
def login() -> Authority:
    return Authority("login-03", "authentication", jpki_name("JPKI for user authentication"))


@pytest.fixture
def city(tmp_path: Path, signing: Authority, login: Authority) -> Iterator[City]:
    old = Authority("signing-02", begins=NOW - timedelta(days=2000), ends=NOW + timedelta(days=100))
    with web() as site, RevocationChecker(RevocationSettings(timeout=2)) as revocation:
        entries = [authority.anchor(site.base) for authority in (old, signing, login)]
        for authority in (old, signing, login):
            site.paths[f"/{authority.key}/ocsp"] = Answers(authority)
            site.paths[f"/{authority.key}/himeji.crl"] = revocation_list(authority, city="Himeji-shi")
            site.paths[f"/{authority.key}/all.crl"] = revocation_list(authority)
        yield City(site, tmp_path, entries, revocation, signing)
