"""The second fence: row-level security of PostgreSQL, told of each transaction who is asking.

The query layer stays the first fence and restricts every query by itself; this one holds when a query forgets to.
A transaction that does not say who asks sees no row. The owner of the tables is not bound (no FORCE): import and
snapshot need every row, and PostgreSQL refuses COPY FROM under row-level security. Whoever writes SQL of their own
can also set the two settings, so that it fences mistakes, not a dishonest colleague. SQLite has nothing like it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.exc import DBAPIError, OperationalError

from lib.database import schema
from lib.domain import Scope, UserError

# Under this role the program reads what concerns all provinces: data dates, a snapshot, a count for `periksa`.
PROGRAM = "sistem"
POLICY = "pagar_provinsi"
NATIONAL = "00"
# Views run with the rights of their owner, past every policy, unless they are security_invoker.
FIRST_WITH_INVOKER_VIEWS = 150_000
LOCK_SECONDS = 10
NO_RIGHT, READ_ONLY, LOCKED, TIMED_OUT, NO_SUCH_VALUE = "42501", "25006", "55P03", "57014", "22023"

# Tables with rows of a province; the others hold codes and names that are public.
FENCED = tuple(
    table
    for table in schema.metadata.sorted_tables
    if table.name not in schema.REFERENCE_TABLES and table not in (schema.meta, schema.cadangan)
)
# What an import took away, of all provinces in one text: nobody's business but the owner's.
SEALED = (schema.cadangan,)
READ = tuple(table.name for table in schema.metadata.sorted_tables if table not in SEALED)
VIEWS = {
    # One row per case that counts, without anything that tells one client or case from another.
    "v_kasus_ringkas": """
        SELECT k.kode_provinsi, k.kode_kabkota, j.kode_klaster, j.kode_pas, k.kode_jenis, k.prioritas, k.pendekatan,
               k.sumber_laporan, k.tanggal_terdata, k.tanggal_asesmen, k.tanggal_rencana, k.tanggal_intervensi,
               k.tanggal_terminasi, a.kelompok, k.tanggal_terminasi - k.tanggal_terdata AS lama_hari
        FROM kasus k
        JOIN jenis_masalah j ON j.kode_jenis = k.kode_jenis
        LEFT JOIN alasan_terminasi a ON a.kode_alasan = k.kode_alasan
        WHERE a.kelompok IS DISTINCT FROM 'administratif'""",
    # Pendamping without code and name.
    "v_pendamping_ringkas": """
        SELECT kode_provinsi, kode_kabkota, sebutan, jenjang, pendidikan, bersertifikat, tanggal_mulai, tanggal_selesai
        FROM pendamping""",
}
# nullif: a setting that held for an earlier transaction of the same connection is empty afterwards, not absent.
# Each in a SELECT of its own, so that it is worked out once for a query and not for each row.
_WHO = "(SELECT nullif(current_setting('tuntas.peran', true), ''))"
_WHERE = "(SELECT string_to_array(current_setting('tuntas.provinsi', true), ','))"
_LET_IN = text(
    "SELECT set_config('tuntas.peran', :peran, true), set_config('tuntas.provinsi', :provinsi, true)"
)
_AS_READER = text(
    "SELECT set_config('role', :reader, true), set_config('transaction_read_only', 'on', true), "
    "set_config('tuntas.peran', :peran, true), set_config('tuntas.provinsi', :provinsi, true)"
)
NONE_IN_SQLITE = (
    "Pagar kedua: tidak ada. SQLite tidak mengenal pengamanan per baris; di sini lapisan kueri adalah satu-satunya "
    "pagar."
)


def let_in(connection: Connection, scope: Scope, *, reader: str | None = None) -> None:
    """Say who asks until the transaction ends; with `reader` also become that role, which only reads.

    The settings are local to the transaction: the next user of a pooled connection begins with nothing.
    """
    _say(connection, scope.role.value, ",".join(scope.provinces), reader)


def let_in_program(connection: Connection, *, reader: str | None = None) -> None:
    """The same for the program itself, which sees every province; never for a question of a user."""
    _say(connection, PROGRAM, "", reader)


def _say(connection: Connection, peran: str, provinces: str, reader: str | None) -> None:
    if connection.dialect.name != "postgresql":
        return
    said = {"peran": peran, "provinsi": provinces}
    if reader is None:
        connection.execute(_LET_IN, said)
    else:
        connection.execute(_AS_READER, said | {"reader": reader})


def sqlstate(error: DBAPIError) -> str | None:
    """PostgreSQL's code of an error; None for those of other engines and of a lost connection."""
    return getattr(error.orig, "sqlstate", None)


