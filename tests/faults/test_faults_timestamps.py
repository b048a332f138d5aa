"""時刻認証局の故障: the day's anchor waits for its stamp, in sight, and gets it once the authority is back."""

import secrets

import pytest

from tests.faults.conftest import Neighbours
from tests.town import anchoring


@pytest.mark.parametrize("mode", ["down", "silent", "garbage"])
def test_an_anchor_waits_for_its_stamp_and_is_made_only_once(neighbours: Neighbours, mode: str) -> None:
    town, municipality = neighbours.layout, f"7{secrets.randbelow(100_000):05d}"
    neighbours.pki("tsa", mode)
    run_id = anchoring.begin(town, municipality)

    waiting = anchoring.await_tried(town, municipality, 2)
    assert waiting["token"] is None
    assert waiting["error"]

    neighbours.pki("tsa", "up")
    anchoring.hurry(town, run_id)
    anchoring.ended(town, run_id)
    (stamped,) = anchoring.rows(town, municipality)
    assert stamped["root"] == waiting["root"], "what was gathered that day is what is stamped"
    assert (stamped["token"] is not None, stamped["error"]) == (True, None)


def test_a_worker_that_dies_while_it_waits_leaves_the_anchor_to_the_next(neighbours: Neighbours) -> None:
    town, municipality = neighbours.layout, f"7{secrets.randbelow(100_000):05d}"
    neighbours.pki("tsa", "down")
    run_id = anchoring.begin(town, municipality)
    anchoring.await_tried(town, municipality, 1)

    killed = neighbours.kill("worker-cases")
    neighbours.pki("tsa", "up")
    neighbours.await_revived("worker-cases", killed)

    anchoring.ended(town, run_id)
    (stamped,) = anchoring.rows(town, municipality)
    assert stamped["token"] is not None
