"""対象者: who is paid by the hour: the very people who write the clubs' monthly reports (`sandbox/scans/clubs.py`)."""

from dataclasses import dataclass

from sandbox.scans.clubs import clubs


@dataclass(frozen=True)
class Officer:
    """対象者: `number` is the 職員番号, six digits; `club` the number of the club, three."""

    number: str
    name: str
    club: str


def officers(seed: int) -> tuple[Officer, ...]:
    """対象者一覧: the same seed, the same people."""
    return tuple(Officer(person.number, person.name, club.number) for club in clubs(seed) for person in club.people)
