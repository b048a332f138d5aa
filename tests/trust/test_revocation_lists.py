"""失効リストの全件: what the daily check reads from a distribution point, and when it reads nothing at all."""

from datetime import timedelta

import pytest
from certificate_workshop import NOW, SERIAL, Answers, Authority, himeji, revocation_list
from cryptography.x509 import ocsp
from trust_city import City

from trust.anchors import Anchor, AnchorRegistry
from trust.evidence import Doubt, NoSource, Stale, Unreachable
from trust.revocation import RevocationChecker, RevocationSettings, RevocationStatus, issuer

CRL = "/signing-03/himeji.crl"
DAY = timedelta(days=1)


def read(city: City, signing: Authority, point: str | None = None, **settings: float) -> list[int]:
    anchor = Anchor.model_validate(signing.anchor(city.site.base))
    place = himeji(signing).rfc4514_string() if point is None else point
    with RevocationChecker(RevocationSettings(timeout=2, **settings)) as revocation:  # type: ignore[arg-type]
        return list(revocation.revoked_serials(anchor, place))


def test_every_serial_of_the_places_own_list_is_read(city: City, signing: Authority) -> None:
    city.site.paths[CRL] = revocation_list(signing, {SERIAL: NOW, 7: NOW}, city="Himeji-shi")
    assert sorted(read(city, signing)) == [7, SERIAL]


def test_a_list_that_names_nobody_is_a_list(city: City, signing: Authority) -> None:
    assert read(city, signing) == []


def test_a_certificate_without_a_place_is_covered_by_the_whole_list(city: City, signing: Authority) -> None:
    city.site.paths["/signing-03/all.crl"] = revocation_list(signing, {7: NOW})
    entry = signing.anchor(city.site.base) | {"revocation": {"crl": {"*": f"{city.site.base}/signing-03/all.crl"}}}
    with RevocationChecker() as revocation:
        assert list(revocation.revoked_serials(Anchor.model_validate(entry), "")) == [7]


def test_the_daily_check_never_takes_a_list_from_memory(city: City, signing: Authority) -> None:
    anchor = Anchor.model_validate(signing.anchor(city.site.base))
    with RevocationChecker() as revocation:
        for _ in range(2):
            list(revocation.revoked_serials(anchor, himeji(signing).rfc4514_string()))
    assert city.site.asked.count(CRL) == 2


@pytest.mark.parametrize(
    ("answer", "doubt"),
    [
        (lambda _: 503, Unreachable),
        (lambda _: b"0" * 500, Doubt),
        (lambda signing: revocation_list(signing, {7: NOW}, city="Aioi-shi"), Doubt),
        (lambda signing: revocation_list(signing, {7: NOW}, city="Himeji-shi", key="impostor"), Doubt),
        (lambda signing: revocation_list(signing, {7: NOW}, city="Himeji-shi", last=NOW - 9 * DAY), Stale),
        (
            lambda signing: revocation_list(signing, {7: NOW}, city="Himeji-shi", last=NOW - 2 * DAY, next_=NOW - DAY),
            Stale,
        ),
    ],
    ids=["unreachable", "garbage", "another place's", "forged", "too old", "past its nextUpdate"],
)
def test_no_serial_of_a_list_that_cannot_be_believed_is_handed_out(
    city: City, signing: Authority, answer: object, doubt: type[Doubt]
) -> None:
    city.site.paths[CRL] = answer(signing)  # type: ignore[operator]
    with pytest.raises(Doubt) as told:
        read(city, signing)
    assert type(told.value) is doubt


def test_a_place_the_registry_does_not_name_has_no_source(city: City, signing: Authority) -> None:
    entry = signing.anchor(city.site.base) | {"revocation": {"crl": {}}}
    with RevocationChecker() as revocation, pytest.raises(NoSource):
        revocation.revoked_serials(Anchor.model_validate(entry), "CN=nowhere")


def test_an_authority_is_found_by_its_key_even_when_all_generations_share_a_name(
    city: City, signing: Authority
) -> None:
    anchors: AnchorRegistry = city.anchors
    for anchor in anchors.stores[next(iter(anchors.stores))].anchors:
        assert issuer(anchors, anchor.key_id) is anchor
    with pytest.raises(NoSource, match="abcd"):
        issuer(anchors, bytes.fromhex("abcd"))


def test_a_certificate_of_which_only_the_number_is_kept_can_be_asked_about(city: City, signing: Authority) -> None:
    anchor = Anchor.model_validate(signing.anchor(city.site.base))
    with RevocationChecker(RevocationSettings(timeout=2)) as revocation:
        assert revocation.ask(anchor, SERIAL).status is RevocationStatus.GOOD
        city.site.paths["/signing-03/ocsp"] = Answers(
            signing, ocsp.OCSPCertStatus.REVOKED, revoked_at=NOW - timedelta(days=1)
        )
        assert revocation.ask(anchor, SERIAL).status is RevocationStatus.REVOKED
        city.site.paths["/signing-03/ocsp"] = 503
        with pytest.raises(Unreachable):
            revocation.ask(anchor, SERIAL)
