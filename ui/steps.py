"""申請の段階: the sections of a form as steps, then review, then signature or filing.

A draft remembers nothing but its answers: where to go on is found from them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from api.views import DraftView
from procedures.answers import Checked
from procedures.document import Procedure
from procedures.form import Section
from procedures.problems import Problem
from procedures.texts import Language
from ui.form import correctable
from ui.language import translated
from ui.wording import N_

REVIEW, FILING, PERSON = "-review", "-filing", "-person"


@dataclass(frozen=True)
class Step:
    """段階: one line of the step navigation."""

    title: str
    state: Literal["completed", "reached", "ahead"]
    href: str | None = None


@dataclass(frozen=True)
class Walk:
    """道のり: which sections this draft walks through, and what is wrong in them."""

    draft: DraftView
    sections: tuple[Section, ...]
    problems: tuple[Problem, ...]

    def section(self, section_id: str) -> Section | None:
        """段階: by id, if this draft comes through it."""
        return next((each for each in self.sections if each.id == section_id), None)

    def beside(self, section: Section, by: Literal[1, -1]) -> Section | None:
        """前後の段階: None before the first and after the last."""
        place = self.sections.index(section) + by
        return self.sections[place] if 0 <= place < len(self.sections) else None

    def faulty(self) -> Section | None:
        """誤りのある最初の段階: the first one if what is wrong stands in none."""
        places = [section for section in self.sections if of_section(section, self.problems)]
        return places[0] if places else self.sections[0] if self.problems and self.sections else None

    def resumed(self) -> Section | None:
        """続きの段階: None: all is answered, review it.

        A draft that was never saved begins at the beginning; so does a correction without mistakes, which has few
        steps. Otherwise the first step with a problem, or the first nobody has seen.
        """
        if not self.sections or self.draft.revision == 1:
            return self.sections[0] if self.sections else None
        if found := self.faulty():
            return found
        return self.sections[0] if self.draft.corrects is not None else self._unseen()

    def _unseen(self) -> Section | None:
        seen = [n for n, section in enumerate(self.sections) if any(f.id in self.draft.answers for f in section.fields)]
        after = max(seen, default=-1) + 1
        return self.sections[after] if after < len(self.sections) else None


def walk(procedure: Procedure, draft: DraftView, checked: Checked) -> Walk:
    """道のり: sections with a question to ask; in a correction, with one that may change."""
    askable: Collection[str] = checked.visible
    if draft.corrects is not None:
        askable = checked.visible & correctable(procedure, draft)
    sections = tuple(each for each in procedure.form.sections if any(field.id in askable for field in each.fields))
    return Walk(draft, sections, checked.problems)


def of_section(section: Section, problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """この段階の誤り."""
    own = {field.id for field in section.fields}
    return tuple(each for each in problems if each.field.partition(".")[0] in own)


def place(draft: DraftView) -> str:
    """下書きの所在: a resident's own, or what an officer enters from paper."""
    return f"/drafts/{draft.id}" if draft.arrival == "online" else f"/paper/drafts/{draft.id}"


def beginning(draft: DraftView) -> str:
    """最初の頁: of a paper, what it is and whose; a resident's own draft knows that."""
    return place(draft) if draft.arrival == "online" else f"{place(draft)}/person"


def address(draft: DraftView, section: Section | None) -> str:
    """段階の所在: the review after the last."""
    return f"{place(draft)}/review" if section is None else f"{place(draft)}/steps/{section.id}"


def navigation(language: Language, procedure: Procedure, way: Walk, current: str) -> tuple[Step, ...]:
    """段階の一覧: `current` is a section's id, REVIEW or FILING; on paper PERSON comes first. What lies behind can be
    gone back to.
    """
    on_paper = way.draft.arrival != "online"
    last = N_("受付") if on_paper else N_("署名") if procedure.identity == "signature" else N_("申請")
    named = [(each.id, each.title.of(language), address(way.draft, each)) for each in way.sections]
    if on_paper:
        first = N_("届いた回答") if way.draft.corrects else N_("申請書と本人")
        named.insert(0, (PERSON, translated(language, first), beginning(way.draft)))
    named.append((REVIEW, translated(language, N_("確認")), address(way.draft, None)))
    named.append((FILING, translated(language, last), ""))
    here = next((place for place, (name, _, _) in enumerate(named) if name == current), 0)
    return tuple(
        Step(title, "completed", href) if place < here else Step(title, "reached" if place == here else "ahead")
        for place, (_, title, href) in enumerate(named)
    )