# --- putting it up ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Erected:
    """What `siapkan` has done, and what is missing with its remedy; both as sentences."""

    done: tuple[str, ...]
    missing: tuple[str, ...] = ()


def erect(engine: Engine, *, reader: str, seconds: int) -> Erected:
    """Put up the fence, or again: policies, views, and the role `reader` with a limit of `seconds` per query.

    What the connecting user may not do is left out and named. Raises UserError when the tables are in use too long.
    """
    if engine.dialect.name != "postgresql":
        return Erected(done=(NONE_IN_SQLITE,))
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            return _put_up(connection, reader, seconds)
    except OperationalError as error:
        if sqlstate(error) != LOCKED:
            raise
        raise UserError(
            "Tabel kasus sedang dipakai, mungkin oleh impor; jalankan `python -m lib.cli siapkan` sesudah itu selesai."
        ) from error


def _put_up(connection: Connection, reader: str, seconds: int) -> Erected:
    user = connection.exec_driver_sql("SELECT current_user").scalar_one()
    place = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    done, missing = [], []
    statements = [statement for table in FENCED for statement in _policy(table)]
    # Without a policy: no row for anybody but the owner.
    statements += [f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY" for table in SEALED]
    if _run(connection, statements):
        done.append(f"Pagar kedua: {len(FENCED)} tabel dijaga per provinsi.")
    else:
        missing.append(
            f"Pagar kedua belum terpasang: pengguna {user} bukan pemilik tabelnya. Jalankan `siapkan` sebagai "
            "pemiliknya."
        )
    flaw = _views(connection, user, place)
    (missing if flaw else done).append(flaw or f"Tampilan: {', '.join(VIEWS)}.")
    missing += _reader(connection, reader, seconds, user)
    if _exists(connection, reader):
        refused = _rights(connection, reader, user, place, views=flaw is None)
        (missing if refused else done).append(refused or f"Peran {reader} hanya boleh membaca.")
    return Erected(done=tuple(done), missing=tuple(missing))


def _views(connection: Connection, user: str, place: str) -> str | None:
    """Make the views; None, or the sentence that says why there are none."""
    names = ", ".join(VIEWS)
    if _version(connection) < FIRST_WITH_INVOKER_VIEWS:
        return (
            f"Tampilan {names} tidak dibuat: sebelum PostgreSQL 15 sebuah tampilan menembus pagar. Perbarui "
            "PostgreSQL, lalu ulangi `siapkan`."
        )
    statements = [
        f"CREATE OR REPLACE VIEW {name} WITH (security_invoker = true) AS {query}"
        for name, query in VIEWS.items()
    ]
    if _run(connection, statements):
        return None
    grant = f"GRANT CREATE ON SCHEMA {_quoted(connection, place)} TO {_quoted(connection, user)}"
    return (
        f"Tampilan {names} belum dibuat: pengguna {user} tidak berhak. Jalankan sebagai pengelola PostgreSQL "
        f"`{grant}`, lalu ulangi `siapkan`."
    )


def _reader(connection: Connection, reader: str, seconds: int, user: str) -> list[str]:
    """Make the role that reads, with its limits, and let the user become it; the sentences of what was refused."""
    role, own = _quoted(connection, reader), _quoted(connection, user)
    # Hold for whoever connects as the role itself: PostgreSQL does not hand them on to its members.
    limits = [
        f"ALTER ROLE {role} SET default_transaction_read_only = on",
        f"ALTER ROLE {role} SET statement_timeout = '{int(seconds)}s'",
    ]
    create, member = [f"CREATE ROLE {role} NOLOGIN", *limits], f"GRANT {role} TO {own}"
    ask = "Jalankan sebagai pengelola PostgreSQL"
    if not _exists(connection, reader) and not _run(connection, create):
        return [
            f"Peran baca {reader} belum ada dan pengguna {user} tidak boleh membuatnya. {ask} "
            f"`{'; '.join([*create, member])}`, lalu ulangi `siapkan`."
        ]
    refused = []
    if not _run(connection, limits) and not _is_limited(connection, reader):
        refused.append(f"Pengguna {user} tidak boleh membatasi peran {reader}. {ask} `{'; '.join(limits)}`.")
    if not _may_become(connection, reader) and not _run(connection, [member]):
        refused.append(
            f"Pengguna {user} bukan anggota {reader}, sehingga tidak dapat memakai TUNTAS_SUMBER=langsung. {ask} "
            f"`{member}`."
        )
    return refused


def _rights(connection: Connection, reader: str, user: str, place: str, *, views: bool) -> str | None:
    """Give the reading role SELECT and nothing else; None, or the sentence of what was refused."""
    role = _quoted(connection, reader)
    names = ", ".join([*READ, *(VIEWS if views else ())])
    sealed = ", ".join(table.name for table in SEALED)
    statements = [f"REVOKE ALL ON {names}, {sealed} FROM {role}", f"GRANT SELECT ON {names} TO {role}"]
    enters = text("SELECT has_schema_privilege(:role, :place, 'USAGE')")
    if not connection.execute(enters, {"role": reader, "place": place}).scalar_one():
        statements.append(f"GRANT USAGE ON SCHEMA {_quoted(connection, place)} TO {role}")
    if _run(connection, statements):
        return None
    return (
        f"Hak baca {reader} belum diberikan: pengguna {user} bukan pemilik tabelnya. Jalankan `siapkan` sebagai "
        "pemiliknya."
    )


def _policy(table: Table) -> list[str]:
    """A row is seen by the program, and by a question that names a role and the row's province."""
    area = "kode_provinsi" if "kode_provinsi" in table.c else "kode_wilayah"
    seen = f"{area} = ANY ({_WHERE}::text[])"
    if area == "kode_wilayah":
        seen = f"({area} = '{NATIONAL}' OR {seen})"
    return [
        f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS {POLICY} ON {table.name}",
        f"CREATE POLICY {POLICY} ON {table.name} FOR SELECT "
        f"USING ({_WHO} = '{PROGRAM}' OR ({_WHO} IS NOT NULL AND {seen}))",
    ]


def _run(connection: Connection, statements: Sequence[str]) -> bool:
    """Run all or none of the statements; False when the user has no right to."""
    try:
        with connection.begin_nested():
            for statement in statements:
                connection.exec_driver_sql(statement)
    except DBAPIError as error:
        if sqlstate(error) not in (NO_RIGHT, READ_ONLY):
            raise
        return False
    return True


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())


