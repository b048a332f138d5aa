"""交付書面: what was issued is stored as it was, is valid where its case was delivered, and void where it was not."""

from collections.abc import Iterator

from faults.checker.facts import CLOSED, Facts, Finding, Row, by

PRINTS = frozenset({"delivered"})


def check(facts: Facts) -> Iterator[Finding]:
    """交付書面の検査."""
    for row in facts.documents:
        number = row["receipt_number"]
        stored = facts.objects.get(row["object_key"])
        if stored is None:
            yield Finding("document_lost", number, f"{row['document']} is not in the object store")
        elif stored != row["sha256"]:
            yield Finding("document_altered", number, f"{row['document']} is not what was issued")
        if facts.seals.get(str(row["id"])) is False:
            yield Finding("seal_invalid", number, f"pdfsig does not accept the seal of {row['document']}")
        for read in facts.said("read_document", number):
            if read["document"] == str(row["id"]) and read["sha256"] != row["sha256"]:
                yield Finding("document_altered", number, "the resident was given another file")
    for case in facts.cases:
        yield from _of_case(facts, case)


def _of_case(facts: Facts, case: Row) -> Iterator[Finding]:
    number, rows = case["receipt_number"], facts.of("documents", case["receipt_number"])
    valid = [row for row in rows if row["revoked_at"] is None and row["document"] != "rejection"]
    for step, of_step in by(valid, "step").items():
        if len(of_step) > 1:
            yield Finding("document_twice", number, f"{step} issued {len(of_step)} documents that are valid")
    if case["status"] in PRINTS and not valid:
        yield Finding("document_lost", number, "a delivered case without a document")
    if case["status"] in CLOSED - PRINTS and valid:
        yield Finding("document_valid", number, f"a case {case['status']} has a document that is still valid")
