"""Print a command of the README: the first ``sh`` block under "## Run it" or "## Test it"."""

import re
import sys
from pathlib import Path

HEADINGS = {"run": "## Run it", "test": "## Test it"}
README = Path(__file__).parent.parent / "README.md"


def command(readme: str, heading: str) -> str:
    """Return the text of the first ``sh`` block between `heading` and the next heading of its level."""
    sections = re.split(r"^(?=## )", readme, flags=re.MULTILINE)
    section = next((text for text in sections if text.splitlines()[:1] == [heading]), None)
    if section is None:
        raise SystemExit(f"README.md has no heading {heading!r}")
    block = re.search(r"^```sh\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL)
    if block is None or not block[1].strip():
        raise SystemExit(f"README.md has no sh block with a command under {heading!r}")
    return block[1].strip()


def main(arguments: list[str]) -> None:
    """Print the command that the one argument asks for."""
    if len(arguments) != 1 or arguments[0] not in HEADINGS:
        raise SystemExit(f"usage: readme_command.py {'|'.join(HEADINGS)}")
    print(command(README.read_text(encoding="utf-8"), HEADINGS[arguments[0]]))


if __name__ == "__main__":
    main(sys.argv[1:])
