"""Measure mock-server against a bare app, Prism and openapi-backend: `make bench`.

Ends with 0 when everything was measured, whether targets are met or missed; with 1 when a server
or a tool failed or no round of a server counted; with 2 when the command line is wrong; with 130
on Ctrl-C.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

import load
import machine
from failure import Failed
from figures import VOID, Target
from material import WORK
from rounds import Plan
from sections import DEFAULT, SECTIONS, WITH_NODE
from servers import npm_missing


def main() -> int:
    options = read_options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    WORK.mkdir(exist_ok=True)
    machine.pin(machine.load_cores())
    targets: list[Target] = []
    failed = False
    try:
        measure(options, targets)
    except Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        failed = True
    except KeyboardInterrupt:
        print("bench: stopped", file=sys.stderr)
        return 130
    report(targets)
    return int(failed or any(target.verdict == VOID for target in targets))


def measure(options: argparse.Namespace, targets: list[Target]) -> None:
    """Run the sections that were asked for, one after the other, until one fails."""
    no_npm = npm_missing() if WITH_NODE & set(options.only) else ""
    if no_npm:
        print(f"prism: skipped, {no_npm}\nopenapi-backend: skipped, {no_npm}")
    plan = Plan(options.rounds, options.seconds, no_npm, options.document)
    print(f"Rounds: {plan.rounds} of {plan.seconds:g} s each; load by {load.tool()}", flush=True)
    for name in options.only:
        targets += SECTIONS[name](plan)


def report(targets: list[Target]) -> None:
    print("\nMachine", *machine.facts(), sep="\n  ")
    print("\nRatios of the medians, and targets", *targets, sep="\n  ")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run.py", description="Measure mock-server.")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each server (5)")
    parser.add_argument("--seconds", type=float, default=5, help="seconds of a round (5)")
    parser.add_argument(
        "--only",
        type=section_names,
        default=DEFAULT,
        metavar="NAMES",
        help=f"sections, separated by commas: {', '.join(SECTIONS)} ({','.join(DEFAULT)})",
    )
    parser.add_argument("--document", type=Path, help="one more document for the section size")
    options = parser.parse_args()
    if options.rounds < 1 or options.seconds < 1:
        parser.error("--rounds and --seconds are at least 1")
    if options.document and "size" not in options.only:
        parser.error("--document is for the section size: --only size")
    if options.document and not options.document.is_file():
        parser.error(f"there is no file {options.document}")
    return options


def section_names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    for name in names:
        if name not in SECTIONS:
            raise argparse.ArgumentTypeError(f"{name!r} isn't one of {', '.join(SECTIONS)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
