"""閉じ込め: what a process that opens strangers' files has to do without; it gives that up before the first of them.

PDFium, libtiff and libjpeg are written in C. Whoever takes one of them over finds no settings that lead to our secrets,
cannot fill memory or disk, and leaves no dump in which somebody's paper can be read.
"""

import os
import resource

MOST_MEMORY = 4_000_000_000
"""Bytes of address space. 1.4 GB with both engines loaded, 2.4 GB for the largest page that is taken (ADR 0055)."""
MOST_WRITTEN = 64_000_000
"""Bytes of one file: Tesseract is handed its piece of the page in one."""
PROGRAMS = "/usr/local/bin:/usr/bin:/bin"
"""Where Tesseract is."""


def confine() -> None:
    """閉じ込める, with what it starts. Only root could take it back: run the worker as somebody else."""
    for kind, most in (
        (resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_FSIZE, MOST_WRITTEN), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        _, hard = resource.getrlimit(kind)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))
    os.environ.clear()
    os.environ["PATH"] = PROGRAMS
