"""Where Alembic begins. The connection is handed over by `connector.store.migrate`."""

from __future__ import annotations

from alembic import context

from connector.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
