"""解読: the most probable reading of a sheet that its cross-checks allow, and how sure one may be of each cell.

A reader looks at one cell; the sheet's checks look at all of them. Every value of a cell is weighed by how probable it
was read, how well it agrees with its row, and how well its row agrees with the column: the result is the probability
of that value, given everything that was read and given that people who fill in sheets make mistakes, too
(`sheets.options.SLIP`). So a wrong sum on the paper stays a wrong sum, and is shown to a person.

Rows are exact, columns are exact given the rows. The column of days and the sums of other columns share nothing but
whether a row is filled in, which is decided first.
"""

from collections.abc import Mapping, Sequence

from procedures.texts import Model
from sheets import chains
from sheets.checks import Complete, Count, Days, Difference, OneTick, Sum
from sheets.document import CellId, Sheet, Table
from sheets.holding import Finding, Values, findings
from sheets.known import Known
from sheets.options import Option, Options, options
from sheets.reading import CellReading
from sheets.rows import Row, RowCheck, Weights
from sheets.rules import CellRules
from sheets.threshold import Thresholds
from sheets.values import Empty, Value


class DecodedCell(Model):
    """解読した欄."""

    cell: CellId
    value: Value | None
    """None where it is empty, no value of its kind, or nobody knows."""
    text: str | None
    """As written, one character per box; "" is empty, None is unknown."""
    probability: float
    agreed: bool
    """It is a value, and nothing on the sheet contradicts it; or arithmetic bears it out all the same."""
    borne_out: bool
    """裏付け: arithmetic, or a list on which no number is near, says so too."""

    def accepted(self, thresholds: Thresholds) -> bool:
        """採用: whether no person has to look at it."""
        return self.agreed and self.probability >= (thresholds.borne_out if self.borne_out else thresholds.alone)


class Contradiction(Model):
    """矛盾: what fails for the decoded values. `check` is its place in the sheet's list; None: a rule of the cell."""

    check: int | None
    cells: tuple[CellId, ...]
    due: int | None = None
    """What the last cell ought to be, where the others say so."""


class Decoded(Model):
    """解読結果: cells in the sheet's order."""

    cells: tuple[DecodedCell, ...]
    contradictions: tuple[Contradiction, ...]

    def doubtful(self, thresholds: Thresholds) -> tuple[DecodedCell, ...]:
        """要確認の欄: what a person has to look at."""
        return tuple(cell for cell in self.cells if not cell.accepted(thresholds))


def decode(sheet: Sheet, readings: Sequence[CellReading], known: Known) -> Decoded:
    """解読: of one sheet. Cells without a reading are unknown."""
    offered = options(sheet, readings, known)
    weights = _weighed(sheet, offered)
    best = {cell: max(range(len(found)), key=found.__getitem__) for cell, found in weights.items()}
    picked = {cell: offered[cell][i] for cell, i in best.items()}
    sure = {cell: weights[cell][i] for cell, i in best.items()}
    found = findings(sheet, {cell: option.value for cell, option in picked.items()}, known)
    confirmed = {cell for each in found if each.confirms for cell in each.cells}
    disputed = _disputed(found, confirmed)
    rules = CellRules(sheet, known)
    borne_out = confirmed | {cell.id for cell in sheet.cells if rules.bear_out(cell, picked[cell.id].value)}
    return Decoded(
        cells=tuple(
            _decoded(name, picked[name], sure[name], disputed=name in disputed, borne_out=name in borne_out)
            for name in (cell.id for cell in sheet.cells)
        ),
        contradictions=_contradictions(sheet, found),
    )


def contradictions(sheet: Sheet, values: Values, known: Known) -> tuple[Contradiction, ...]:
    """矛盾の一覧: of given values, as on the page where a person corrects them."""
    return _contradictions(sheet, findings(sheet, values, known))


def _decoded(cell: CellId, option: Option, probability: float, *, disputed: bool, borne_out: bool) -> DecodedCell:
    text = "" if isinstance(option.value, Empty) else option.text
    value = None if isinstance(option.value, Empty) else option.value
    agreed = option.value is not None and not disputed
    return DecodedCell(cell=cell, value=value, text=text, probability=probability, agreed=agreed, borne_out=borne_out)


