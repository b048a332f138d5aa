"""主体者の記載場所: where an authority's certificates say which organisation holds them, as data."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Oid = Annotated[str, StringConstraints(pattern=r"^[0-2](\.(0|[1-9][0-9]*))+$")]


class Place(BaseModel):
    """記載場所: one text of a certificate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    within: Literal["subject", "alternative_name", "extension"]
    """alternative_name: the directoryName of the subjectAltName, where many authorities write Japanese names."""
    oid: Oid
    """The attribute's type, or the extension's own identifier."""
    tag: Annotated[int, Field(ge=0, le=30)] | None = None
    """extension only: the context tag of the member of its SEQUENCE; None: the extension is the text itself."""
    prefix: str = ""
    """What stands before the text and is taken off; a text without it is another one."""

    @model_validator(mode="after")
    def _tag_is_of_an_extension(self) -> Self:
        if self.tag is not None and self.within != "extension":
            raise ValueError(f"tag {self.tag} belongs to an extension, not to {self.within}; leave it out")
        return self


class SubjectMapping(BaseModel):
    """主体者の読み方: what is not mapped is not known of this authority's holders."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Place
    """商号・名称."""
    corporate_number: Place | None = None
    """法人番号 (13 digits), or 会社法人等番号 (12 digits), of which it is made."""
    representative: Place | None = None
    """代表者."""
    office: Place | None = None
    """本店・主たる事務所."""
