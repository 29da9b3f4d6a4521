"""Run by Alembic: the revisions, on the connection and inside the transaction that `Database` opened.

Knows no address: it never connects by itself.
"""

from alembic import context

from bot.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
