"""群衆: the load generator of one measurement, a process of its own: reads what to send, says how long answers took.

python -m tests.bench.crowd < work.json: {"port": 8000, "lines": [["POST /a HTTP/1.1\\r\\n…", …], …]}: one list for
each person. Everybody sends their requests one after another over one connection. Raw asyncio: about a tenth of what an
HTTP library costs here, so that the generator is not what is measured (its own processor time is said too).
"""

import asyncio
import json
import sys
import time
from collections import Counter

import uvloop

HERE = "127.0.0.1"


class Crowd:
    """群衆 and what it saw."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.statuses: Counter[str] = Counter()

    async def person(self, port: int, requests: list[str], begin: asyncio.Event) -> None:
        reader, writer = await asyncio.open_connection(HERE, port)
        await begin.wait()
        for request in requests:
            begun = time.perf_counter()
            writer.write(request.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]
            await reader.readexactly(int(length))
            self.seconds.append(time.perf_counter() - begun)
            self.statuses[head[9:12].decode()] += 1
        writer.close()
        await writer.wait_closed()


async def main() -> None:
    work = json.load(sys.stdin)
    crowd, begin = Crowd(), asyncio.Event()
    people = [asyncio.ensure_future(crowd.person(work["port"], lines, begin)) for lines in work["lines"]]
    await asyncio.sleep(0.3)  # everybody is connected
    begun, own = time.perf_counter(), time.process_time()
    begin.set()
    await asyncio.gather(*people)
    told = {
        "elapsed": time.perf_counter() - begun,
        "processor": time.process_time() - own,
        "seconds": crowd.seconds,
        "statuses": crowd.statuses,
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    uvloop.run(main())
