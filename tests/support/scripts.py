"""For the scripts that tests start as processes of their own."""

import re
import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_bytes():
    """Return the peak of the resident set in bytes.

    Where the kernel tells it of the program itself: what ``getrusage`` says begins with what the parent was before
    it started this program, which in a run of many tests is most of it.
    """
    if _STATUS.exists():
        return 1024 * int(re.search(r"VmHWM:\s+(\d+)", _STATUS.read_text())[1])
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def script_environment(environment):
    """Return an environment in which a script that a test starts imports what stands in this folder."""
    return {**environment, "PYTHONPATH": str(Path(__file__).parent)}
