"""整合性: what must hold between the parts of a procedure document.

Works on the plain data, so that one reading lists these mistakes together with wrong types and unknown keys; parts of
the wrong shape are passed over here, `procedures.loader` reports them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from procedures.field_mistakes import field_mistakes, reception_mistakes, review_mistakes
from procedures.mistakes import Mistake, Where, suggested
from procedures.parts import Node, fields, ids, nodes, repeated, review_fields, sections
from procedures.rules import CEL_FUNCTIONS, FUNCTIONS, Rule, syntax_problem
from procedures.submission import PAPER_SCAN


def mistakes(data: Node) -> list[Mistake]:
    """誤りの一覧: every inconsistency of the document."""
    return [
        *_repeated_ids(data),
        *_taken_ids(data),
        *field_mistakes(data),
        *review_mistakes(data),
        *_rule_mistakes(data),
        *_step_mistakes(data),
        *_deemed_mistakes(data),
        *_process_mistakes(data),
        *reception_mistakes(data),
    ]


def _repeated_ids(data: Node) -> Iterator[Mistake]:
    yield from repeated(sections(data), "id", "the section id")
    yield from repeated(fields(data), "id", "the field id")
    yield from repeated(review_fields(data), "id", "the field id")
    yield from repeated(nodes(data.get("rejection") or {}, "grounds", ("rejection",)), "id", "the ground id")
    for key, noun in (("steps", "step"), ("documents", "document"), ("functions", "function")):
        yield from repeated(nodes(data, key), "id", f"the {noun} id")


def _taken_ids(data: Node) -> Iterator[Mistake]:
    for where, field in fields(data):
        if field.get("id") == PAPER_SCAN:
            yield Mistake((*where, "id"), f'"{PAPER_SCAN}" is the scan of a paper form', "another id")


@dataclass(frozen=True)
class _Place:
    """A rule in the document: what it says and what it may read."""

    where: Where
    rule: Rule
    facts: frozenset[str]
    above: Mapping[str, Node]


_ANSWERS = frozenset({"answers", "today"})
_PEOPLE = _ANSWERS | {"signer", "register"}


def _place(where: Where, node: Any, key: str, facts: frozenset[str], above: Mapping[str, Node]) -> Iterator[_Place]:
    source = node.get(key) if isinstance(node, Mapping) else None
    if isinstance(source, str) and syntax_problem(source) is None:
        yield _Place((*where, key), Rule(source), facts, above)


def _rule_places(data: Node) -> Iterator[_Place]:
    above: dict[str, Node] = {}
    for where, field in fields(data):
        yield from _place(where, field, "visible_when", _ANSWERS, dict(above))
        for place, dated in [(where, field), *nodes(field, "fields", where)]:
            for key in ("minimum", "maximum") if dated.get("kind") == "date" else ():
                yield from _place(place, dated, key, _ANSWERS, dict(above))
        above |= {str(field.get("id")): field}
    for where, noted in review_fields(data):
        for key in ("minimum", "maximum") if noted.get("kind") == "date" else ():
            yield from _place(where, noted, key, frozenset({"today"}), {})
    for where, eligibility in nodes(data, "eligibility"):
        yield from _place(where, eligibility, "rule", _ANSWERS, above)
    yield from _place(("fee",), data.get("fee"), "rule", _ANSWERS, above)
    for where, step in nodes(data, "steps"):
        yield from _place(where, step, "when", _ANSWERS, above)
        yield from _place(where, step, "eligible", _PEOPLE, above)
        yield from _place(where, step, "points", _PEOPLE, above)
        for part, keys in (("subject", ("name", "birth_date")), ("claims", ("name", "corporate_number"))):
            for key in keys:
                yield from _place((*where, part), step.get(part), key, _ANSWERS, above)


def _rule_mistakes(data: Node) -> Iterator[Mistake]:
    every_field = set(ids(fields(data)))
    for place in _rule_places(data):
        yield from _unknown_names(place)
        yield from _unknown_fields(place, every_field)


def _unknown_names(place: _Place) -> Iterator[Mistake]:
    for name in sorted(place.rule.facts - place.facts):
        yield Mistake(place.where, f'the rule reads "{name}", which is not known here', suggested(name, place.facts))
    known = CEL_FUNCTIONS | FUNCTIONS.keys()
    for name in sorted(place.rule.functions - known):
        yield Mistake(place.where, f'the rule calls "{name}", which does not exist', suggested(name, known))
    if place.rule.reads_all_answers:
        yield Mistake(place.where, "the rule reads answers without naming a field", "answers.<field id>")


def _unknown_fields(place: _Place, every_field: set[str]) -> Iterator[Mistake]:
    kinds = {name: field.get("kind") for name, field in place.above.items()}
    readable = {name for name, kind in kinds.items() if kind != "attachment"}
    for name in sorted(place.rule.fields - readable):
        if kinds.get(name) == "attachment":
            problem = f'the rule reads "{name}", an attachment; files are not facts'
        elif name in every_field:
            problem = f'the rule reads "{name}", which is asked further down'
        else:
            problem = f'the rule reads "{name}", which is no field of the form'
        near = suggested(name, {f"answers.{field}" for field in readable})
        yield Mistake(place.where, problem, near)
    yield from _unknown_item_fields(place)


def _unknown_item_fields(place: _Place) -> Iterator[Mistake]:
    """What a rule reads of the items of a group: answers.children[0].name, or c.name in a macro over the group."""
    for group, name in sorted(place.rule.item_fields):
        field = place.above.get(group, {})
        known = ids(nodes(field, "fields"))
        if field.get("kind") == "group" and name not in known:
            problem = f'the rule reads "{name}" of "{group}", which its items are not asked'
            yield Mistake(place.where, problem, suggested(name, known))


def _step_mistakes(data: Node) -> Iterator[Mistake]:
    documents, functions = ids(nodes(data, "documents")), ids(nodes(data, "functions"))
    for where, step in nodes(data, "steps"):
        for key, word in _named_documents(step):
            if word not in documents:
                yield Mistake((*where, *key), f'no document has the id "{word}"', suggested(word, documents))
        function = step.get("function")
        if isinstance(function, str) and function not in functions:
            problem = f'the function "{function}" is not declared under functions'
            yield Mistake((*where, "function"), problem, suggested(function, functions))
        yield from _deputy_mistakes(where, step, functions)
        if step.get("delegation") is not None and step.get("when") is None:
            problem = "delegation says why the level is passed over, and without when it never is"
            yield Mistake((*where, "delegation"), problem, "when: a rule, or leave the delegation out")
        if (step.get("eligible") is None) != (step.get("refusal") is None):
            yield Mistake(where, "eligible and refusal belong together", "both, or neither")


def _deemed_mistakes(data: Node) -> Iterator[Mistake]:
    """みなし: one period, counted from the receipt, over all levels of the case."""
    levels = [(where, step) for where, step in nodes(data, "steps") if step.get("kind") in ("review", "approve")]
    for number, (where, step) in enumerate(levels):
        deemed = step.get("deemed")
        if not isinstance(deemed, Mapping):
            continue
        if number > 0:
            problem = "deemed is about the whole case, and officers have decided before this level"
            yield Mistake((*where, "deemed"), problem, "deemed on the first level")
        after = deemed.get("after")
        if isinstance(after, Mapping) and (after.get("days") is None) == (after.get("business_days") is None):
            problem = "a period is counted in calendar days or in business days"
            yield Mistake((*where, "deemed", "after"), problem, "days: 30, or business_days: 20")


def _deputy_mistakes(where: Where, step: Node, functions: Collection[str]) -> Iterator[Mistake]:
    """代決: by others than those who were waited for."""
    deputy = step.get("deputy")
    word = deputy.get("function") if isinstance(deputy, Mapping) else None
    if not isinstance(word, str):
        return
    place = (*where, "deputy", "function")
    others = [each for each in functions if each != step.get("function")]
    if word not in functions:
        yield Mistake(place, f'the function "{word}" is not declared under functions', suggested(word, functions))
    elif word == step.get("function"):
        problem = f'the deputy holds "{word}" like the level itself, so nobody would be added'
        yield Mistake(place, problem, suggested(word, others) if others else "another function")


def _named_documents(step: Node) -> Iterator[tuple[Where, str]]:
    if isinstance(document := step.get("document"), str):
        yield ("document",), document
    documents = step.get("documents")
    for i, word in enumerate(documents if isinstance(documents, list) else []):
        if isinstance(word, str):
            yield ("documents", i), word


def _process_mistakes(data: Node) -> Iterator[Mistake]:
    yield from _order(data)
    yield from _only_if(data, "collect_fee", ("fee",), wanted=data.get("fee") is not None, because="a fee")
    signed = data.get("identity") == "signature"
    yield from _only_if(data, "check_signature", ("identity",), wanted=signed, because="identity: signature")
    yield from _signers(data)
    yield from _parallel_groups(data)
    yield from _taking_over(data)
    yield from _farewell(data)


def _only_if(data: Node, kind: str, key: Where, *, wanted: bool, because: str) -> Iterator[Mistake]:
    found = [where for where, step in nodes(data, "steps") if step.get("kind") == kind]
    if wanted and not found:
        yield Mistake(key, f"{because} needs a step {kind}", f"a step with kind: {kind}")
    for where in found if not wanted else found[1:]:
        problem = f"{kind} comes twice" if wanted else f"{kind} needs {because}"
        yield Mistake((*where, "kind"), problem, "one such step" if wanted else f"{because}, or leave the step out")


def _signers(data: Node) -> Iterator[Mistake]:
    """The resident register and the points know people, and only an organisation's certificate confirms its claims."""
    organizations = False
    for where, step in nodes(data, "steps"):
        kind, accepted = step.get("kind"), step.get("certificates")
        if kind == "check_signature":
            organizations = isinstance(accepted, list | tuple) and "business" in accepted
            if step.get("claims") is not None and not organizations:
                problem = "claims are about an organisation, whose certificate is not accepted here"
                yield Mistake((*where, "claims"), problem, "certificates: [business], or leave the claims out")
        elif kind in {"check_register", "award_points"} and organizations:
            problem = f"{kind} is about a person, and organisations may sign here"
            yield Mistake((*where, "kind"), problem, "certificates: [individual] in check_signature, or leave it out")


