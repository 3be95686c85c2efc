"""Alembic's entry: run the migrations on the engine that ``store.migrate`` hands over."""

from alembic import context

from handlers.tables import Base

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
