"""What holds for the house as a whole: its names, imports, locks, and that what it offers is documented."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from packaging.markers import Marker
from packaging.requirements import Requirement

from sangtin.cli import app
from sangtin.post import SourceType
from sangtin.settings import Settings
from tests.conftest import LONGEST

HERE = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
ROOTS = sorted(file.parent.name for file in HERE.glob("*/__init__.py") if file.parent.name != "tests")
LOCKS = {
    file.stem: file.read_text(encoding="utf-8") for file in sorted((HERE / "requirements").glob("*.lock"))
}
README, README_VI = HERE / "README.md", HERE / "README.vi.md"
PAGES = sorted((HERE / "docs").glob("*.md"))

# Where a library is named, and in how many modules at most: one place to change when it changes.
HOMES = {
    "torch": (("nlp", "training"), 5),
    "transformers": (("nlp", "training"), 2),
    "underthesea": (("nlp",), 1),
    "onnxruntime": (("nlp",), 1),
    "datasketch": (("dedupe",), 1),
    "sklearn": (("training",), 1),
    "scipy": (("training",), 4),
    "elasticsearch": (("sangtin/search",), 2),
    "apsw": (("sangtin/search/fts5",), 8),
    "scrapy": (("crawlers",), 8),
    "fastapi": (("api",), 40),
    "alembic": (("sangtin/record",), 1 + 30),
}
# Half a second and more to import each, or half a gigabyte to install: paid by the function that needs it.
LAZY = frozenset({"torch", "transformers", "underthesea", "onnxruntime", "datasketch", "sklearn", "scipy"})
# Programs for a machine with a GPU; nothing but they themselves imports them.
OF_TORCH = frozenset({"training/encoder.py", "training/pretraining.py", "training/teaching.py"})
SLOW = LAZY | {
    "elasticsearch",
    "scrapy",
    "twisted",
    "fastapi",
    "numpy",
    "sqlalchemy",
    "alembic",
    "lxml",
}


# --- names -----------------------------------------------------------------------------------------


def test_no_other_distribution_claims_our_names() -> None:
    claims = importlib.metadata.packages_distributions()
    others = {name: set(claims.get(name, ())) - {"sangtin"} for name in ROOTS}
    assert not any(others.values()), others


def test_our_names_lead_to_our_packages() -> None:
    for name in ROOTS:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        assert Path(spec.origin).resolve() == HERE / name / "__init__.py"


def test_every_root_package_is_listed_wherever_packages_are() -> None:
    tool = PROJECT["tool"]
    assert sorted(tool["hatch"]["build"]["targets"]["wheel"]["packages"]) == ROOTS
    assert sorted(tool["importlinter"]["root_packages"]) == ROOTS
    assert sorted({*tool["mypy"]["packages"]} - {"tests"}) == ROOTS


# --- imports ---------------------------------------------------------------------------------------


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for root in ROOTS:
        for file in sorted((HERE / root).rglob("*.py")):
            yield file.relative_to(HERE).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def _imported(nodes: Iterable[ast.AST]) -> set[str]:
    """The distributions' names that import statements among nodes name."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_named_only_where_it_lives(library: str) -> None:
    rooms, most = HOMES[library]
    naming = [path for path, tree in _modules() if library in _imported(ast.walk(tree))]
    strangers = [path for path in naming if not path.startswith(tuple(f"{room}/" for room in rooms))]
    assert not strangers
    assert len(naming) <= most, naming


def test_libraries_that_are_slow_to_import_are_imported_where_they_are_needed() -> None:
    others = [(path, tree) for path, tree in _modules() if path not in OF_TORCH]
    at_once = {path: _imported(tree.body) & LAZY for path, tree in others}
    assert not {path: found for path, found in at_once.items() if found}
    named = {path.removesuffix(".py").replace("/", ".") for path in OF_TORCH}
    assert not [
        path
        for path, tree in others
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in named
    ]


def test_help_imports_nothing_slow() -> None:
    asked = "import sys, sangtin.cli as c\ntry: c.main()\nexcept SystemExit as e: assert not e.code\n"
    told = "sys.stderr.write(' '.join({name.partition('.')[0] for name in sys.modules}))"
    for arguments in (["--help"], ["import", "--help"], ["serve", "--help"], ["--version"]):
        ran = subprocess.run(
            [sys.executable, "-c", asked + told, *arguments],
            capture_output=True,
            text=True,
            check=True,
            cwd=HERE,
        )
        assert ran.stdout
        slow = sorted(SLOW & set(ran.stderr.split()))
        assert not slow, arguments


