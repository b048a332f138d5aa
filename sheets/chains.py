"""列の推定: what the rows of a column say of each other: days that ascend, and values that sum to a total.

Both go down the column once and up once (forward–backward), over what is known after each row: the last day, the sum.
"""

from collections.abc import Callable, Mapping, Sequence

from sheets.options import SLIP, Option, Options
from sheets.rows import Weights

State = int | None
"""状態: the last day or the sum so far; None: nobody knows."""
Belief = Mapping[State, float]
Step = Callable[[State, Option], tuple[State, float]]
"""From a state by one option to the next, and how well the two agree."""

LEAST_STATE = 1e-12
"""States less probable than this, measured by the likeliest, are left out."""


def days(column: Sequence[tuple[Options, Weights]]) -> list[Weights]:
    """日付の列: for each row's options, how well they fit between the days above and below."""
    return _messages(column, _next_day, lambda _: 1.0)[0]


def total(column: Sequence[tuple[Options, Weights]], of: Options, counted: bool) -> tuple[list[Weights], Weights]:
    """合計の列: for each row's options, how well they fit the total; and for the total's, how well it fits the column.

    `counted`: each row that is filled in counts one, whatever is written.
    """

    def agreement(reached: State) -> float:
        return sum(option.weight * _fits(reached, option) for option in of)

    rows, last = _messages(column, _counted if counted else _added, agreement)
    return rows, tuple(sum(weight * _fits(state, option) for state, weight in last.items()) for option in of)


def _fits(reached: State, option: Option) -> float:
    if reached == 0 and not option.filled:
        return 1.0
    return 1.0 if reached is not None and option.number == reached else SLIP


def _next_day(last: State, option: Option) -> tuple[State, float]:
    if option.number is None:
        return last, 1.0
    return option.number, 1.0 if last is None or last < option.number else SLIP


def _added(so_far: State, option: Option) -> tuple[State, float]:
    if not option.filled:
        return so_far, 1.0
    known = so_far is not None and option.number is not None
    return (so_far or 0) + (option.number or 0) if known else None, 1.0


def _counted(so_far: State, option: Option) -> tuple[State, float]:
    return (so_far or 0) + option.filled, 1.0


def _messages(
    column: Sequence[tuple[Options, Weights]], step: Step, end: Callable[[State], float]
) -> tuple[list[Weights], Belief]:
    forward: list[Belief] = [{0: 1.0}]
    for options, weights in column:
        forward.append(_onward(forward[-1], options, weights, step))
    backward: Belief = {state: end(state) for state in forward[-1]}
    messages: list[Weights] = []
    for before, (options, weights) in zip(reversed(forward[:-1]), reversed(column), strict=True):
        message = [0.0] * len(options)
        below: dict[State, float] = {}
        for state, weight in before.items():
            for i, option in enumerate(options):
                reached, agreement = step(state, option)
                fit = agreement * backward.get(reached, 0.0)
                message[i] += weight * fit
                below[state] = below.get(state, 0.0) + weights[i] * fit
        messages.append(tuple(message))
        backward = below
    return messages[::-1], forward[-1]


def _onward(before: Belief, options: Options, weights: Weights, step: Step) -> Belief:
    after: dict[State, float] = {}
    for state, weight in before.items():
        for option, own in zip(options, weights, strict=True):
            reached, agreement = step(state, option)
            after[reached] = after.get(reached, 0.0) + weight * own * agreement
    most = max(after.values())
    kept = {state: weight for state, weight in after.items() if weight > LEAST_STATE * most}
    whole = sum(kept.values())
    return {state: weight / whole for state, weight in kept.items()}