def _contradictions(sheet: Sheet, found: Sequence[Finding]) -> tuple[Contradiction, ...]:
    return tuple(
        Contradiction(
            check=None if each.check is None else sheet.checks.index(each.check), cells=each.cells, due=each.due
        )
        for each in found
        if each.state == "fails"
    )


def _disputed(found: Sequence[Finding], confirmed: set[CellId]) -> set[CellId]:
    """争いのある欄: cells of a failing check, but for those that an arithmetic check bears out."""
    doubted = {cell for each in found if each.state == "fails" for cell in each.suspects}
    broken = {each.cells[0] for each in found if each.check is None}
    return (doubted - confirmed) | broken


# --- weighing ---------------------------------------------------------------------------------------------------------


def _weighed(sheet: Sheet, offered: Mapping[CellId, Options]) -> dict[CellId, Weights]:
    weights = {cell: _normalised([option.weight for option in found]) for cell, found in offered.items()}
    for check in sheet.checks:
        if isinstance(check, OneTick):
            group = tuple(CellId(each) for each in check.cells)
            row = Row(group, (), [RowCheck(check, group)], offered)
            weights |= {cell: row.marginal(cell) for cell in group}
    for table in sheet.tables:
        weights |= _table(sheet, table, offered, weights)
    return weights


def _table(
    sheet: Sheet, table: Table, offered: Mapping[CellId, Options], weights: Mapping[CellId, Weights]
) -> dict[CellId, Weights]:
    """One table: its rows alone, then its days, then its totals."""
    own = [check for check in sheet.checks if getattr(check, "table", None) == table.id]
    rows = [_row(name, own, offered) for name in table.row_names]
    found: dict[CellId, Weights] = {}
    for check in own:
        if isinstance(check, Days):
            column = _Column(sheet.column(table.id, check.column), rows, offered)
            column.weigh(chains.days(column.beliefs))
    for check in own:
        if isinstance(check, Sum | Count):
            column = _Column(sheet.column(table.id, check.column), rows, offered)
            total = CellId(check.total)
            messages, fit = chains.total(column.beliefs, offered[total], counted=isinstance(check, Count))
            column.weigh(messages)
            before = found.get(total, weights[total])
            found[total] = _normalised([weight * each for weight, each in zip(before, fit, strict=True)])
    return found | {cell: _normalised(row.marginal(cell)) for row in rows for cell in (*row.core, *row.sides)}


class _Column:
    """列: one cell in each row."""

    def __init__(self, cells: Sequence[CellId], rows: Sequence[Row], offered: Mapping[CellId, Options]) -> None:
        self._places = list(zip(cells, rows, strict=True))
        self.beliefs = [(offered[cell], row.marginal(cell)) for cell, row in self._places]

    def weigh(self, messages: Sequence[Weights]) -> None:
        """重み付け: each row by its message."""
        for (cell, row), message in zip(self._places, messages, strict=True):
            row.weigh(cell, message)


def _row(name: str, checks: Sequence[object], offered: Mapping[CellId, Options]) -> Row:
    core: dict[str, None] = {}
    sides: dict[str, None] = {}
    about: list[RowCheck] = []
    for check in checks:
        match check:
            case Difference():
                columns = (check.start, check.end, *([check.minus] if check.minus else []), check.equals)
                core |= dict.fromkeys(columns)
                about.append(RowCheck(check, _cells(name, columns)))
            case Sum():
                core |= {check.column: None}
            case Complete():
                sides |= dict.fromkeys(check.columns)
                about.append(RowCheck(check, _cells(name, check.columns)))
            case Days() | Count():
                sides |= {check.column: None}
    beside = [column for column in sides if column not in core]
    return Row(_cells(name, core), _cells(name, beside), about, offered)


def _cells(row: str, columns: Mapping[str, None] | Sequence[str]) -> tuple[CellId, ...]:
    return tuple(CellId(f"{row}.{column}") for column in columns)


def _normalised(weights: Sequence[float]) -> Weights:
    whole = sum(weights)
    return tuple(weight / whole for weight in weights) if whole > 0 else tuple(1 / len(weights) for _ in weights)
