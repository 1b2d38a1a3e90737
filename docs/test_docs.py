"""The documentation holds: code blocks run, excerpts stand in the code, commands work, docstring examples are true."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import re
import shlex
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

import zoopt

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.rst"))]
MODULES = [module.name for module in pkgutil.walk_packages(zoopt.__path__, "zoopt.") if module.name != "zoopt._core"]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

FENCE = re.compile(r"^```(?P<language>[\w-]+)(?: title=(?P<title>\S+))?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
DIRECTIVE = re.compile(
    r"^\.\. code-block:: (?P<language>[\w-]+)\n(?P<title>)(?P<body>(?: +.*\n|[ \t]*\n)+)", re.MULTILINE
)
BARE_DOCTEST = re.compile(r"^>>> .*\n(?:.+\n)*", re.MULTILINE)
INLINE_COMMAND = re.compile(r"``?(zoopt (?:compare|lr|study|algorithms|objectives|report)[^`]*)`")


@dataclass(frozen=True)
class Block:
    """A piece of code in a page; `title` names the file that it is an excerpt of."""

    language: str
    title: str
    body: str
    line: int


def blocks(page: Path) -> list[Block]:
    """Return the code blocks of a page in order, doctests that stand in the text among them."""
    text = page.read_text(encoding="utf-8")
    pattern = FENCE if page.suffix == ".md" else DIRECTIVE
    found = [_block(match) for match in pattern.finditer(text)]
    prose = pattern.sub(lambda match: "\n" * match[0].count("\n"), text)
    for match in BARE_DOCTEST.finditer(prose):
        found.append(Block("python", "", match[0], prose.count("\n", 0, match.start()) + 1))
    return sorted(found, key=lambda block: block.line)


def _block(match: re.Match[str]) -> Block:
    body = match["body"]
    blank = len(body) - len(body.lstrip("\n"))
    line = match.string.count("\n", 0, match.start("body") + blank) + 1
    return Block(match["language"], match["title"] or "", textwrap.dedent(body).strip("\n") + "\n", line)


def commands(*, shown_run: bool) -> list[str]:
    """Return the `zoopt` commands of all pages: those shown with a prompt, or the others."""
    found = set()
    for page in PAGES:
        for block in blocks(page):
            for line in block.body.replace("\\\n", " ").splitlines():
                if line.startswith("$ zoopt ") and shown_run:
                    found.add(line.removeprefix("$ "))
                if line.startswith("zoopt ") and block.language == "sh" and not shown_run:
                    found.add(line)
        if not shown_run:
            found.update(INLINE_COMMAND.findall(page.read_text(encoding="utf-8")))
    return sorted(" ".join(command.split()) for command in found)


def run_doctest(test: doctest.DocTest) -> None:
    """Run a doctest in its own namespace, which keeps what the test defines."""
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS, verbose=False).run(test, out=report.append, clear_globs=False)
    assert not report, "".join(report)


def run_python(block: Block, page: Path, names: dict[str, object]) -> None:
    """Run one block in `names`: as a doctest where it shows prompts."""
    if block.body.startswith(">>>"):
        test = doctest.DocTestParser().get_doctest(block.body, names, page.name, str(page), block.line - 1)
        test.globs = names  # shared with the other blocks of the page, where the parser made a copy
        run_doctest(test)
        return
    module = ast.increment_lineno(ast.parse(block.body), block.line - 1)
    exec(compile(module, str(page), "exec"), names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All blocks of a page, one after the other in one namespace."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page):
        if block.language == "python" and not block.title:
            run_python(block, page, names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_prompt_of_a_page_is_left_out(page: Path) -> None:
    """A prompt outside what is run would be a claim that nobody checks."""
    prompts = re.findall(r"^ *>>> ", page.read_text(encoding="utf-8"), re.MULTILINE)
    seen = [prompt for block in blocks(page) for prompt in re.findall(r"^>>> ", block.body, re.MULTILINE)]
    assert len(prompts) == len(seen)


def test_excerpts_stand_in_the_code() -> None:
    """What a page shows of a file is there, word for word."""
    excerpts = [block for page in PAGES for block in blocks(page) if block.title]
    assert excerpts
    for excerpt in excerpts:
        assert excerpt.body in (ROOT / excerpt.title).read_text(encoding="utf-8"), excerpt.title


@pytest.mark.parametrize("command", commands(shown_run=True))
def test_a_command_shown_with_a_prompt_runs(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the exit code of success."""
    cli = importlib.import_module("zoopt.cli")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", shlex.split(command))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code in (0, None)


@pytest.mark.parametrize("command", commands(shown_run=False))
def test_any_other_command_parses(command: str) -> None:
    """Its options exist."""
    typer = importlib.import_module("typer")
    app = importlib.import_module("zoopt._commands").app
    name, *arguments = shlex.split(command)[1:]
    assert typer.main.get_command(app).commands[name].make_context(name, arguments)


@pytest.mark.parametrize("module", MODULES)
def test_examples_of_docstrings_are_true(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of every module of the package."""
    monkeypatch.chdir(tmp_path)
    for test in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(module), module):
        run_doctest(test)


@pytest.mark.parametrize("which", ["run", "test"])
def test_the_gate_finds_the_commands_of_the_readme(which: str) -> None:
    """The very lines that a reader copies."""
    script = ROOT / ".ci" / "readme_command.py"
    found = subprocess.run([sys.executable, script, which], check=True, capture_output=True, text=True).stdout.strip()
    wanted = {"run": "pip install '.[compare]' && zoopt compare", "test": "pip install '.[test]' && pytest"}
    assert found == wanted[which]
