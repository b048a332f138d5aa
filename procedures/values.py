"""語彙: the value types that cross boundaries, so that money, dates and ids are never bare strings."""

from typing import NewType

Yen = NewType("Yen", int)
"""円: an integer amount; JPY has no minor unit."""

Points = NewType("Points", int)
"""ポイント: an integer number of municipal points."""

ReceiptNumber = NewType("ReceiptNumber", str)
"""受付番号: also the workflow id; carries no personal data."""

MunicipalityCode = NewType("MunicipalityCode", str)
"""全国地方公共団体コード: six digits with its check digit, e.g. 282014 for Himeji."""

ProcedureId = NewType("ProcedureId", str)
"""手続ID: the folder's name under procedures/library."""

StepId = NewType("StepId", str)
"""ステップID: stable within one procedure version."""

PersonId = NewType("PersonId", str)
"""宛名番号: the resident register's own number of a person. Never the My Number (番号法)."""

VerificationCode = NewType("VerificationCode", str)
"""検証コード: printed on a sealed document; anyone may look it up."""
