#!/usr/bin/env python3
"""Starts fairreview on a machine that has nothing but Python: environment, locked packages, browser, then the command.

    python3 run.py demo              show everything on a mock shop, in about two minutes
    python3 run.py test              run the tests: every capability once in a real browser; --ci: everything, no skips
    python3 run.py test ARGS         run what pytest makes of ARGS
    python3 run.py lint              formatting, lint, types, layers
    python3 run.py prove SUITE       run one of the long proofs
    python3 run.py bench [NAME]      run the benchmarks, or one of them
    python3 run.py lock              write the locks anew from pyproject.toml (needs uv)
    python3 run.py train             make the weights of triage's second opinion anew from their texts
    python3 run.py docs              write docs/cli.md and docs/schemas anew from the commands
    python3 run.py messages          renew the catalogue of messages from the sources, and say what is not translated
    python3 run.py checker           write dist/proverka.html, which a release carries, and its digest into README.md
    python3 run.py setup             only make the environment and find a browser

Needs only the standard library. Everything it makes lies in .venv/ and var/ beside this file.
"""

# ruff: noqa: UP036 - the first lines must be understood by any Python 3: an old one gets a word, not a traceback
import sys

if sys.version_info < (3, 11):
    import shutil as _shutil

    _newer = [name for name in ("python3.14", "python3.13", "python3.12", "python3.11") if _shutil.which(name)]
    _next = f"Run:  {_newer[0]} run.py" if _newer else "Get it from python.org or your system's packages."
    sys.exit(f"fairreview needs Python 3.11 or newer; this is {sys.version.split()[0]}. {_next}")

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "fairreview-stamp.json"
DIST = ROOT / "var" / "dist"
PRODUCT = ("monitor", "flows", "evidence_store", "mock_site", "qa")

