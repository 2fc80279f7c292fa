"""Health routes (no prefix). A probe answers 503 when what it checks is down."""

import secrets
from typing import Any, TypeVar

from fastapi import Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from fondasi.access import public, require, unlimited
from fondasi.dependencies import CurrentPlatform
from fondasi.health import service
from fondasi.health.schemas import Check, DetailedHealth, Health, Readiness, SystemUse
from fondasi.kit.http import NotFound, Router, Unauthenticated, raises
from fondasi.kit.telemetry import text_of_metrics
from fondasi.platform import Platform
from fondasi.settings import Environment

DETAILS = "system.view"
T = TypeVar("T", Check, Readiness)
router = Router(tags=["health"], dependencies=[unlimited])
unavailable: dict[int | str, dict[str, Any]] = {
    503: {"description": "What is checked is down.", "model": Check}
}


@router.get("/health", operation_id="read_health", dependencies=[public])
async def read_health(request: Request) -> Health:
    """The process answers."""
    return service.health(request.app.state.platform)


@router.get("/health/live", operation_id="read_liveness", dependencies=[public])
async def read_liveness(request: Request) -> Health:
    """The process answers (Kubernetes liveness probe)."""
    return service.health(request.app.state.platform)


@router.get(
    "/health/ready",
    operation_id="read_readiness",
    dependencies=[public],
    responses={503: {"description": "Not ready.", "model": Readiness}},
)
async def read_readiness(platform: CurrentPlatform, response: Response) -> Readiness:
    """Requests can be served (Kubernetes readiness probe)."""
    return _with_status(await service.readiness(platform), response)


@router.get(
    "/health/database", operation_id="read_database_health", dependencies=[public], responses=unavailable
)
async def read_database_health(platform: CurrentPlatform, response: Response) -> Check:
    """The database answers."""
    return _with_status(await service.check_database(platform), response)


@router.get(
    "/health/storage", operation_id="read_storage_health", dependencies=[public], responses=unavailable
)
async def read_storage_health(platform: CurrentPlatform, response: Response) -> Check:
    """The data folder can be written."""
    return _with_status(await service.check_storage(platform), response)


@router.get("/health/system", operation_id="read_system_use", dependencies=[require(DETAILS)])
async def read_system_use() -> SystemUse:
    """What the process uses."""
    return service.system_use()


@router.get("/health/detailed", operation_id="read_detailed_health", dependencies=[require(DETAILS)])
async def read_detailed_health(platform: CurrentPlatform) -> DetailedHealth:
    """Everything, for administrators."""
    return await service.detailed(platform)


@router.get(
    "/metrics",
    operation_id="read_metrics",
    dependencies=[public, raises(Unauthenticated, NotFound)],
    response_class=Response,
    responses={200: {"description": "Prometheus text format.", "content": {"text/plain": {}}}},
)
async def read_metrics(request: Request, platform: CurrentPlatform) -> Response:
    """Metrics for Prometheus: open in `local`, behind `METRICS_TOKEN` elsewhere."""
    _check_metrics_token(request, platform)
    return Response(await text_of_metrics(), media_type=CONTENT_TYPE_LATEST)


def _with_status(result: T, response: Response) -> T:
    if result.status != "healthy":
        response.status_code = 503
    return result


def _check_metrics_token(request: Request, platform: Platform) -> None:
    token = platform.settings.metrics.token
    if token is None:
        if platform.settings.environment is not Environment.LOCAL:
            raise NotFound("Metrics are off: set METRICS_TOKEN to serve them.")
        return
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secrets.compare_digest(
        sent.encode(), token.get_secret_value().encode()
    ):
        raise Unauthenticated("Send METRICS_TOKEN as `Authorization: Bearer ...`.")
