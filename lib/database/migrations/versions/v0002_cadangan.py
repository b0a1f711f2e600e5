"""versi_skema 2: codes of indicators as long as they are, and what an import took away or changed (cadangan)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SHORT, LONG = 12, 24
target = sa.table("target", sa.column("kode_indikator", sa.String))
cadangan = sa.table("cadangan")
meta = sa.table("meta", sa.column("kunci", sa.String), sa.column("nilai", sa.String))


def upgrade() -> None:
    """Databases made shortly before have the long codes already; widening them again changes nothing."""
    with op.batch_alter_table("target") as batch:
        batch.alter_column(
            "kode_indikator", existing_type=sa.String(SHORT), type_=sa.String(LONG), existing_nullable=False
        )
    op.create_table(
        "cadangan",
        sa.Column("nomor", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("lembar", sa.String(12), nullable=False),
        sa.Column("tindakan", sa.String(8), nullable=False),
        sa.Column("isi", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("nomor"),
    )
    _note("2")


def downgrade() -> None:
    op.drop_table("cadangan")
    op.execute(target.delete().where(_too_long()))
    with op.batch_alter_table("target") as batch:
        batch.alter_column(
            "kode_indikator", existing_type=sa.String(LONG), type_=sa.String(SHORT), existing_nullable=False
        )
    _note("1")


def lost(connection: sa.Connection) -> dict[str, int]:
    """What `downgrade` deletes: a name of the rows and their number."""
    return {
        "baris cadangan": connection.scalar(sa.select(sa.func.count()).select_from(cadangan)),
        f"target dengan kode indikator lebih dari {SHORT} huruf": connection.scalar(
            sa.select(sa.func.count()).select_from(target).where(_too_long())
        ),
    }


def _too_long() -> sa.ColumnElement[bool]:
    return sa.func.length(target.c.kode_indikator) > SHORT


def _note(version: str) -> None:
    op.execute(meta.update().where(meta.c.kunci == "versi_skema").values(nilai=version))
