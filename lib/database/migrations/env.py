"""Run by Alembic: the revisions in the transaction of `lib.database.upgrade`, who alone calls it."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