def _exists(connection: Connection, role: str) -> bool:
    query = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)")
    return connection.execute(query, {"role": role}).scalar_one()


def _is_limited(connection: Connection, role: str) -> bool:
    query = text("SELECT rolconfig FROM pg_roles WHERE rolname = :role")
    names = {each.split("=")[0] for each in connection.execute(query, {"role": role}).scalar_one() or ()}
    return {"default_transaction_read_only", "statement_timeout"} <= names


def _may_become(connection: Connection, role: str) -> bool:
    # Since PostgreSQL 16 being a member and being allowed to become the role are two things.
    kind = "SET" if _version(connection) >= 160_000 else "MEMBER"
    query = text("SELECT pg_has_role(current_user, :role, :kind)")
    return connection.execute(query, {"role": role, "kind": kind}).scalar_one()


# --- looking at it ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class State:
    """How the fence stands: who is connected and why it does not bind them (None when it does), tables without it,
    and what is wrong with the role that reads (None when nothing is)."""

    user: str
    unbound: str | None
    without: tuple[str, ...]
    reader: str
    reader_flaw: str | None

    @property
    def holds(self) -> bool:
        """Whether questions asked as the reading role are fenced."""
        return not self.without and self.reader_flaw is None


def state(engine: Engine, *, reader: str) -> State:
    """How the fence stands in a PostgreSQL database, seen by the connecting user."""
    with engine.connect() as connection:
        user, superuser, bypasses = connection.exec_driver_sql(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).one()
        rows = connection.execute(
            text(
                "SELECT c.relname, c.relrowsecurity AND p.polname IS NOT NULL AS fenced, row_security_active(c.oid) "
                "AS binds FROM unnest(CAST(:names AS text[])) AS n(name) "
                "JOIN pg_class c ON c.oid = to_regclass(n.name) "
                "LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = :policy ORDER BY c.relname"
            ),
            {"names": [table.name for table in FENCED], "policy": POLICY},
        ).all()
        flaw = _reader_flaw(connection, reader)
    unbound = None
    if superuser or bypasses:
        unbound = "superuser" if superuser else "BYPASSRLS"
    elif any(row.fenced and not row.binds for row in rows):
        unbound = "pemilik"
    fenced = {row.relname for row in rows if row.fenced}
    return State(
        user=user,
        unbound=unbound,
        without=tuple(sorted(table.name for table in FENCED if table.name not in fenced)),
        reader=reader,
        reader_flaw=flaw,
    )


