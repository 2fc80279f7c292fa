"""Files of users and of tenants: uploaded as they come, known by their content, handed out by signed links."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondasi.files import archives, exchange
from fondasi.files.antivirus import Antivirus, ScanError
from fondasi.files.commands import commands
from fondasi.files.downloads import Content, lead_to
from fondasi.files.errors import FileNotThere, RangeNotThere, StorageUnavailable
from fondasi.files.events import EVENTS
from fondasi.files.jobs import purge, thumbnails
from fondasi.files.links import Links
from fondasi.files.models import File, TenantFile
from fondasi.files.objects import drop_object, keep_object, object_content, write_objects
from fondasi.files.permissions import PERMISSIONS, TENANT_PERMISSIONS, VIEW, VIEW_INSIDE
from fondasi.files.personal_data import PERSONAL_DATA
from fondasi.files.routes import answer_with, downloads, inside, pictures, router
from fondasi.files.schemas import CONTENT
from fondasi.files.uploads import Uploads
from fondasi.kit.live import SIGNED_IN, Changes
from fondasi.kit.storage import Storage, storage_of
from fondasi.module import Module
from fondasi.platform import Platform
from fondasi.settings import ClamavSettings

__all__ = [
    "CONTENT",
    "Content",
    "File",
    "FileNotThere",
    "RangeNotThere",
    "StorageUnavailable",
    "TenantFile",
    "answer_with",
    "antivirus_fault",
    "drop_object",
    "keep_object",
    "lead_to",
    "module",
    "object_content",
    "write_objects",
]


@asynccontextmanager
async def _lifespan(platform: Platform) -> AsyncIterator[None]:
    settings = platform.settings
    platform.provide(storage_of(settings), as_type=Storage)
    platform.provide(Links(settings))
    platform.provide(Uploads())
    platform.provide(Antivirus(settings.clamav))
    yield


async def antivirus_fault(settings: ClamavSettings) -> str | None:
    """Why ClamAV cannot be asked, where there has to be one; None when it answers."""
    try:
        await Antivirus(settings).ping()
    except ScanError as error:
        return f"ClamAV does not answer at CLAMAV_URL ({error}): files are refused until it does."
    return None


module = Module(
    name="files",
    routers=[
        downloads,
        router,
        pictures,
        inside,
        archives.router,
        exchange.exports,
        exchange.imports,
        exchange.exports_inside,
        exchange.imports_inside,
    ],
    permissions=PERMISSIONS,
    tenant_permissions=TENANT_PERMISSIONS,
    jobs=[purge, thumbnails, archives.build, archives.purge, exchange.export_rows, exchange.import_rows],
    events=EVENTS,
    changes=[Changes("files", permission=VIEW, owner=SIGNED_IN, tenant_permission=VIEW_INSIDE)],
    lifespan=_lifespan,
    personal_data=[*PERSONAL_DATA, *archives.PERSONAL_DATA],
    command_groups={"files": commands},
    tags={
        "files": "Files of users and of tenants.",
        "exports": "Rows as files, and files as rows.",
    },
    vocabulary={
        "file_id": "Id of the file.",
        "FileRead.name": "Its name, without folders.",
        "dataset": "Of which rows.",
        "import_id": "Id of the import.",
        "ImportRun.dry_run": "Whether no line was to be written.",
    },
)