# --- documentation ---------------------------------------------------------------------------------


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, by the words that call it. (typer brings a click of its own.)"""
    if hasattr(command, "commands"):
        for word, inner in sorted(command.commands.items()):
            yield from _commands(inner, f"{name} {word}")
    else:
        yield name, command


COMMANDS = dict(_commands(typer.main.get_command(app), "sangtin"))


def _documented() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in (README, README_VI, *PAGES))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_shows_examples_and_says_what_it_does(name: str) -> None:
    said = COMMANDS[name].help or ""
    assert said.strip(), f"{name} has no docstring"
    before, found, examples = said.partition("Examples:")
    assert found, f"{name} --help has no examples"
    assert before.rstrip(" ").endswith("\b\n"), f"{name} --help runs its examples together"
    last = name.rpartition(" ")[2]
    assert re.search(rf"^ +sangtin\b.*\b{last}\b", examples, re.MULTILINE), f"no example of {name} runs it"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_is_for(name: str) -> None:
    options = [each for each in COMMANDS[name].params if each.param_type_name == "option" and not each.hidden]
    silent = [each.name for each in options if not (each.help or "").strip()]
    assert not silent


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_documented(name: str) -> None:
    assert re.search(rf"`[^`\n]*{re.escape(name)}\b|^{re.escape(name)}\b", _documented(), re.MULTILINE)


@pytest.mark.parametrize("said", [*COMMANDS, *(f"SANGTIN_{name.upper()}" for name in Settings.model_fields)])
def test_the_vietnamese_page_says_as_much_as_the_english_one(said: str) -> None:
    english, vietnamese = (page.read_text(encoding="utf-8") for page in (README, README_VI))
    assert vietnamese.count(said) >= english.count(said)


def test_no_page_shows_a_command_that_is_not_there() -> None:
    shown = set(re.findall(r"(?:`|^)sangtin ([a-z]+)(?: ([a-z]+))?", _documented(), re.MULTILINE))
    groups = {name.split()[1] for name in COMMANDS if len(name.split()) == 3}
    names = {
        f"sangtin {first} {second}" if first in groups and second else f"sangtin {first}"
        for first, second in shown
    }
    assert names <= {*COMMANDS, *(f"sangtin {group}" for group in groups)}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_is_documented(name: str) -> None:
    assert f"SANGTIN_{name.upper()}" in _documented()
    assert Settings.model_fields[name].description


@pytest.mark.parametrize("type_", SourceType)
def test_a_source_type_is_documented(type_: SourceType) -> None:
    page = HERE / "docs" / "sources.md"
    assert page.is_file()
    assert f"`{type_.value}`" in page.read_text(encoding="utf-8")


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*HERE.glob("*.md"), *(HERE / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


# --- locks -----------------------------------------------------------------------------------------


def _pins(lock: str) -> list[Requirement]:
    return [
        Requirement(line.rstrip(" \\")) for line in lock.splitlines() if line and not line.startswith(" ")
    ]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _needs(set_: str) -> list[str]:
    """What pyproject.toml asks of a set."""
    project = PROJECT["project"]
    if set_ == "base":
        return list(project["dependencies"])
    if set_ in project["optional-dependencies"]:
        return list(project["optional-dependencies"][set_])
    return [each for each in PROJECT["dependency-groups"][set_] if isinstance(each, str)]


def test_there_is_a_lock_for_every_set() -> None:
    sets = {"base", *PROJECT["project"]["optional-dependencies"], *PROJECT["dependency-groups"]}
    assert set(LOCKS) == sets


@pytest.mark.parametrize("set_", LOCKS)
def test_a_lock_pins_versions_by_hashes_and_holds_no_address(set_: str) -> None:
    lock = LOCKS[set_]
    assert not re.search(r"https?:|://|@|index|find-links|trusted|^-", lock, re.MULTILINE)
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        first, *hashes = (line.rstrip(" \\") for line in entry.splitlines())
        assert re.fullmatch(r"[\w.\[\]-]+==[\w.+!]+( ; .+)?", first)
        assert hashes
        assert all(re.fullmatch(r" +--hash=sha256:[0-9a-f]{64}", each) for each in hashes)


@pytest.mark.parametrize("set_", LOCKS)
def test_what_the_project_asks_for_is_locked(set_: str) -> None:
    pins = _pins(LOCKS[set_])
    for need in map(Requirement, _needs(set_)):
        found = [pin for pin in pins if _plain(pin.name) == _plain(need.name)]
        assert found, f"{need} is not in {set_}.lock; run: make lock"
        versions = [spec.version for pin in found for spec in pin.specifier]
        assert all(need.specifier.contains(version) for version in versions), f"{need}; run: make lock"


def test_sets_agree_on_versions() -> None:
    """For each Python that is supported, a package has one version, whatever sets are installed together."""
    for python in ("3.11", "3.12", "3.13", "3.14"):
        chosen: dict[str, str] = {}
        for pin in (pin for lock in LOCKS.values() for pin in _pins(lock)):
            if pin.marker is None or _applies(pin.marker, python):
                version = next(iter(pin.specifier)).version
                assert chosen.setdefault(_plain(pin.name), version) == version, pin.name


def _applies(marker: Marker, python: str) -> bool:
    return marker.evaluate(
        {"python_version": python, "python_full_version": f"{python}.1", "sys_platform": "linux"}
    )


def test_the_base_has_no_torch() -> None:
    names = {_plain(pin.name) for pin in _pins(LOCKS["base"])}
    assert not names & {"torch", "transformers", "onnxruntime-gpu"}
    assert not any(name.startswith("nvidia-") for name in names)


# --- the tests -------------------------------------------------------------------------------------


def test_what_begins_first_is_there() -> None:
    assert all((HERE / "tests" / name).is_file() for name in LONGEST)


# --- what is committed -----------------------------------------------------------------------------


def _tracked() -> list[Path]:
    if not (HERE / ".git").exists():
        pytest.skip("this is no checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HERE, capture_output=True, check=True)
    return [HERE / name for name in listed.stdout.decode().split("\0") if name and (HERE / name).is_file()]


def _texts() -> Iterator[tuple[str, str]]:
    for file in _tracked():
        content = file.read_bytes()
        if b"\0" not in content[:8192]:
            yield file.relative_to(HERE).as_posix(), content.decode("utf-8", "replace")


def test_no_file_names_a_place_of_the_machine_it_was_written_on() -> None:
    places = re.compile(r"(?<![\w.])/(?:w[o]rk|home/[a-z]+|Users)/")
    assert not [path for path, text in _texts() if places.search(text)]


def test_only_ci_knows_what_lies_beside_the_checkout() -> None:
    beside = "../" + "shared"
    assert {path for path, text in _texts() if beside in text} <= {".ci/run"}


def test_no_file_is_too_large_for_a_repository() -> None:
    model = HERE / "nlp" / "shipped"  # two readers: a linear one of 5 MB at most, and a network of 30
    weighs = {file: file.stat().st_size for file in _tracked()}
    assert not [file for file, size in weighs.items() if size > 10_000_000 and model not in file.parents]
    linear = sum(
        size for file, size in weighs.items() if model in file.parents and file.parent.name == "linear"
    )
    assert 0 < linear <= 5_000_000
    assert linear < sum(size for file, size in weighs.items() if model in file.parents) <= 35_000_000


@pytest.mark.data
def test_no_row_of_the_development_data_is_committed() -> None:
    """Texts of 40 characters and more, whole, as a line, a JSON value or a CSV field."""
    folder = os.environ.get("SANGTIN_TEST_DATA")
    if not folder:
        pytest.skip("SANGTIN_TEST_DATA names no folder of development data")
    private = set(_private(Path(folder)))
    assert len(private) > 1_000
    for path, text in _texts():
        found = sum(_digest(each) in private for each in _strings(text))
        assert not found, f"{path} holds {found} texts of the development data"


def _private(folder: Path) -> Iterator[bytes]:
    from sangtin.pipeline.lines import LineFile

    for file in sorted(folder.glob("*/*.jsonl*")):
        if (
            file.parent.name == "raw-text"
        ):  # a quarter of a gigabyte of news; the labelled sets are the ones at hand
            continue
        with LineFile(file) as lines:
            for line in lines.lines():
                text = json.loads(line or b"{}").get("text") or ""
                if len(text) >= 40:
                    yield _digest(text)


def _strings(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if len(line) < 40:
            continue
        yield line.strip()
        for quoted in re.findall(r'"(?:[^"\\]|\\.){40,}"', line):
            try:
                yield json.loads(quoted)
            except ValueError:
                continue


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.strip().encode(), digest_size=12).digest()
