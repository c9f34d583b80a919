"""``fairreview`` and ``python -m monitor``: where the program begins."""

from __future__ import annotations

from monitor.loading import loading


def main() -> None:
    """Loads the command line and runs it."""
    with loading():
        from monitor.cli import main as run  # noqa: PLC0415 - what takes so long to load is loaded here
    run()


if __name__ == "__main__":
    main()
