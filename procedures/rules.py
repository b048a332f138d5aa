"""規則: CEL expressions of a procedure (fee, visibility, eligibility, conditions), compiled once.

A rule reads facts, and nothing else:

- `answers`: the checked answers by field id. An answer not given, or hidden, is absent: ask `has(answers.x)` first.
- `today`: the day the request is received (受付日), in Japan.
- `signer`: the person of the signing certificate: name, birth_date, sex ("male", "female", "other"), address.
- `register`: the subject as the resident register has them: person_id, name, birth_date, sex, address.

Dates are ISO 8601 strings (`"2026-04-01"`): they order as strings, travel as JSON and need no time zone. Functions:
`age(birth_date, on)`, `add_days(date, days)`, `fiscal_year_end(date)`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

import cel
from pydantic import ConfigDict, RootModel, model_validator
from pydantic_core import PydanticCustomError

from procedures.values import Points, Yen

LONGEST_RULE = 1000
LARGEST_AMOUNT = 10_000_000


class RuleFailed(Exception):
    """規則の失敗: a rule gave no usable value. Says which rule and why, never the value of an answer."""

    def __init__(self, source: str, reason: str) -> None:
        self.source = source
        self.reason = reason
        super().__init__(f"rule `{source}` failed: {reason}")


class FactMissing(RuleFailed):
    """事実の欠如: the rule read an answer or fact that is not there."""


@dataclass(frozen=True)
class Facts:
    """事実: what a rule may read. Person facts are plain maps; dates in them may be `date` or ISO strings."""

    answers: Mapping[str, object]
    today: date
    signer: Mapping[str, object] | None = field(default=None, repr=False)
    register: Mapping[str, object] | None = field(default=None, repr=False)

    def variables(self) -> dict[str, object]:
        """規則の変数: the facts as CEL values; an unknown person is absent, not empty."""
        known: dict[str, object] = {"answers": _value(self.answers), "today": self.today.isoformat()}
        known |= {"signer": _value(self.signer)} if self.signer is not None else {}
        return known | ({"register": _value(self.register)} if self.register is not None else {})


def _value(fact: object) -> object:
    if isinstance(fact, date):
        return fact.isoformat()
    if isinstance(fact, Mapping):
        return {key: _value(value) for key, value in fact.items()}
    if isinstance(fact, Sequence) and not isinstance(fact, str):
        return [_value(value) for value in fact]
    return fact


def _date(text: object) -> date:
    try:
        return date.fromisoformat(text if isinstance(text, str) else "")
    except ValueError:
        # `from None` and no value: cel prints what a function raises, and answers are personal data.
        raise ValueError("expected a date as YYYY-MM-DD") from None


def age(birth_date: str, on: str) -> int:
    """満年齢: whole years; someone born on 29 February ages on 1 March (年齢計算ニ関スル法律, 民法143条)."""
    born, day = _date(birth_date), _date(on)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def add_days(day: str, days: int) -> str:
    """日数の加算: calendar days later, as an ISO date."""
    try:
        return (_date(day) + timedelta(days=days)).isoformat()
    except OverflowError:
        raise ValueError("the date is out of range") from None


def fiscal_year_end(day: str) -> str:
    """年度末: 31 March of the fiscal year the day lies in (地方自治法208条)."""
    given = _date(day)
    return date(given.year + (given.month >= 4), 3, 31).isoformat()


FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "age": age,
    "add_days": add_days,
    "fiscal_year_end": fiscal_year_end,
}
CEL_FUNCTIONS = frozenset(
    {"has", "size", "contains", "startsWith", "endsWith", "matches", "int", "double", "string", "bool", "max", "min"}
)


@lru_cache(maxsize=1024)
def _compile(source: str) -> cel.Program:
    return cel.compile(source)


_SYNTAX = re.compile(r"<input>:(\d+):(\d+): (?:Syntax error: )?(.+)")
_LITERAL = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""", re.DOTALL)
_MACRO = re.compile(r"\.\s*(?:all|exists|exists_one|filter|map)\s*\(\s*([A-Za-z_]\w*)\s*,")
_ANSWER = re.compile(r"(?<![\w.])answers\s*\.\s*([A-Za-z_]\w*)")
_ITEM = re.compile(r"(?<![\w.])answers\s*\.\s*([A-Za-z_]\w*)\s*\[[^\]]*\]\s*\.\s*([A-Za-z_]\w*)(?!\s*\()")
_EACH = re.compile(
    r"(?<![\w.])answers\s*\.\s*([A-Za-z_]\w*)\s*\.\s*(?:all|exists|exists_one|filter|map)\s*\(\s*([A-Za-z_]\w*)\s*,"
)
_WHOLE_ANSWERS = re.compile(r"(?<![\w.])answers\b(?!\s*\.\s*[A-Za-z_])")


