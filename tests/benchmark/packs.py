"""The meeting pack: the nation in each form, and every province in one zip, as processes of their own."""

from __future__ import annotations

from pathlib import Path

from lib import publishing, snapshot
from lib.settings import Settings
from tests.benchmark.timing import Figure, run_cli, whole

ENDINGS = ("pptx", "xlsx", "pdf")
NATIONAL, EVERY_PROVINCE = 5, 90


def measured(values: Settings, cases: int, folder: Path, *, runs: int) -> list[Figure]:
    """Seconds of `paket`, with starting Python; the version is audited first where it is not yet."""
    versi = snapshot.current_version(values)
    if not snapshot.audit_path(values, versi).exists():
        publishing.audit_version(values, versi=versi)
    environment = {"TUNTAS_DATA": str(values.data_folder)}
    named = {"data": f"{whole(cases)} kasus", "unit": "s"}

    def seconds(*words: str, times: int) -> tuple[float, ...]:
        return tuple(run_cli("paket", *words, environment=environment).seconds for _ in range(times))

    found = [
        Figure(
            what=f"`paket` nasional, {ending.upper()}",
            runs=seconds("--keluar", str(folder / f"paket.{ending}"), times=runs),
            budget=NATIONAL,
            **named,
        )
        for ending in ENDINGS
    ]
    every = seconds("--keluar", str(folder / "paket.zip"), "--per", "provinsi", times=1)
    return [*found, Figure(what="`paket` 38 provinsi, ZIP", runs=every, budget=EVERY_PROVINCE, **named)]