LOCKS = {"use": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
LOCK_OPTIONS = {
    "use": ("--extra", "postgres", "--extra", "cluster", "--extra", "qa"),
    "dev": ("--group", "dev", "--extra", "postgres", "--extra", "cluster", "--extra", "qa"),
}
LOCK_COMMAND = (
    "pip", "compile", "pyproject.toml", "-", "--universal", "--python-version", "3.11", "--generate-hashes",
    "--no-emit-index-url", "--no-annotate", "--no-header", "--quiet",
)  # fmt: skip
# Whole files in the order of the rooms. Three processes on the two cores that the tests are measured on: a third of the
# time each of them waits, for a page or for a window that is left to pass.
SIDE_BY_SIDE = ("--numprocesses", "3", "--dist", "loadgroup", "--no-loadscope-reorder")
SANDBOX = "FAIRREVIEW_BROWSER__SANDBOX"  # the program's own setting: root is refused a browser without it
BROWSER_ADVICE = (
    "No browser could be started. Install Chromium or Chrome, or set FAIRREVIEW_BROWSER__PATH to a browser's program."
)
_HELP = (["-h"], ["--help"])


class Stop(Exception):
    """Ends the run with a sentence for a person; the text names the next step."""


def main(arguments: list[str]) -> int:
    """Runs one command of this file; returns its exit code."""
    _replace_closed_input()
    _settle_sandbox()
    commands = {
        "demo": run_demo, "test": run_tests, "lint": run_lint, "prove": run_proof,
        "bench": run_benchmark, "lock": write_locks, "docs": write_reference, "setup": set_up,
        "train": train_second_opinion, "checker": write_checker, "messages": renew_messages,
    }  # fmt: skip
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name not in commands:
        print(__doc__, file=sys.stdout if name in {"-h", "--help", "help"} else sys.stderr)
        return 0 if name in {"-h", "--help", "help"} else 2
    try:
        return commands[name](rest)
    except Stop as stop:
        print(f"\n{stop}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130


def run_demo(arguments: list[str]) -> int:
    """Prepares everything and shows the demo."""
    ensure_environment("use")
    ensure_browser()
    return _hand_over([str(BIN / "fairreview"), "demo", *arguments])


def run_tests(arguments: list[str]) -> int:
    """Runs the tour, or what the arguments name; with ``--ci`` everything that must hold, against the built wheel."""
    is_ci = "--ci" in arguments
    rest = [argument for argument in arguments if argument != "--ci"]
    ensure_environment("dev")
    if not is_ci:
        _try_browser()
        return _hand_over([*_pytest(), *(rest or ["--tour", *SIDE_BY_SIDE])])
    ensure_browser()
    failed = run_lint([])
    install_wheel()
    # The tests come last whatever happened before, so that pytest's own closing line ends the output.
    return (
        _call([*_pytest(), "--no-skips", "--continue-on-collection-errors", *SIDE_BY_SIDE, *rest], check=False)
        or failed
    )


def run_lint(arguments: list[str]) -> int:
    """Runs formatter, linter, type checker and the check of the layers; reports all of them before it fails."""
    ensure_environment("dev")
    python = [str(PYTHON), "-P", "-m"]
    product = [word for name in PRODUCT for word in ("--package", name)]
    checks = {
        "ruff check": [*python, "ruff", "check", *arguments],
        "ruff format": [*python, "ruff", "format", "--check", *arguments],
        "mypy --strict": [*python, "mypy", "--strict", *arguments],
        # The product only: the tests' faults (signals, limits) are POSIX's own.
        **{
            f"mypy --strict --platform {platform}": [*python, "mypy", "--strict", "--platform", platform, *product]
            for platform in ("win32", "darwin")
        },
        "import-linter": [str(BIN / "lint-imports"), "--no-cache"],
    }
    failed = [name for name, command in checks.items() if _call(command, check=False, title=name)]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def run_proof(arguments: list[str]) -> int:
    """Runs one of the long proofs: a test file ``tests/proofs/prove_<suite>.py`` that ordinary runs do not collect."""
    suites = _modules(ROOT / "tests" / "proofs", "prove_")
    if arguments[:1] in _HELP:
        print(f"python3 run.py prove SUITE [PYTEST OPTIONS]. SUITE: {', '.join(suites)}.")
        return 0
    if not arguments or arguments[0] not in suites:
        raise Stop(f"Which proof? There are: {', '.join(suites) or 'none yet'}.")
    ensure_environment("dev")
    _try_browser()
    limit = ("-o", "timeout=14400")  # a proof is one long test
    return _hand_over([*_pytest(), "-s", *limit, f"tests/proofs/prove_{arguments[0]}.py", *arguments[1:]])


def run_benchmark(arguments: list[str]) -> int:
    """Runs one benchmark, or all of them one after the other."""
    known = _modules(ROOT / "benchmarks", "")
    if arguments[:1] in _HELP:
        print(f"python3 run.py bench [NAME] [OPTIONS]; `bench NAME --help` says more. NAME: {', '.join(known)}.")
        return 0
    wanted = arguments[:1] if arguments and not arguments[0].startswith("-") else known
    options = arguments[1:] if wanted is not known else arguments
    if not set(wanted) <= set(known):
        raise Stop(f"Which benchmark? There are: {', '.join(known) or 'none yet'}.")
    ensure_environment("dev")
    ensure_browser()
    return max((_call([str(PYTHON), "-m", f"benchmarks.{name}", *options], check=False) for name in wanted), default=0)


def write_locks(arguments: list[str]) -> int:
    """Writes both locks from pyproject.toml, keeping versions that still fit (``--upgrade`` takes the newest)."""
    uv = shutil.which("uv")
    if uv is None:
        raise Stop("Locks are written with uv, which is not here: https://docs.astral.sh/uv/")
    # The build is locked as well, so that hashes hold for it; hatchling asks for editables only while it builds.
    build = "\n".join([*_pyproject()["build-system"]["requires"], "editables>=0.5"])
    for kind, lock in LOCKS.items():
        command = [uv, *LOCK_COMMAND, *LOCK_OPTIONS[kind], *arguments, "--output-file", lock.name]
        subprocess.run(command, cwd=ROOT, input=build, text=True, check=True)
        print(f"{lock.name}: {sum(line[0].isalnum() for line in lock.read_text().splitlines())} packages")
    return 0


def write_reference(arguments: list[str]) -> int:
    """Writes the reference of all commands and the schemas of their JSON, which tests compare with what they say."""
    ensure_environment("dev")
    command = [str(PYTHON), "-P", "-m", "monitor.cli.reference", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (ROOT / "docs" / "cli.md").write_bytes(done.stdout)
    sample = str(ROOT / "mock_site" / "skins" / "catalogs")
    catalogs = [str(PYTHON), "-P", "-m", "flows.catalog.reference", sample]
    told = subprocess.run(catalogs, cwd=ROOT, check=True, capture_output=True)
    (ROOT / "docs" / "catalog-reference.md").write_bytes(told.stdout)
    schemas = [str(PYTHON), "-P", "-m", "monitor.cli.schemas", str(ROOT / "docs" / "schemas")]
    subprocess.run(schemas, cwd=ROOT, check=True)
    return 0


def renew_messages(arguments: list[str]) -> int:
    """Renews the catalogue of messages from the sources and compiles it; ``--reached``: says which no test reaches."""
    ensure_environment("dev")
    if arguments == ["--reached"]:
        arguments = ["--reached", *SIDE_BY_SIDE]
    return _call([str(PYTHON), "-P", "-m", "tests.messages", *arguments], check=False)


def write_checker(arguments: list[str]) -> int:
    """Writes the checker of bundles as a release carries it, and tells its digest in README, which a test compares."""
    ensure_environment("dev")
    file = ROOT / "dist" / "proverka.html"
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    _call([str(BIN / "fairreview"), "evidence", "checker", "--out", str(file), *arguments])
    readme = ROOT / "README.md"
    told = re.compile(r"(--out proverka\.html`\) has the SHA-256 `)[0-9a-f]{64}`")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    text, count = told.subn(rf"\g<1>{digest}`", readme.read_text("utf-8"))
    if count != 1:
        raise Stop("README.md has no line that tells the checker's SHA-256.")
    readme.write_text(text, "utf-8")
    return 0


def train_second_opinion(arguments: list[str]) -> int:
    """Makes the weights of triage's second opinion anew; a test compares them with what is stored."""
    ensure_environment("dev")
    return _call([str(PYTHON), "-P", "-m", "tests.triage_sets.train", *arguments], check=False)


def set_up(arguments: list[str]) -> int:
    """Makes the environment (``--dev``: with what the tests need) and finds a browser."""
    ensure_environment("dev" if "--dev" in arguments else "use")
    ensure_browser()
    return 0


def ensure_environment(kind: str) -> None:
    """Makes ``.venv`` with exactly the locked packages, unless a stamp says that it is so already."""
    wanted = stamp_for(kind)
    if is_current(_read_stamp(), wanted):
        return
    _make_venv()
    STAMP.unlink(missing_ok=True)
    print(f"Installing from {LOCKS[kind].name} ...", file=sys.stderr)
    _pip("--require-hashes", "--requirement", str(LOCKS[kind]))
    _pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    STAMP.write_text(json.dumps(wanted))


def install_wheel() -> None:
    """Builds the wheel and puts it in the place of the checkout, so that the tests see what a user would get."""
    shutil.rmtree(DIST, ignore_errors=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    _call([*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(DIST), str(ROOT)])
    (wheel,) = DIST.glob("*.whl")
    STAMP.unlink(missing_ok=True)
    _pip("--no-deps", "--force-reinstall", str(wheel))
    print(f"Installed {wheel.name} in the place of the checkout", file=sys.stderr)


def stamp_for(kind: str) -> dict[str, str]:
    """Says what the environment was made from: another lock, project file or Python asks for a new one."""
    lock = hashlib.sha256(LOCKS[kind].read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return {"kind": kind, "lock": lock, "python": sys.version, "root": str(ROOT)}


def is_current(found: dict[str, str], wanted: dict[str, str]) -> bool:
    """Whether an environment with this stamp will do. One made for tests also does for use."""
    if found == wanted:
        return True
    return wanted["kind"] == "use" and found == stamp_for("dev")


def ensure_browser() -> None:
    """Finds a browser that starts; else has Playwright install one, else (root on Debian) the system."""
    if _try_browser():
        return
    print("No browser found; asking Playwright to install Chromium ...", file=sys.stderr)
    _call([str(PYTHON), "-m", "playwright", "install", "chromium"], check=False)
    if _try_browser():
        return
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise Stop(f"{BROWSER_ADVICE} On Debian and Ubuntu: sudo apt-get install chromium")
    print("Installing the system's chromium ...", file=sys.stderr)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"]):
        _call([apt, "-qq", *command], check=False, env=quiet)
    if not _try_browser():
        raise Stop(BROWSER_ADVICE)


def _try_browser() -> bool:
    command = [str(PYTHON), "-P", "-m", "monitor.visiting.browser_probe"]
    wanted = {
        "path": os.environ.get("FAIRREVIEW_BROWSER__PATH") or None,
        "channel": os.environ.get("FAIRREVIEW_BROWSER__CHANNEL") or None,
        "sandbox": os.environ.get(SANDBOX, "").lower() not in {"false", "0", "no", "off"},
        "only_first": True,
    }
    with contextlib.suppress(subprocess.TimeoutExpired, ValueError):
        done = subprocess.run(
            command, input=json.dumps(wanted), capture_output=True, text=True, timeout=180, cwd=ROOT, check=False
        )
        for tried in json.loads(done.stdout):
            if tried["version"]:
                print(f"Browser: {tried['label']}, version {tried['version']}", file=sys.stderr)
                return True
    return False


def _make_venv() -> None:
    try:
        import ensurepip  # noqa: F401, PLC0415 - missing on Debian until python3-venv is installed
        import venv  # noqa: PLC0415
    except ImportError as error:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        advice = f"On Debian and Ubuntu: sudo apt-get install {package}"
        raise Stop(f"This Python cannot make environments. {advice}") from error
    if PYTHON.exists() and _version_of(PYTHON) == sys.version:
        return
    print(f"Making {VENV.name} ...", file=sys.stderr)
    try:
        venv.create(VENV, clear=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Stop(f"{VENV} could not be made: {error}") from error


def _version_of(python: Path) -> str:
    with contextlib.suppress(OSError):
        command = [str(python), "-c", "import sys; print(sys.version)"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip()
    return ""


def _pip(*arguments: str) -> None:
    _call([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments])


def _pytest() -> list[str]:
    return [str(BIN / "pytest")]


def _call(command: list[str], *, check: bool = True, title: str = "", env: dict[str, str] | None = None) -> int:
    if title:
        print(f"--- {title}", flush=True)
    code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, env=env, check=False).returncode
    if code and check:
        raise Stop(f"This failed with exit code {code}: {' '.join(command)}")
    return code


def _hand_over(command: list[str]) -> int:
    """Becomes the command, so that signals and the terminal are its own; Windows can only wait for it."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.chdir(ROOT)
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606
    with subprocess.Popen(command) as child:
        while True:
            with contextlib.suppress(KeyboardInterrupt):  # the child gets it too, and decides
                return child.wait()


def _settle_sandbox() -> None:
    """Says for root, as in a container of CI, that Chromium goes without its sandbox: all here opens the mock only."""
    if sys.platform.startswith("linux") and os.geteuid() == 0 and SANDBOX not in os.environ:
        os.environ[SANDBOX] = "false"
        print(f"Running as root: {SANDBOX}=false, the browser runs without its sandbox.", file=sys.stderr)


def _replace_closed_input() -> None:
    """Opens the null device where standard input is closed: the next file opened would take its place."""
    try:
        os.fstat(0)
    except OSError:
        os.open(os.devnull, os.O_RDONLY)


def _read_stamp() -> dict[str, str]:
    try:
        found = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and PYTHON.exists() else {}


def _pyproject() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _modules(folder: Path, prefix: str) -> list[str]:
    found = (path.stem for path in folder.glob(f"{prefix}*.py") if not path.stem.startswith("_"))
    return sorted(name.removeprefix(prefix) for name in found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
