"""Turn the JSON of a benchmark run into the table of RESULTS.md.

    pytest benchmarks -o addopts= --benchmark-json=run.json
    python benchmarks/table.py run.json >> benchmarks/RESULTS.md

Times are those of the best round, which other work disturbs least; the ratio is to the quickest of ours in the
same group of the same run.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any


def label(bench: dict[str, Any]) -> str:
    """Return what was measured: the last part of the parameters, or the function."""
    inside = bench["name"].partition("[")[2].rstrip("]")
    return f"{bench['name'].partition('[')[0].removeprefix('test_')} {inside}".strip()


def is_ours(bench: dict[str, Any]) -> bool:
    """Return whether zoopt did the work."""
    return "zoopt" in bench["name"] or "ours" in bench["name"]


def duration(seconds: float) -> str:
    """Return a time in the unit that reads best."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def extra(bench: dict[str, Any]) -> str:
    """Return what the benchmark itself noted, such as nanoseconds an item."""
    return ", ".join(f"{key.replace('_', ' ')} {value:.3g}" for key, value in bench["extra_info"].items())


def rows(benches: list[dict[str, Any]]) -> list[str]:
    """Return the table rows of one group, the quickest first."""
    ours = [b["stats"]["min"] for b in benches if is_ours(b)]
    lines = []
    for bench in sorted(benches, key=lambda b: float(b["stats"]["min"])):
        best = bench["stats"]["min"]
        ratio = f"{best / min(ours):.2f}" if ours else ""
        lines.append(f"| {bench['group'] or ''} | {label(bench)} | {duration(best)} | {extra(bench)} | {ratio} |")
    return lines


def main() -> int:
    """Print the table."""
    run = json.loads(Path(sys.argv[1]).read_text())
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for bench in run["benchmarks"]:
        groups[bench["group"] or ""].append(bench)
    cpu = run["machine_info"]["cpu"]["brand_raw"]
    print(f"\n{run['datetime'][:10]}, {cpu}, Python {run['machine_info']['python_version']}\n")
    print("| Group | What | Best round | Noted | Time over ours |")
    print("|---|---|---|---|---|")
    for benches in groups.values():
        print("\n".join(rows(benches)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
