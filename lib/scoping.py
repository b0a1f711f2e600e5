"""Which provinces a question may touch: the scope cut by the filter, refused when the filter asks for more."""

from __future__ import annotations

from lib.domain import AccessRefused, CaseFilter, Scope


def allowed_provinces(scope: Scope, case_filter: CaseFilter) -> tuple[str, ...]:
    """The provinces of the filter, or all of the scope; raises AccessRefused for one outside the scope.

    A kab/kota lies in the province of its first two digits.
    """
    asked = set(case_filter.provinsi) | {kode[:2] for kode in case_filter.kabkota}
    outside = sorted(asked - set(scope.provinces))
    if outside:
        raise AccessRefused(
            f"Provinsi {', '.join(outside)} di luar wilayah yang boleh Anda lihat; pilih provinsi lain."
        )
    if case_filter.provinsi:
        return case_filter.provinsi
    if case_filter.kabkota:
        return tuple(sorted(asked))
    return scope.provinces