def _order(data: Node) -> Iterator[Mistake]:
    """A document is issued, from a checked register where it says so, before anything is done with it."""
    contents = {node.get("id"): node.get("content") for _, node in nodes(data, "documents")}
    issued: dict[str, Any] = {}
    checked = False
    for where, step in nodes(data, "steps"):
        kind, group = step.get("kind"), step.get("parallel")
        checked |= kind == "check_register"
        if kind == "issue_document" and isinstance(step.get("document"), str):
            if contents.get(step["document"]) == "register" and not checked:
                problem = "a document with register content needs a step check_register before it"
                yield Mistake(where, problem, "a step with kind: check_register above")
            issued[step["document"]] = group
        elif kind in {"deliver", "post_document"}:
            yield from _not_yet_issued(where, step, contents.keys(), issued)


def _not_yet_issued(where: Where, step: Node, declared: Any, issued: Mapping[str, Any]) -> Iterator[Mistake]:
    group = step.get("parallel")
    for key, word in _named_documents(step):
        if word not in declared:
            continue
        if word not in issued:
            problem, write = f'"{word}" has not been issued yet', f"a step issue_document with document: {word} above"
            yield Mistake((*where, *key), problem, write)
        elif group is not None and issued[word] == group:
            yield Mistake((*where, "parallel"), f'runs beside the step that issues "{word}"', "another group, or none")


