"""The PostgreSQL fixture itself: what the other tests take for granted."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, make_url, text

from tests import conftest, postgres


@pytest.mark.database
def test_databases_are_empty_and_apart(postgres_url, postgres_database):
    first, second = create_engine(postgres_url), create_engine(postgres_database())
    with first.begin() as connection:
        connection.execute(text("create table kasus (id integer)"))
        connection.execute(text("insert into kasus values (35)"))
    with first.connect() as connection:
        assert connection.execute(text("select id from kasus")).scalar_one() == 35
    with second.connect() as connection:
        tables = connection.execute(
            text("select count(*) from information_schema.tables where table_schema = 'public'")
        )
        assert tables.scalar_one() == 0
    first.dispose()
    second.dispose()


@pytest.mark.database
def test_server_asks_for_the_password(postgres_url):
    wrong = make_url(postgres_url).set(password="salah")
    engine = create_engine(wrong)
    with pytest.raises(Exception, match="password authentication failed"), engine.connect():
        pass


@pytest.mark.parametrize(
    ("complete", "in_path", "found"),
    [
        ([], False, None),
        (["lib/postgresql/9.6/bin", "lib/postgresql/15/bin"], False, "lib/postgresql/15/bin"),
        (["pgsql-16/bin", "lib/postgresql/15/bin"], False, "pgsql-16/bin"),
        (["opt/bin"], True, "opt/bin"),
        (["opt/bin", "lib/postgresql/15/bin"], True, "lib/postgresql/15/bin"),
    ],
)
def test_newest_complete_installation_is_chosen(tmp_path, complete, in_path, found):
    client_only = tmp_path / "lib/postgresql/17/bin"
    client_only.mkdir(parents=True)
    (client_only / "initdb").touch()
    for folder in complete:
        (tmp_path / folder).mkdir(parents=True)
        for name in ("initdb", "pg_ctl", "postgres"):
            (tmp_path / folder / name).touch(mode=0o755)
    wrappers = tmp_path / "wrappers"
    wrappers.mkdir()
    if in_path:
        (wrappers / "initdb").symlink_to(tmp_path / "opt/bin/initdb")
    assert postgres.binaries(system=tmp_path, search_path=str(wrappers)) == (found and tmp_path / found)


class Report:
    """As much of pytest's report as refuse_skip looks at."""

    def __init__(self, outcome, longrepr, **more):
        self.outcome, self.longrepr = outcome, longrepr
        self.__dict__.update(more)

    @property
    def skipped(self):
        return self.outcome == "skipped"


@pytest.mark.parametrize(
    ("report", "outcome"),
    [
        (Report("skipped", ("test_a.py", 3, "Skipped: tidak ada Chromium")), "failed"),
        (Report("skipped", "alasan", wasxfail="diketahui"), "skipped"),
        (Report("passed", None), "passed"),
    ],
)
def test_skip_is_a_failure_under_ci(report, outcome):
    conftest.refuse_skip(report)
    assert report.outcome == outcome
    if outcome == "failed":
        assert "tidak ada Chromium" in report.longrepr
