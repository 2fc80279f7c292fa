"""What a new cluster contains, and how its server is tuned."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

CONFIGURATION_FILE = "fondasi.conf"
SUPERUSER = "postgres"
OWNER = "fondasi_owner"
APP = "fondasi_app"
DATABASE = "fondasi"

INITDB_OPTIONS = (
    f"--username={SUPERUSER}",
    "--auth=peer",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--text-search-config=simple",
    "--no-instructions",
)

# Run in template1, so that databases made later have the extension and the grants, too.
BOOTSTRAP_SQL = f"""\
CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;

CREATE ROLE {APP} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;

CREATE EXTENSION vector;

ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};

ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE ON SEQUENCES TO {APP};

ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE ON SCHEMAS TO {APP};

CREATE DATABASE {DATABASE} OWNER {OWNER};

REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;

GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP};
"""

# Who may connect: through the socket alone, whom the kernel says to be one of those in the map.
ACCESS = """\
# Written at every start.
local all all peer map=fondasi
local replication all peer map=fondasi
"""

_TUNING = {
    "shared_preload_libraries": "vector",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "512MB",
    "max_parallel_maintenance_workers": "2",
    "max_connections": "200",
    "jit": "off",
    "timezone": "UTC",
    "unix_socket_permissions": "0700",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where the system keeps POSIX shared memory
_SHARED_MEMORY_NEEDED = 1 << 30  # two parallel index builds of maintenance_work_mem


def configuration(*, durable: bool) -> str:
    """Return the text of the configuration file that is written at every start."""
    values = (
        _TUNING | {"dynamic_shared_memory_type": shared_memory_type()} | ({} if durable else _NOT_DURABLE)
    )
    lines = (f"{name} = '{value}'" for name, value in values.items())
    return "\n".join(["# Written at every start. To change a value, use ALTER SYSTEM.", *lines, ""])


def identities(users: Iterable[str]) -> str:
    """Return the text of the map of the operating system's users that may take any role."""
    return "\n".join(["# Written at every start.", *(f'fondasi "{name}" all' for name in users), ""])


def shared_memory_type() -> str:
    """Return ``posix``, or ``mmap`` where POSIX shared memory is missing or small (64 MB in containers)."""
    try:
        roomy = shutil.disk_usage(_SHARED_MEMORY).free >= _SHARED_MEMORY_NEEDED
    except OSError:
        return "mmap"
    return "posix" if roomy and os.access(_SHARED_MEMORY, os.W_OK) else "mmap"
