"""氏名の索引: under which keys a case is found by a name, in kanji, kana or Latin letters."""

from collections.abc import Iterable, Iterator, Mapping

from procedures.form import Form
from procedures.readings import fold

NAMING = frozenset({"name", "name_kana"})
"""What a field that holds the applicant's name is filled in with."""


def keys(names: Iterable[str]) -> frozenset[str]:
    """検索の鍵: each name folded, from each of its words on, so that 花子 finds 姫路　花子 as 姫路 does."""
    return frozenset(key for name in names for key in _from_each_word(name) if key)


def stated(form: Form, answers: Mapping[str, object]) -> tuple[str, ...]:
    """申請に書かれた氏名: of the applicant, as typed. Nobody else named in an answer is found by it."""
    naming = (field.id for field in form.fields() if field.prefill in NAMING)
    return tuple(str(answers[each]) for each in naming if answers.get(each))


def _from_each_word(name: str) -> Iterator[str]:
    words = name.split()
    for begin in range(len(words)):
        yield fold("".join(words[begin:]))
