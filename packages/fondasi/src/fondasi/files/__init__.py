"""Files of users and of tenants: uploaded as they come, known by their content, handed out by signed links."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondasi.files.jobs import purge
from fondasi.files.links import Links
from fondasi.files.models import File, TenantFile
from fondasi.files.permissions import PERMISSIONS, TENANT_PERMISSIONS
from fondasi.files.personal_data import PERSONAL_DATA
from fondasi.files.routes import downloads, inside, router
from fondasi.files.uploads import Uploads
from fondasi.kit.storage import LocalStorage, Storage
from fondasi.module import Module
from fondasi.platform import Platform

__all__ = ["File", "TenantFile", "module"]


@asynccontextmanager
async def _lifespan(platform: Platform) -> AsyncIterator[None]:
    settings = platform.settings
    platform.provide(LocalStorage(settings.data_dir / "files"), as_type=Storage)
    platform.provide(Links(settings))
    platform.provide(Uploads())
    yield


module = Module(
    name="files",
    routers=[downloads, router, inside],
    permissions=PERMISSIONS,
    tenant_permissions=TENANT_PERMISSIONS,
    jobs=[purge],
    lifespan=_lifespan,
    personal_data=PERSONAL_DATA,
    tags={
        "files": "Files of users and of tenants.",
    },
    vocabulary={"file_id": "Id of the file.", "FileRead.name": "Its name, without folders."},
)
