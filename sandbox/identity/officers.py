"""職員: whom the identity provider knows, by subject (`sub`)."""

from sandbox.people import PEOPLE

NEWCOMER = "newcomer"
OFFICERS = {person.key: person.name for person in PEOPLE if person.duties} | {NEWCOMER: "新人　三郎"}
"""Everybody the demonstration appoints, and one whom nobody has appointed yet."""
