"""配布物: lays the locked npm packages out under ui/static/vendor/, and nothing but the files a browser asks for.

`python machine/vendor.py`; runs before anything of ours is installed, so it imports nothing of ours.
"""

import shutil
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
PACKAGES = CLONE / "node_modules"
VENDOR = CLONE / "ui" / "static" / "vendor"

FILES = {
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "design-tokens/tokens.css": "@digital-go-jp/design-tokens/dist/tokens.css",
    "noto-sans-jp/index.css": "@fontsource-variable/noto-sans-jp/index.css",
    "noto-sans-jp/files": "@fontsource-variable/noto-sans-jp/files",
    "noto-sans-jp/LICENSE": "@fontsource-variable/noto-sans-jp/LICENSE",
    "design-tokens/LICENSE": "@digital-go-jp/design-tokens/LICENSE",
    "htmx/LICENSE": "htmx.org/LICENSE",
}


def main() -> None:
    """Builds the folder beside the old one and swaps them, so that a running server never sees half of it."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for target, source in FILES.items():
        place = fresh / target
        place.parent.mkdir(parents=True, exist_ok=True)
        origin = PACKAGES / source
        if origin.is_dir():
            shutil.copytree(origin, place)
        else:
            shutil.copyfile(origin, place)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


if __name__ == "__main__":
    main()
