"""却下: on which grounds the city says no, and how one may appeal."""

from pydantic import Field

from procedures.form import Id
from procedures.texts import Model, Text


class Ground(Model):
    """却下の理由: a provision that a decision rests on (行政手続法8条: the reason is shown with the decision)."""

    id: Id
    reason: Text
    """In a sentence, as it stands in the notice."""
    law: Text
    """The provision, e.g. 児童手当法第4条第1項."""


class Appeal(Model):
    """不服申立て: the instruction that goes with a decision (教示, 行政不服審査法82条, 行政事件訴訟法46条).

    The terms are the law's: three months to ask for a review (行政不服審査法18条), six to sue (行政事件訴訟法14条).
    """

    authority: Text
    """審査庁: who reviews, e.g. 姫路市長."""
    defendant: Text
    """被告: whom to sue and who represents them, e.g. 姫路市(代表者 姫路市長)."""


class Rejection(Model):
    """却下通知: a sealed notice with the legal reason and the appeal instruction."""

    title: Text
    """Of the notice."""
    grounds: tuple[Ground, ...] = Field(min_length=1, max_length=30)
    appeal: Appeal | None = None
    """None: the decision is no administrative disposition (処分), e.g. a gift of points."""

    def ground(self, ground_id: str) -> Ground:
        """却下の理由: by id. Raises KeyError."""
        return {ground.id: ground for ground in self.grounds}[ground_id]
