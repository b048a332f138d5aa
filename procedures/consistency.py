"""整合性: what must hold between the parts of a procedure document.

Works on the plain data, so that one reading lists these mistakes together with wrong types and unknown keys; parts of
the wrong shape are passed over here, `procedures.loader` reports them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from procedures.mistakes import Mistake, Where, suggested
from procedures.patterns import matches, pattern_problem
from procedures.rules import CEL_FUNCTIONS, FUNCTIONS, Rule, syntax_problem

Node = Mapping[str, Any]


def mistakes(data: Node) -> list[Mistake]:
    """誤りの一覧: every inconsistency of the document."""
    return [
        *_repeated_ids(data),
        *_field_mistakes(data),
        *_rule_mistakes(data),
        *_step_mistakes(data),
        *_process_mistakes(data),
    ]


def _nodes(parent: Node, key: str, where: Where = ()) -> list[tuple[Where, Node]]:
    items = parent.get(key)
    found = items if isinstance(items, list) else []
    return [((*where, key, i), item) for i, item in enumerate(found) if isinstance(item, Mapping)]


def _sections(data: Node) -> list[tuple[Where, Node]]:
    form = data.get("form")
    return _nodes(form, "sections", ("form",)) if isinstance(form, Mapping) else []


def _fields(data: Node) -> list[tuple[Where, Node]]:
    return [found for where, section in _sections(data) for found in _nodes(section, "fields", where)]


def _ids(nodes: list[tuple[Where, Node]]) -> list[str]:
    return [node["id"] for _, node in nodes if isinstance(node.get("id"), str)]


def _repeated(nodes: list[tuple[Where, Node]], key: str, noun: str) -> Iterator[Mistake]:
    seen: set[str] = set()
    for where, node in nodes:
        word = node.get(key)
        if isinstance(word, str) and word in seen:
            yield Mistake((*where, key), f'{noun} "{word}" is used twice', f"{key}: {word}_2, or another new {key}")
        seen |= {word} if isinstance(word, str) else set()


def _repeated_ids(data: Node) -> Iterator[Mistake]:
    yield from _repeated(_sections(data), "id", "the section id")
    yield from _repeated(_fields(data), "id", "the field id")
    for key, noun in (("steps", "step"), ("documents", "document"), ("functions", "function")):
        yield from _repeated(_nodes(data, key), "id", f"the {noun} id")
    for where, field in _fields(data):
        yield from _repeated(_nodes(field, "options", where), "value", "the option value")


def _field_mistakes(data: Node) -> Iterator[Mistake]:
    for where, field in _fields(data):
        low, high = field.get("minimum"), field.get("maximum")
        if type(low) is int and type(high) is int and low > high:
            yield Mistake((*where, "maximum"), f"is below the minimum, {low}", f"maximum: {low} or more")
        pattern, example = field.get("pattern"), field.get("example")
        if not isinstance(pattern, str):
            continue
        if problem := pattern_problem(pattern):
            yield Mistake((*where, "pattern"), problem, "a regular expression such as [0-9]{7}")
        elif not isinstance(example, str):
            yield Mistake(where, "a pattern needs an example of what to enter", "example: an answer it accepts")
        elif not matches(pattern, example):
            yield Mistake((*where, "example"), f'"{example}" does not match the pattern', "an answer it accepts")


@dataclass(frozen=True)
class _Place:
    """A rule in the document: what it says and what it may read."""

    where: Where
    rule: Rule
    facts: frozenset[str]
    fields: Mapping[str, str]


_ANSWERS = frozenset({"answers", "today"})
_PEOPLE = _ANSWERS | {"signer", "register"}


def _place(where: Where, node: Any, key: str, facts: frozenset[str], fields: Mapping[str, str]) -> Iterator[_Place]:
    source = node.get(key) if isinstance(node, Mapping) else None
    if isinstance(source, str) and syntax_problem(source) is None:
        yield _Place((*where, key), Rule(source), facts, fields)


def _rule_places(data: Node) -> Iterator[_Place]:
    above: dict[str, str] = {}
    for where, field in _fields(data):
        for key in ("visible_when", *(("minimum", "maximum") if field.get("kind") == "date" else ())):
            yield from _place(where, field, key, _ANSWERS, dict(above))
        above |= {str(field.get("id")): str(field.get("kind"))}
    for where, eligibility in _nodes(data, "eligibility"):
        yield from _place(where, eligibility, "rule", _ANSWERS, above)
    yield from _place(("fee",), data.get("fee"), "rule", _ANSWERS, above)
    for where, step in _nodes(data, "steps"):
        yield from _place(where, step, "when", _ANSWERS, above)
        yield from _place(where, step, "eligible", _PEOPLE, above)
        yield from _place(where, step, "points", _PEOPLE, above)
        for part, keys in (("subject", ("name", "birth_date")), ("claims", ("name", "corporate_number"))):
            for key in keys:
                yield from _place((*where, part), step.get(part), key, _ANSWERS, above)


def _rule_mistakes(data: Node) -> Iterator[Mistake]:
    every_field = set(_ids(_fields(data)))
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
    readable = {name for name, kind in place.fields.items() if kind != "attachment"}
    for name in sorted(place.rule.fields - readable):
        if place.fields.get(name) == "attachment":
            problem = f'the rule reads "{name}", an attachment; files are not facts'
        elif name in every_field:
            problem = f'the rule reads "{name}", which is asked further down'
        else:
            problem = f'the rule reads "{name}", which is no field of the form'
        near = suggested(name, {f"answers.{field}" for field in readable})
        yield Mistake(place.where, problem, near)


def _step_mistakes(data: Node) -> Iterator[Mistake]:
    documents, functions = _ids(_nodes(data, "documents")), _ids(_nodes(data, "functions"))
    for where, step in _nodes(data, "steps"):
        for key, word in _named_documents(step):
            if word not in documents:
                yield Mistake((*where, *key), f'no document has the id "{word}"', suggested(word, documents))
        function = step.get("function")
        if isinstance(function, str) and function not in functions:
            problem = f'the function "{function}" is not declared under functions'
            yield Mistake((*where, "function"), problem, suggested(function, functions))
        if (step.get("eligible") is None) != (step.get("refusal") is None):
            yield Mistake(where, "eligible and refusal belong together", "both, or neither")


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


def _only_if(data: Node, kind: str, key: Where, *, wanted: bool, because: str) -> Iterator[Mistake]:
    found = [where for where, step in _nodes(data, "steps") if step.get("kind") == kind]
    if wanted and not found:
        yield Mistake(key, f"{because} needs a step {kind}", f"a step with kind: {kind}")
    for where in found if not wanted else found[1:]:
        problem = f"{kind} comes twice" if wanted else f"{kind} needs {because}"
        yield Mistake((*where, "kind"), problem, "one such step" if wanted else f"{because}, or leave the step out")


def _signers(data: Node) -> Iterator[Mistake]:
    """The resident register and the points know people, and only an organisation's certificate confirms its claims."""
    organizations = False
    for where, step in _nodes(data, "steps"):
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
    contents = {node.get("id"): node.get("content") for _, node in _nodes(data, "documents")}
    issued: dict[str, Any] = {}
    checked = False
    for where, step in _nodes(data, "steps"):
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
    for where, step in _nodes(data, "steps"):
        group = step.get("parallel")
        if group != current and current is not None:
            closed.add(current)
        if isinstance(group, str) and group in closed:
            yield Mistake((*where, "parallel"), f'the group "{group}" is interrupted', "its steps next to each other")
        current = group if isinstance(group, str) else None
