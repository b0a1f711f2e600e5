"""Late reports on the pages: the growing months of Ringkasan and Klaster, the section of Mutu data."""

from lib import access
from lib.domain import Role
from tests.pages.conftest import look_as


def said(app) -> str:
    assert not app.exception
    return "\n".join(each.value for each in app.markdown)


def test_the_trend_says_what_the_last_month_will_become(demo, open_app):
    for page in ("pages/ringkasan.py", "pages/klaster.py"):
        text = said(open_app(page))
        assert "kasus sejauh ini; diperkirakan menjadi" in text
        assert "karena laporan yang datang terlambat." in text


def test_late_reports_for_who_sees_no_counts(demo, open_app, monkeypatch):
    look_as(monkeypatch, access.scope_of(Role.ADMIN_DATA))
    app = open_app("pages/mutu_data.py")
    text = said(app)
    assert "Keterlambatan laporan" in [each.value for each in app.subheader]
    assert "Separuh kasus masuk register dalam" in text
    assert "jumlah kasus tidak ditampilkan" in text


def test_without_an_upload_nothing_is_told(empty_office, open_app, monkeypatch):
    scope = access.scope_of(Role.ADMIN_DATA)
    monkeypatch.setattr(access, "local_scope", lambda *, address: scope)
    assert "keterlambatan laporan belum dapat dihitung" in said(open_app("pages/mutu_data.py"))
