"""Who may see what. Until sign-in exists only simulated data, or a real database on this machine, are served."""

from __future__ import annotations

from lib import reference
from lib.domain import AccessRefused, Role, Scope

LOCAL_ADDRESSES = ("127.0.0.1", "localhost", "::1")


def decide_scope(*, simulasi: bool, tanpa_masuk: bool, address: str) -> Scope:
    """The scope of whoever opens a page; raises AccessRefused with what to configure.

    Simulated data need no sign-in. A real database is served only with TUNTAS_TANPA_MASUK=1 on 127.0.0.1.
    """
    if simulasi or (tanpa_masuk and address in LOCAL_ADDRESSES):
        return Scope(role=Role.DIREKTUR, provinces=reference.all_provinces())
    if tanpa_masuk:
        raise AccessRefused(
            f"TUNTAS_TANPA_MASUK=1 hanya berlaku pada alamat 127.0.0.1, sedangkan server berjalan di "
            f"{address or 'semua alamat'}. Jalankan dengan `--server.address 127.0.0.1`."
        )
    raise AccessRefused(
        "Basis data ini berisi kasus nyata, dan cara masuk belum diatur. Untuk memakai Tuntas di komputer ini saja, "
        "jalankan dengan TUNTAS_TANPA_MASUK=1 pada alamat 127.0.0.1."
    )
