"""Known truths with five seeds:  python -m tests.benchmark.truths

Runs tests/queries/test_known_truth.py once per seed and prints what each recovered; exit 1 when one did not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEDS = (1, 2, 3, 4, 5)


def main() -> int:
    """Run all seeds one after the other; returns the number of seeds that failed."""
    failed = 0
    for seed in SEEDS:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "tests/queries/test_known_truth.py"],
            cwd=ROOT,
            env=os.environ | {"BENIH_UJI": str(seed)},
            capture_output=True,
            text=True,
            check=False,
        )
        named = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
        print(f"benih {seed}: {done.stdout.strip().splitlines()[-1]}", *named, sep="\n  ")
        failed += done.returncode != 0
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
