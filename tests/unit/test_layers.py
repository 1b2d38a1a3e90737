"""Data goes one way: objective, distribution, shaping, update, engine, compare. No lower layer knows an upper one."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CPP = ROOT / "cpp"
PACKAGE = ROOT / "src" / "zoopt"

# Lowest first. A file belongs to the first pattern that matches its path below cpp/.
CPP_LAYERS = [
    ("foundation", r"include/zoopt/(archive|cpu|error|interrupt|math|noise|registry|theta|threads|tier)\.hpp"),
    ("foundation", r"noise/|engine/(archive|cpu|threads|cma_constants|decomposition|kernels|lapack|solve|\w+\.inl)\."),
    ("objective", r"include/zoopt/objective\.hpp|objectives/"),
    ("distribution", r"include/zoopt/(batch|distribution)\.hpp|engine/batch\.cpp|distributions/"),
    ("schedule", r"include/zoopt/schedule\.hpp|schedules/"),
    ("shaping", r"include/zoopt/shaping\.hpp|shapings/"),
    ("update", r"include/zoopt/(update|descent)\.hpp|updates/"),
    ("engine", r"include/zoopt/(engine|search|stopping|domain|driver|trace|uncertainty)\.hpp|engine/|drivers/"),
    ("engine", r"include/zoopt/recorder\.hpp"),
    ("flows", r"flows/|include/zoopt/field\.hpp"),
    ("bindings", r"bindings/|tests/"),
]
CPP_ORDER = list(dict.fromkeys(name for name, _ in CPP_LAYERS))

# Modules directly below zoopt, lowest layer first.
PYTHON_LAYERS = [
    {"_core", "_lazy", "errors", "typing"},
    {"_arguments", "_axes", "_noise", "_status"},
    {"_bounds"},
    {"objectives"},
    {"cells"},
    {"_algorithms"},
    {"_evaluate", "_result"},
    {"_described"},
    {"_saved"},
    {"_optimizer"},
    {"_callback", "_gradients", "_workers"},
    {"_advance"},
    {"_finish"},
    {"_minimize"},
    {"_scipy"},
    {"_alternate", "_reading_curve"},
    {"flows", "compare", "sklearn", "torch"},
    {"studies"},
    {"_commands"},
    {"cli"},
]


def cpp_layer(path):
    for name, pattern in CPP_LAYERS:
        if re.match(pattern, path):
            return CPP_ORDER.index(name)
    raise AssertionError(f"{path} belongs to no layer; name one in CPP_LAYERS")


def included(file):
    """Return the paths below cpp/ of what a file includes from the tree."""
    for name in re.findall(r'^#include "([^"]+)"', file.read_text(), re.MULTILINE):
        homes = [CPP / "include" / name, CPP / name, file.parent / name]
        found = [home for home in homes if home.exists()]
        assert found, f"{file} includes {name}, which is nowhere"
        yield found[0].resolve().relative_to(CPP).as_posix()


def cpp_files():
    return sorted(p for p in CPP.rglob("*") if p.suffix in {".cpp", ".hpp"})


@pytest.mark.parametrize("file", cpp_files(), ids=lambda p: p.relative_to(CPP).as_posix())
def test_cpp_includes_go_down(file):
    own = file.relative_to(CPP).as_posix()
    for other in included(file):
        assert cpp_layer(other) <= cpp_layer(own), f"{own} includes {other}"


def test_shapings_know_no_distribution():
    for file in (CPP / "shapings").iterdir():
        assert not [o for o in included(file) if "distribution" in o or "batch" in o or "update" in o], file


@pytest.mark.parametrize("file", sorted(CPP.rglob("*.tier.cpp")), ids=lambda p: p.name)
def test_tier_files_use_no_template_of_the_standard_library(file):
    """A COMDAT function compiled for AVX-512 could be the copy that the linker keeps for everybody."""
    for source in [file, *(CPP / o for o in included(file) if o.endswith(".inl.hpp"))]:
        used = set(re.findall(r"std::(\w+)", re.sub(r"//.*", "", source.read_text())))
        assert used <= {"size_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t", "int32_t", "int64_t", "ptrdiff_t"}, (
            source
        )


def python_layer(module):
    for rank, members in enumerate(PYTHON_LAYERS):
        if module in members:
            return rank
    raise AssertionError(f"zoopt.{module} belongs to no layer; name one in PYTHON_LAYERS")


def imported(file):
    """Return the modules directly below zoopt that a file imports, in functions as well, and where from."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno} imports relatively"
            if node.module == "zoopt":
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif (node.module or "").startswith("zoopt."):
                yield node.module.split(".")[1], node.lineno
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("zoopt."):
                    yield alias.name.split(".")[1], node.lineno


def python_files():
    return sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


@pytest.mark.parametrize("file", python_files(), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_python_imports_go_down(file):
    own = file.relative_to(PACKAGE).with_suffix("").parts[0]
    for other, line in imported(file):
        if other == "__version__" or (other in PUBLIC_HOMES and python_layer(PUBLIC_HOMES[other]) <= python_layer(own)):
            continue
        assert python_layer(other) <= python_layer(own), f"{file}:{line} imports zoopt.{other}"


PUBLIC_HOMES = {
    "algorithm": "_algorithms",
    "algorithms": "_algorithms",
    "cell": "_algorithms",
    "minimize": "_minimize",
    "noise": "_noise",
    "objective": "objectives",
    "optimizer": "_optimizer",
}
