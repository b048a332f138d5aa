"""正規化した申請: the same request gives the same bytes, and any change gives others."""

import json

import pytest
from pydantic import ValidationError

from procedures.submission import Attachment, Submission
from procedures.values import MunicipalityCode


def a_submission(**changes: object) -> Submission:
    content = {
        "procedure": "sample",
        "version": 1,
        "municipality": MunicipalityCode("282014"),
        "answers": {"name": "姫路　花子", "copies": 2, "agreed": True, "extras": ["domicile"]},
        "attachments": (Attachment(field="receipt", name="控え.pdf", sha256="a" * 64, bytes=12),),
        "nonce": "0123456789abcdef",
        "language": "ja",
    }
    return Submission(**{**content, **changes})


def test_the_canonical_bytes_are_those_of_rfc_8785() -> None:
    assert a_submission().canonical().decode() == (
        '{"answers":{"agreed":true,"copies":2,"extras":["domicile"],"name":"姫路　花子"},"attachments":[{"bytes":12,'
        '"field":"receipt","name":"控え.pdf","sha256":"' + "a" * 64 + '"}],"language":"ja","municipality":"282014",'
        '"nonce":"0123456789abcdef","procedure":"sample","version":1}'
    )
    # printf '%s' '…' | sha256sum
    assert a_submission().digest() == "99e4c5601cca7d35779bd39b2791fe90651afa9265bfbb245bd11cff9339b625"


def test_the_order_of_answers_and_a_trip_through_json_change_nothing() -> None:
    turned = a_submission(answers=dict(reversed(a_submission().answers.items())))
    assert turned.canonical() == a_submission().canonical()
    assert Submission.model_validate_json(a_submission().canonical()).canonical() == a_submission().canonical()


def test_attachments_are_ordered_by_field() -> None:
    first, second = (Attachment(field=name, name="x", sha256="b" * 64, bytes=1) for name in ("aa", "bb"))
    assert a_submission(attachments=(second, first)).digest() == a_submission(attachments=(first, second)).digest()


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"municipality": MunicipalityCode("282103")},
        {"answers": {"name": "姫路 花子"}},
        {"attachments": ()},
        {"nonce": "0123456789abcdeF"},
        {"language": "en"},
    ],
)
def test_any_change_changes_the_digest(change) -> None:
    assert a_submission(**change).digest() != a_submission().digest()


@pytest.mark.parametrize(
    "content",
    [{"sha256": "A" * 64}, {"sha256": "a" * 63}, {"bytes": -1}, {"bytes": "12"}, {"name": ""}, {"extra": 1}],
)
def test_a_malformed_attachment_is_refused(content) -> None:
    with pytest.raises(ValidationError):
        Attachment(**{"field": "receipt", "name": "x", "sha256": "a" * 64, "bytes": 1, **content})


def test_the_canonical_bytes_read_back_as_json() -> None:
    assert json.loads(a_submission().canonical())["answers"]["copies"] == 2
