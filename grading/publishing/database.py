"""Where nbgrader's gradebook is, and how it is opened and locked: a file in the course folder, or a PostgreSQL server.

nbgrader's own configuration says where, by `CourseDirectory.db_url`; nothing else here knows.
"""

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from nbgrader.api import Gradebook, InvalidEntry
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SAWarning
from sqlalchemy.orm import scoped_session, sessionmaker
from tornado.log import app_log
from traitlets.config import Application, Config

COURSE_ID = "recommenders2"  # as in nbgrader_config.py
PATIENCE = 10  # seconds to wait for somebody else's lock on the file, and for a server to answer
TURN = 120  # seconds to wait for our turn on a server: the first of several makes the tables
LOCK = 0x72656332  # ours among the advisory locks of a PostgreSQL database
DRIVERS = ("pysqlite", "psycopg", "psycopg2")
LOCKED = "55P03"  # PostgreSQL's code of the error that a lock was waited for in vain
NO_DRIVER = (
    "The gradebook is in PostgreSQL, for which a package is missing. "
    "Type: pip install --constraint constraints.txt --editable '.[postgresql]'"
)


class GradebookError(Exception):
    """The gradebook cannot be read or written; the text names it and says why."""


def settings(root: Path) -> Config:
    """Return nbgrader's configuration for the course in `root`: what stands there goes before what a person has.

    Raises GradebookError if it cannot be read, where nbgrader would go on without it.
    """
    reader = Application(raise_config_file_errors=True)
    try:
        reader.load_config_file("nbgrader_config", [str(Path(root).resolve()), *jupyter_config_path()])
    except Exception as error:  # it is Python: anything can be wrong with it
        raise GradebookError(f"nbgrader's configuration cannot be read: {type(error).__name__}: {error}.") from error
    return reader.config


def address(root: Path) -> URL:
    """Return where the gradebook of the course in `root` is: gradebook.db there, if nothing else is configured.

    Raises GradebookError where that is no place that we can use.
    """
    root = Path(root).resolve()
    said = settings(root).CourseDirectory.get("db_url")
    try:
        url = make_url(said) if said else URL.create("sqlite", database="gradebook.db")
        if url.get_driver_name() not in DRIVERS or not url.database:
            raise ArgumentError
        url.get_dialect().import_dbapi()
    except ArgumentError as error:
        why = "must be sqlite:///FILE or postgresql://USER@HOST/DATABASE"
        raise GradebookError(f"CourseDirectory.db_url, in nbgrader's configuration, {why}.") from error
    except ModuleNotFoundError as error:
        raise GradebookError(NO_DRIVER) from error
    if is_file(url):
        return url.set(database=str(root / url.database)).update_query_dict({"timeout": str(PATIENCE)})
    return url.update_query_dict({"connect_timeout": url.query.get("connect_timeout", str(PATIENCE))})


def is_file(url: URL) -> bool:
    """Return whether a gradebook is a file, rather than on a server."""
    return url.get_backend_name() == "sqlite"


def is_missing(url: URL) -> bool:
    """Return whether a gradebook is a file that is not there; a server is asked."""
    return is_file(url) and not Path(str(url.database)).exists()


@contextmanager
def opened(url: URL) -> Iterator[Gradebook]:
    """Open nbgrader's gradebook at `url`, made if it is not there; what the database refuses is a GradebookError."""
    if not shutil.which("alembic"):  # nbgrader asks this tool, of our environment, for the version of a new gradebook
        os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    gradebook = None
    try:
        with quiet():
            with alone(url):
                gradebook = Gradebook(url, COURSE_ID)
            yield gradebook
    except DBAPIError as error:
        raise GradebookError(explain(url, error)) from error
    except InvalidEntry as error:  # nbgrader says no more than that one of its own steps was refused
        raise GradebookError(explain(url, error.__context__)) from error
    finally:
        if gradebook is not None:
            gradebook.close()


@contextmanager
def transaction(url: URL) -> Iterator[Gradebook]:
    """Open the gradebook and hold its lock; what is written inside is valid at the end, or not at all.

    nbgrader's API commits at every step. Here its session joins a transaction from outside, which these commits leave
    open (SQLAlchemy calls this `rollback_only`).
    """
    with opened(url) as gradebook, gradebook.engine.connect() as connection:
        lock(connection)
        gradebook.db.remove()
        session = sessionmaker(bind=connection, autoflush=True, join_transaction_mode="rollback_only")
        gradebook.db = scoped_session(session)
        try:
            yield gradebook
            gradebook.db.flush()
            connection.commit()
        finally:
            gradebook.db.remove()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep nbgrader from printing three warnings for each new student, and a traceback of what we say in a sentence."""
    before, app_log.disabled = app_log.disabled, True
    try:
        with warnings.catch_warnings(category=SAWarning, action="ignore"):
            yield
    finally:
        app_log.disabled = before


@contextmanager
def alone(url: URL) -> Iterator[None]:
    """On a server, hold the lock meanwhile: nbgrader makes tables without one, and two at once would fail."""
    if is_file(url):
        yield
    else:
        with create_engine(url, poolclass=NullPool).connect() as connection:
            lock(connection)
            yield


def lock(connection: Connection) -> None:
    """Begin a transaction that one process at a time can be in; wait for another's end, but not for ever."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{TURN}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")


def explain(url: URL, error: BaseException | None) -> str:
    """Return a sentence on why the gradebook failed; in place of a password stands ***."""
    place = url.database if is_file(url) else url.set(query={}).render_as_string()
    said = error.orig if isinstance(error, DBAPIError) else error
    if getattr(said, "sqlstate", None) == LOCKED or "locked" in str(said):
        return f"{place} is in use by another program (formgrader, a database tool): close it and grade again."
    if isinstance(error, IntegrityError):
        return f"Another program wrote into {place} at the same time: grade again."
    return f"{place} cannot be used as nbgrader's gradebook: {' '.join(str(said).split())}."
