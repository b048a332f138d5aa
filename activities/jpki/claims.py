"""申告との突合: does the certificate of the organisation that signed say what the application says of it?

A difference refuses nothing: it goes to the officer, as differences between certificate and resident register do. What
the certificate leaves unsaid counts as different: nobody has confirmed it.
"""

from collections.abc import Iterator, Mapping

from procedures.document import Procedure
from procedures.notation import fold_organization
from procedures.rules import Facts, Rule, RuleFailed
from procedures.steps import CheckSignature, Claims


def signer_differences(procedure: Procedure, facts: Facts) -> tuple[str, ...]:
    """相違: "name" and "corporate_number", where a signing organisation's certificate does not say the same."""
    claims = next((step.claims for step in procedure.steps if isinstance(step, CheckSignature)), None)
    if claims is None or not facts.signer or "organization" not in facts.signer:
        return ()
    return tuple(_differing(claims, facts, facts.signer))


def _differing(claims: Claims, facts: Facts, signer: Mapping[str, object]) -> Iterator[str]:
    if fold_organization(_claimed(claims.name, facts)) != fold_organization(str(signer["organization"])):
        yield "name"
    if claims.corporate_number and _claimed(claims.corporate_number, facts) != signer.get("corporate_number"):
        yield "corporate_number"


def _claimed(rule: Rule, facts: Facts) -> str:
    """What the application says; nothing, where the rule has no answer to read."""
    try:
        return rule.evaluate_text(facts)
    except RuleFailed:
        return ""
