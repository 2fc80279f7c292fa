"""The OpenAI and Google providers against a real HTTP server on this machine that speaks their protocols."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from fondasi.ai.embeddings import (
    EmbeddingAuthenticationError,
    EmbeddingDimensionError,
    EmbeddingError,
    EmbeddingRequestError,
    EmbeddingResponseError,
    EmbeddingUnavailableError,
    create_embedder,
    remote,
)
from fondasi.settings import EmbeddingSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

KEY = "sk-secret-1234567890"
DIMENSION = 8


def vector_of(text: str) -> list[float]:
    """Not of unit length on purpose."""
    return [float(len(text)), float(text.count("a")), *map(float, range(6))]


@dataclass
class Provider:
    """What the server answers next, and what it was asked."""

    url: str = ""
    troubles: list[Response] = field(default_factory=list)
    delay: float = 0.0
    dimension: int = DIMENSION
    seen: list[dict[str, Any]] = field(default_factory=list)

    async def openai(self, request: Request) -> Response:
        body, trouble = await self._take(request)
        if trouble:
            return trouble
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return refusal(401)
        data = [
            {"object": "embedding", "index": index, "embedding": vector_of(text)[: self.dimension]}
            for index, text in enumerate(body["input"])
        ]
        return JSONResponse({"object": "list", "model": body["model"], "data": data[::-1]})

    async def google(self, request: Request) -> Response:
        body, trouble = await self._take(request)
        if trouble:
            return trouble
        if request.headers.get("x-goog-api-key") != KEY:
            return refusal(403)
        texts = [item["content"]["parts"][0]["text"] for item in body["requests"]]
        return JSONResponse({"embeddings": [{"values": vector_of(text)[: self.dimension]} for text in texts]})

    async def _take(self, request: Request) -> tuple[dict[str, Any], Response | None]:
        body: dict[str, Any] = await request.json()
        self.seen.append({"path": request.url.path, "query": request.url.query, "body": body})
        trouble = self.troubles.pop(0) if self.troubles else None
        await asyncio.sleep(self.delay)
        return body, trouble


def refusal(status: int, **headers: str) -> JSONResponse:
    """As the providers word it: with the key in the message."""
    message = f"Incorrect API key provided: {KEY}. Or the batch is too large."
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse({"error": {"message": message}}, status, headers=named)


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    provider = Provider()
    app = Starlette(
        routes=[
            Route("/v1/embeddings", provider.openai, methods=["POST"]),
            Route("/v1beta/models/{rest}", provider.google, methods=["POST"]),
        ]
    )
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not running.started and time.monotonic() < deadline:
        time.sleep(0.01)
    provider.url = f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    yield provider
    running.should_exit = True
    thread.join(timeout=5)


@pytest.fixture(autouse=True)
def provider(server: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    server.troubles, server.delay, server.dimension, server.seen = [], 0.0, DIMENSION, []
    monkeypatch.setattr(remote, "LONGEST_WAIT", 0.05)
    return server


@pytest.fixture(params=["openai", "google"])
def settings(request: pytest.FixtureRequest, provider: Provider) -> EmbeddingSettings:
    return settings_for(request.param, provider)


def settings_for(name: str, provider: Provider, **values: Any) -> EmbeddingSettings:
    base = {"openai": "/v1/", "google": "/v1beta"}[name]
    return EmbeddingSettings(
        **{
            "provider": name,
            "model": "tiny",
            "dimension": DIMENSION,
            "base_url": provider.url + base,
            "api_key": KEY,
            "batch_size": 2,
            "timeout": 5,
            **values,
        }
    )


async def failure(settings: EmbeddingSettings) -> EmbeddingError:
    """The error of one call, checked to keep the key to itself."""
    embedder = create_embedder(settings)
    with pytest.raises(EmbeddingError) as raised:
        await embedder.embed_query("teks")
    await embedder.aclose()
    error: BaseException | None = raised.value
    while error is not None:
        assert KEY not in str(error)
        assert KEY not in repr(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return raised.value


async def test_documents_come_back_in_order_as_unit_rows(
    settings: EmbeddingSettings, provider: Provider
) -> None:
    embedder = create_embedder(settings)
    texts = ["a", "bb", "  ", "aaaa", "b", ""]
    rows = await embedder.embed_documents(texts)
    assert rows.shape == (6, DIMENSION)
    assert rows.dtype == np.float32
    for row, text in zip(rows, texts, strict=True):
        expected = np.array(vector_of(text)) if text.strip() else np.zeros(DIMENSION)
        assert np.allclose(row, expected / max(1e-9, np.linalg.norm(expected)), atol=1e-6)
    assert len(provider.seen) == 2
    await embedder.aclose()


async def test_nothing_to_embed_asks_nothing(settings: EmbeddingSettings, provider: Provider) -> None:
    embedder = create_embedder(settings)
    assert (await embedder.embed_documents([])).shape == (0, DIMENSION)
    assert not (await embedder.embed_query("  ")).any()
    assert provider.seen == []


async def test_google_is_told_whether_it_is_a_query(provider: Provider) -> None:
    embedder = create_embedder(settings_for("google", provider))
    await embedder.embed_query("q")
    await embedder.embed_documents(["d"])
    kinds = [request["body"]["requests"][0]["taskType"] for request in provider.seen]
    assert kinds == ["RETRIEVAL_QUERY", "RETRIEVAL_DOCUMENT"]
    assert provider.seen[0]["path"] == "/v1beta/models/tiny:batchEmbedContents"
    assert provider.seen[0]["query"] == ""
    assert provider.seen[0]["body"]["requests"][0]["outputDimensionality"] == DIMENSION


async def test_openai_shortens_only_the_models_that_can_be_shortened(provider: Provider) -> None:
    for model, sent in (("text-embedding-3-small", DIMENSION), ("tiny", None)):
        embedder = create_embedder(settings_for("openai", provider, model=model))
        await embedder.embed_query("q")
        assert provider.seen[-1]["body"].get("dimensions") == sent


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_names_the_setting(
    settings: EmbeddingSettings, provider: Provider, status: int
) -> None:
    provider.troubles = [refusal(status)]
    error = await failure(settings)
    assert isinstance(error, EmbeddingAuthenticationError)
    assert "EMBEDDING_API_KEY" in str(error)
    assert len(provider.seen) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_passing_trouble_is_tried_again(
    settings: EmbeddingSettings, provider: Provider, status: int
) -> None:
    provider.troubles = [refusal(status, retry_after="1"), refusal(status, retry_after="soon")]
    embedder = create_embedder(settings)
    assert (await embedder.embed_query("teks")).shape == (DIMENSION,)
    assert len(provider.seen) == 3


async def test_the_wait_that_the_provider_asks_for_is_kept(
    settings: EmbeddingSettings, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "LONGEST_WAIT", 5)
    provider.troubles = [refusal(429, retry_after="1")]
    start = time.perf_counter()
    await create_embedder(settings).embed_query("teks")
    assert time.perf_counter() - start >= 1


async def test_lasting_trouble_gives_up_and_says_so(settings: EmbeddingSettings, provider: Provider) -> None:
    provider.troubles = [refusal(503) for _ in range(9)]
    error = await failure(settings)
    assert isinstance(error, EmbeddingUnavailableError)
    assert "503" in str(error)
    assert len(provider.seen) == 4


@pytest.mark.parametrize("status", [400, 404, 413])
async def test_a_refused_request_is_not_repeated(
    settings: EmbeddingSettings, provider: Provider, status: int
) -> None:
    provider.troubles = [refusal(status)]
    error = await failure(settings)
    assert isinstance(error, EmbeddingRequestError)
    assert "the batch is too large" in str(error)
    assert len(provider.seen) == 1


async def test_another_dimension_is_refused(settings: EmbeddingSettings, provider: Provider) -> None:
    provider.dimension = 7
    error = await failure(settings)
    assert isinstance(error, EmbeddingDimensionError)
    assert "EMBEDDING_DIMENSION=7" in str(error)


async def test_a_slow_provider_times_out(settings: EmbeddingSettings, provider: Provider) -> None:
    provider.delay = 1
    error = await failure(settings.model_copy(update={"timeout": 0.05}))
    assert isinstance(error, EmbeddingUnavailableError)
    assert "did not answer within 0.05 s" in str(error)


async def test_an_unreachable_provider_is_named(settings: EmbeddingSettings) -> None:
    error = await failure(settings.model_copy(update={"base_url": "http://127.0.0.1:9/v1"}))
    assert isinstance(error, EmbeddingUnavailableError)
    assert "cannot be reached" in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("<html>"),
        JSONResponse([]),
        JSONResponse({"data": None, "embeddings": None}),
        JSONResponse({"data": [], "embeddings": []}),
        JSONResponse({"data": [{"index": 0, "embedding": ["x"] * 8}], "embeddings": [{"values": ["x"] * 8}]}),
        JSONResponse({"data": [{"index": 0, "embedding": 1}], "embeddings": [{"values": 1}]}),
        JSONResponse({"data": [{"index": 0, "embedding": None}], "embeddings": [None]}),
    ],
)
async def test_a_foreign_answer_is_refused(
    settings: EmbeddingSettings, provider: Provider, answer: Response
) -> None:
    provider.troubles = [answer]
    assert isinstance(await failure(settings), EmbeddingResponseError)


async def test_one_failing_batch_fails_the_call(settings: EmbeddingSettings, provider: Provider) -> None:
    provider.troubles = [refusal(400)]
    embedder = create_embedder(settings)
    with pytest.raises(EmbeddingRequestError):
        await embedder.embed_documents([f"teks {number}" for number in range(20)])


async def test_the_key_is_never_logged(
    settings: EmbeddingSettings, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        provider.troubles = [refusal(429)]
        await create_embedder(settings).embed_query("teks")
    assert KEY not in caplog.text
