"""What the tests of tenancy share."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event


@pytest.fixture
def statements(app):
    """SQL that sessions of the application send: `with statements() as sent`."""

    @contextmanager
    def watching():
        sent: list[str] = []
        engine = app.state.platform.database._writer.sync_engine

        def note(_connection, _cursor, statement, *_):
            sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        yield sent
        event.remove(engine, "before_cursor_execute", note)

    return watching