def _reader_flaw(connection: Connection, reader: str) -> str | None:
    if not _exists(connection, reader):
        return f"Peran baca {reader} belum ada; jalankan `python -m lib.cli siapkan`."
    query = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role")
    if connection.execute(query, {"role": reader}).scalar_one():
        return (
            f'Peran baca {reader} menembus pagar; jalankan `ALTER ROLE "{reader}" NOSUPERUSER NOBYPASSRLS`.'
        )
    query = text(
        "SELECT bool_or(has_table_privilege(:role, to_regclass(name), 'INSERT, UPDATE, DELETE, TRUNCATE')) "
        "FROM unnest(CAST(:names AS text[])) AS n(name)"
    )
    names = [table.name for table in schema.metadata.sorted_tables]
    if connection.execute(query, {"role": reader, "names": names}).scalar_one():
        return f"Peran baca {reader} boleh menulis; jalankan `python -m lib.cli siapkan` untuk mencabutnya."
    query = text(
        "SELECT bool_or(has_table_privilege(:role, to_regclass(name), 'SELECT')) "
        "FROM unnest(CAST(:names AS text[])) AS n(name)"
    )
    names = [table.name for table in SEALED]
    if connection.execute(query, {"role": reader, "names": names}).scalar_one():
        return (
            f"Peran baca {reader} boleh membaca {', '.join(names)}; jalankan `python -m lib.cli siapkan` untuk "
            "mencabutnya."
        )
    return None


def report(engine: Engine, *, reader: str, live: bool) -> tuple[list[str], list[str]]:
    """The state for `periksa`: plain sentences, and those that need attention. `live`: pages ask this database."""
    if engine.dialect.name != "postgresql":
        return [NONE_IN_SQLITE], []
    found = state(engine, reader=reader)
    said = [f"Pagar kedua: {len(FENCED) - len(found.without)} dari {len(FENCED)} tabel dijaga per provinsi."]
    wanting = []
    if found.without:
        wanting.append(
            f"tabel {', '.join(found.without)} belum dijaga; jalankan `siapkan` sebagai pemilik tabelnya."
        )
    if found.reader_flaw:
        wanting.append(found.reader_flaw)
    elif live:
        said.append(f"Kueri layar dijalankan sebagai {found.reader}, yang terikat pagar kedua.")
    if found.unbound == "pemilik":
        said.append(
            f"Pengguna {found.user} memiliki tabelnya dan tidak terikat pagar kedua; impor dan potret memerlukannya."
        )
    elif found.unbound:
        wanting.append(
            f"pengguna {found.user} adalah {found.unbound}, sehingga pagar kedua tidak mengikatnya; pakai pengguna "
            "biasa dalam TUNTAS_DB."
        )
    return said, wanting
