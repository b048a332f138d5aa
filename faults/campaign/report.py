"""報告: what was done and what was found, as Markdown; its table goes into docs/reliability.md."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from faults.campaign.running import Outcome
from faults.checker.mails import arrivals


def write(outcome: Outcome) -> str:
    """報告の全文."""
    return "\n".join([*_summary(outcome), "", *_kills(outcome), "", *_obstacles(outcome), "", *_findings(outcome), ""])


def _summary(outcome: Outcome) -> Iterator[str]:
    wanted, facts = outcome.wanted, outcome.facts
    statuses = Counter(case["status"] for case in facts.cases)
    procedures = Counter(case["procedure"] for case in facts.cases)
    filed = {row["receipt_number"] for row in facts.said("filed")}
    doubled = sum(count - 1 for count in arrivals(facts).values() if count > 1)
    lines = {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "seed": wanted.seed,
        "kills": outcome.saboteur.kills.total(),
        "obstacles": outcome.saboteur.met.total(),
        "cases filed and acknowledged": len(filed),
        "by procedure": _counted(procedures),
        "how they ended": _counted(statuses),
        "requests that had to be sent again": outcome.unanswered.total(),
        "because of": _counted(outcome.unanswered),
        "decisions told to officers": len(facts.said("decided")),
        "charged, refunded, disputed (yen)": " / ".join(str(_sum(rows)) for rows in _money(outcome)),
        "documents issued, put through pdfsig": f"{len(facts.documents)}, {len(facts.seals)}",
        "mails sent, of these a second time": f"{sum(arrivals(facts).values())}, {doubled}",
        "lines of the audit log, hashed anew": len(facts.audit),
        "seconds until the city was at rest": f"{outcome.seconds_to_rest:.0f}",
        "seconds in all": f"{outcome.seconds:.0f}",
        "afterwards begun again, from every point of every case": f"{outcome.resets} resets",
        "findings": len(outcome.findings),
    }
    yield "| | |"
    yield "|---|---|"
    for name, value in lines.items():
        yield f"| {name} | {value} |"


def _kills(outcome: Outcome) -> Iterator[str]:
    yield "| killed with SIGKILL | times | seconds until it served again, median | longest |"
    yield "|---|--:|--:|--:|"
    for name, kills, median, longest in outcome.saboteur.rows():
        yield f"| {name} | {kills} | {median:.1f} | {longest:.1f} |"


def _obstacles(outcome: Outcome) -> Iterator[str]:
    yield "| obstacle | times |"
    yield "|---|--:|"
    for name, times in sorted(outcome.saboteur.met.items()):
        yield f"| {name} | {times} |"


def _findings(outcome: Outcome) -> Iterator[str]:
    yield f"{len(outcome.findings)} findings"
    for finding in outcome.findings:
        yield f"- {finding}"


def _money(outcome: Outcome) -> tuple[list[int], list[int], list[int]]:
    facts = outcome.facts
    taken = [row["amount"] for row in facts.charges if row["status"] == "succeeded"]
    return taken, [row["amount"] for row in facts.refunds], [row["amount"] for row in facts.disputes]


def _sum(amounts: list[int]) -> int:
    return sum(amounts)


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common())
