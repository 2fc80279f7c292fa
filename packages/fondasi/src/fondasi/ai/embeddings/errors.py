"""What can go wrong with embeddings. Every message says what to do; none ever contains an API key."""

from __future__ import annotations

from fondasi.settings import StartError


class EmbeddingError(RuntimeError):
    """Any failure of an embedding provider."""


class EmbeddingConfigurationError(EmbeddingError, StartError):
    """The settings do not describe a usable provider."""


class UnknownProviderError(EmbeddingConfigurationError):
    """`EMBEDDING_PROVIDER` names a provider that does not exist."""


class MissingExtraError(EmbeddingConfigurationError):
    """The provider needs a package that is not installed."""

    def __init__(self, provider: str, extra: str) -> None:
        super().__init__(
            f"The embedding provider {provider!r} needs packages that are not installed: "
            f"pip install 'fondasi[{extra}]', or set EMBEDDING_PROVIDER=static."
        )


class EmbeddingAuthenticationError(EmbeddingError):
    """The provider refused the API key (401, 403)."""


class EmbeddingUnavailableError(EmbeddingError):
    """The provider did not answer, or answered 429 or 5xx until the last attempt. Trying later may help."""


class EmbeddingRequestError(EmbeddingError):
    """The provider refused the request itself (another 4xx). Trying again does not help."""


class EmbeddingResponseError(EmbeddingError):
    """The provider answered something that is not a list of vectors."""


class EmbeddingDimensionError(EmbeddingError):
    """The provider's vectors have another dimension than the configured one."""

    def __init__(self, model_id: str, *, expected: int, received: int) -> None:
        super().__init__(
            f"{model_id} gives vectors of dimension {received}, but {expected} is configured: "
            f"set EMBEDDING_DIMENSION={received} and embed the documents again."
        )
