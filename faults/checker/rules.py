"""規則: all of them."""

from collections.abc import Iterator

from faults.checker import cases, chain, documents, histories, inbox, mails, money, points
from faults.checker.facts import Facts, Finding

EFFECTS = (
    cases.check,
    money.check,
    points.check,
    documents.check,
    mails.check,
    inbox.check,
    chain.check,
)
"""What people and neighbours have in hand, whatever became of the workflows."""


def findings(facts: Facts) -> Iterator[Finding]:
    """発見: what contradicts what. Nothing is what we hope for."""
    yield from findings_in_effects(facts)
    yield from histories.check(facts)


def findings_in_effects(facts: Facts) -> Iterator[Finding]:
    """発見, where workflows were ended on purpose."""
    for rule in EFFECTS:
        yield from rule(facts)
