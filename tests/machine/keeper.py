"""A small supervisor in a process of its own, to be interrupted and killed: `python keeper.py FOLDER`."""

import json
import sys
import time
from pathlib import Path

from machine.interrupt import interruptible
from machine.program import MARK, MachineError, Program
from machine.supervisor import Supervisor, Unit


def _unit(folder: Path, name: str, *argv: str, after: tuple[str, ...] = ()) -> Unit:
    program = Program(name, argv, {"PATH": "/usr/bin:/bin", MARK: str(folder)}, folder / f"{name}.log", grace=3.0)
    return Unit(program, after=after)


def main() -> None:
    folder = Path(sys.argv[1])
    units = (
        _unit(folder, "database", "/usr/bin/sleep", "1000"),
        # a worker with a child of its own that it forgets about
        _unit(folder, "worker", "/bin/sh", "-c", "sleep 1000 & echo $! >&2; wait", after=("database",)),
    )
    try:
        with interruptible(), Supervisor(folder, sys.stderr.write) as supervisor:
            supervisor.start(units)
            (folder / "up.new").write_text(json.dumps(supervisor.running()))
            (folder / "up.new").rename(folder / "up.json")
            time.sleep(1000)
    except MachineError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