def syntax_problem(source: str) -> tuple[str, int] | None:
    """構文の誤り: what is wrong with the expression and at which column (from 1), or None."""
    if len(source) > LONGEST_RULE:
        return f"the rule is longer than {LONGEST_RULE} characters", LONGEST_RULE
    try:
        _compile(source)
    except ValueError as error:
        found = _SYNTAX.search(str(error))
        return (found[3].split(" expecting {")[0], int(found[2])) if found else ("it cannot be read", 1)
    return None


class Rule(RootModel[str]):
    """規則: one CEL expression. Numbers and true/false may be written as they are: `points: 5000`."""

    model_config = ConfigDict(frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _from_scalar(cls, value: object) -> object:
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) if isinstance(value, int) else value

    @model_validator(mode="after")
    def _compiles(self) -> "Rule":
        if problem := syntax_problem(self.root):
            raise PydanticCustomError(
                "rule_syntax",
                "the rule has a syntax error at column {column}: {reason}",
                {"reason": problem[0], "column": problem[1]},
            )
        return self

    def __str__(self) -> str:
        return self.root

    @property
    def _code(self) -> str:
        return _LITERAL.sub("''", self.root)

    @property
    def fields(self) -> frozenset[str]:
        """読む項目: ids of the fields whose answers the rule reads."""
        return frozenset(_ANSWER.findall(self._code))

    @property
    def item_fields(self) -> frozenset[tuple[str, str]]:
        """読む繰返し項目: (group, field) of the repeated answers it reads, by index or in a macro over the group."""
        read = set(_ITEM.findall(self._code))
        for group, each in _EACH.findall(self._code):
            names = re.findall(rf"(?<![\w.]){each}\s*\.\s*([A-Za-z_]\w*)(?!\w|\s*\()", self._code)
            read |= {(group, name) for name in names}
        return frozenset(read)

    @property
    def reads_all_answers(self) -> bool:
        """全回答の参照: true where `answers` is used without naming a field, which no check can follow."""
        return bool(_WHOLE_ANSWERS.search(self._code))

    @property
    def facts(self) -> frozenset[str]:
        """読む事実: the variables the rule reads, without those its own macros bind."""
        return frozenset(_compile(self.root).variables()) - frozenset(_MACRO.findall(self._code))

    @property
    def functions(self) -> frozenset[str]:
        """使う関数: the functions the rule calls, without operators."""
        return frozenset(name for name in _compile(self.root).functions() if name.isidentifier() and name[0] != "_")

    def evaluate(self, facts: Facts) -> object:
        """評価: the rule's value. Raises FactMissing or RuleFailed."""
        try:
            value: object = _compile(self.root).execute({**facts.variables(), **FUNCTIONS})
        except KeyError as error:
            raise FactMissing(self.root, f"{error} was not given; ask has(…) first") from None
        except TypeError:
            raise RuleFailed(self.root, "it combines values of different types") from None
        except ArithmeticError:
            raise RuleFailed(self.root, "the calculation has no result (overflow or division by zero)") from None
        except (RuntimeError, ValueError) as error:
            missing = self.facts - facts.variables().keys()
            if missing:
                raise FactMissing(self.root, f"{', '.join(sorted(missing))} is not known here") from None
            raise RuleFailed(self.root, _stated(error)) from None
        return value

    def evaluate_condition(self, facts: Facts) -> bool:
        """条件の評価: true or false, nothing else counts."""
        value = self.evaluate(facts)
        if isinstance(value, bool):
            return value
        raise RuleFailed(self.root, f"expected true or false, found {_kind(value)}")

    def evaluate_fee(self, facts: Facts) -> Yen:
        """手数料の評価: whole yen, from 0 to 10,000,000."""
        return Yen(self._amount(facts, "yen"))

    def evaluate_points(self, facts: Facts) -> Points:
        """ポイントの評価: whole points, from 0 to 10,000,000."""
        return Points(self._amount(facts, "points"))

    def evaluate_text(self, facts: Facts) -> str:
        """文字列の評価."""
        value = self.evaluate(facts)
        if isinstance(value, str):
            return value
        raise RuleFailed(self.root, f"expected text, found {_kind(value)}")

    def evaluate_date(self, facts: Facts) -> date:
        """日付の評価: from an ISO date."""
        try:
            return _date(self.evaluate_text(facts))
        except ValueError as error:
            raise RuleFailed(self.root, str(error)) from None

    def _amount(self, facts: Facts, unit: str) -> int:
        value = self.evaluate(facts)
        if isinstance(value, bool) or not isinstance(value, int):
            raise RuleFailed(self.root, f"expected whole {unit}, found {_kind(value)}")
        if not 0 <= value <= LARGEST_AMOUNT:
            raise RuleFailed(self.root, f"expected 0 to {LARGEST_AMOUNT:,} {unit}, found {value:,}")
        return value


def _stated(error: Exception) -> str:
    found = re.search(r"Function '(\w+)' error.*?(?:ValueError: )([^.]*)", str(error))
    return f"{found[1]}(): {found[2]}" if found else "it could not be evaluated"


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "an integer", float: "a fraction", str: "text", list: "a list", dict: "a map"}
    return names.get(type(value), "nothing" if value is None else type(value).__name__)
