"""What the sweeps look for, as functions over source text, so that each can be shown to catch what it should."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "categorisation", "interventions", "jobs", "reports", "schools")
ROOMS += ("ui", "visits", "warning_notices", "workspace")

# What .gitignore leaves out.
MADE_HERE = {".git", ".venv", "var", "node_modules", "build", "__pycache__", ".hypothesis"}
MADE_HERE |= {f".{tool}_cache" for tool in ("pytest", "ruff", "mypy", "import_linter")}

# Modules that take input or show output: what they change, they change through actions.
DOORS_AND_DISPLAY = re.compile(r"/(views|forms|filters|presenters|documents|templatetags)(\.py|/.*\.py)$")
WRITES = {"save", "delete", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update"}

SIGNAL_MODULES = (
    "allauth.account.signals",
    "django.contrib.auth.signals",
    "django.core.signals",
    "django.db.backends.signals",
    "django.db.models.signals",
    "django.dispatch",
)

# Written in pieces, or this file would be found by its own rule.
FORBIDDEN_TEXT = {
    "a path of one machine": re.compile(r"(?<![\w.\-/])/(work|root|farm|home|Users)/[\w.]"),
    "a package registry": re.compile(
        "|".join(
            [
                "pypi" + r"\.org",
                "python" + "hosted",
                "npm" + r"js\.(org|com)",
                r"deb\.debian" + r"\.org",
                "test" + r"\.pypi",
            ]
        )
    ),
    "a note to self": re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"),
}


def files(*suffixes: str) -> list[Path]:
    """The files that are committed or would be, by suffix (all without one), as paths inside the copy."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split("\0")
        paths = [Path(name) for name in listed if name]
    except (FileNotFoundError, subprocess.CalledProcessError):  # an unpacked archive, or no git here
        paths = [
            path.relative_to(ROOT)
            for path in ROOT.rglob("*")
            if not MADE_HERE & set(path.relative_to(ROOT).parts) and path.suffix != ".pyc"
        ]
    return [p for p in sorted(set(paths)) if (not suffixes or p.suffix in suffixes) and (ROOT / p).is_file()]


def room_sources() -> Iterator[tuple[str, str]]:
    """(path, text) of every Python file of the rooms, migrations apart."""
    for path in files(".py"):
        if path.parts[0] in ROOMS and "migrations" not in path.parts:
            yield str(path), (ROOT / path).read_text()


def writes(source: str) -> list[tuple[int, str]]:
    """(line, method) of each call that looks like a write to the database.

    `.update(…)` counts with keywords only: dictionaries and hashes are updated by position.
    """
    return [
        (node.lineno, node.func.attr)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr in WRITES or (node.func.attr == "update" and node.keywords and not node.args))
    ]


def signals(source: str) -> list[tuple[int, str]]:
    """(line, module) of each import of Django's or allauth's signals."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        if hit := next((n for n in names if n.startswith(SIGNAL_MODULES)), None):
            found.append((node.lineno, hit))
    return found


def template_faults(source: str) -> list[tuple[int, str]]:
    """(line, what) of inline styles and scripts, switched-off escaping, and queries in a template."""
    looks = {
        "an inline style": re.compile(r"<[^>]*\sstyle\s*=|<style\b"),
        "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*="),
        "a script without nonce or source": re.compile(r"<script(?![^>]*\b(src|nonce)=)"),
        "escaping switched off": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
        "a query": re.compile(r"\{[{%][^}]*\.(all|filter|exists|order_by|values_list|objects)\b[^}]*[%}]\}"),
    }
    source = re.sub(
        r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}",
        lambda m: "\n" * m[0].count("\n"),
        source,
        flags=re.DOTALL,
    )
    return [
        (source.count("\n", 0, match.start()) + 1, what)
        for what, pattern in looks.items()
        for match in pattern.finditer(source)
    ]


def requirement_ids(source: str) -> list[tuple[int, str]]:
    """(line, id) of each id that pytest.mark.requirement(…) is given; bin/coverage-report sees those of a list."""
    return [
        (argument.lineno, argument.value if isinstance(argument, ast.Constant) else ast.unparse(argument))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "requirement"
        for argument in node.args
        if not isinstance(argument, ast.Starred)
    ]


def forbidden(text: str) -> list[tuple[int, str]]:
    """(line, what) of each forbidden mention."""
    return [
        (text.count("\n", 0, match.start()) + 1, f"{what}: {match[0]}")
        for what, pattern in FORBIDDEN_TEXT.items()
        for match in pattern.finditer(text)
    ]
