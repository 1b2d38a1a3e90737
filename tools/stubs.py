"""Write the type stub of the compiled core, or check that the one in the tree is up to date.

python tools/stubs.py            write src/zoopt/_core.pyi from the installed extension
python tools/stubs.py --check    exit 1 where it differs
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

STUB = Path(__file__).parent.parent / "src" / "zoopt" / "_core.pyi"


def generate() -> str:
    """Return the stub of the installed extension."""
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, "-m", "pybind11_stubgen", "zoopt._core", "-o", directory, "--exit-code"]
        subprocess.run(command, check=True, capture_output=True, text=True)
        return (Path(directory) / "zoopt" / "_core.pyi").read_text()


def main() -> int:
    """Write or check the stub."""
    fresh = generate()
    if "--check" not in sys.argv[1:]:
        STUB.write_text(fresh)
        return 0
    if STUB.exists() and STUB.read_text() == fresh:
        return 0
    print(f"{STUB} is out of date; run: python tools/stubs.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
