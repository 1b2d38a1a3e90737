"""What else decides the numbers of an experiment: versions, platform, CPU tier."""

import platform
from importlib import metadata

PACKAGES = ("numpy", "scipy", "scikit-learn")


def environment() -> dict[str, str | int]:
    """Return versions of what computed the results, the platform and the CPU tier."""
    import zoopt
    from zoopt import _core

    found: dict[str, str | int] = {"zoopt": zoopt.__version__, "noise": int(_core.NOISE_VERSION)}
    for package in PACKAGES:
        found[package] = metadata.version(package)
    found["python"] = platform.python_version()
    found["system"] = f"{platform.system()} {platform.machine()}"
    found["cpu_tier"] = str(_core.cpu_tier())
    return found