def _parallel_groups(data: Node) -> Iterator[Mistake]:
    closed: set[str] = set()
    current: str | None = None
    for where, step in nodes(data, "steps"):
        group = step.get("parallel")
        if group != current and current is not None:
            closed.add(current)
        if isinstance(group, str) and group in closed:
            yield Mistake((*where, "parallel"), f'the group "{group}" is interrupted', "its steps next to each other")
        current = group if isinstance(group, str) else None


def _taking_over(data: Node) -> Iterator[Mistake]:
    """引継ぎ: whom it is about, the register said; that it is accepted, an officer."""
    steps = nodes(data, "steps")
    for number, (where, step) in enumerate(steps):
        if step.get("kind") != "tell_registry":
            continue
        before = {each.get("kind") for _, each in steps[:number]}
        if "check_register" not in before:
            yield Mistake(
                where, "tell_registry needs to know whom it is about", "a step with kind: check_register above"
            )
        if not before & {"review", "approve"}:
            yield Mistake(where, "tell_registry is for accepted cases", "a step with kind: review above")


def _farewell(data: Node) -> Iterator[Mistake]:
    """Whose account is closed can log in to see nothing more: what they are given, they are given before."""
    steps = nodes(data, "steps")
    for number, (where, step) in enumerate(steps):
        if step.get("kind") != "close_account":
            continue
        if number < len(steps) - 1:
            yield Mistake(where, "nobody can see a step after close_account", "this step as the last one")
        if not any(before.get("kind") in {"deliver", "post_document"} for _, before in steps[:number]):
            problem = "close_account needs something in the resident's hand before it"
            yield Mistake(where, problem, "a step with kind: deliver or post_document above")
