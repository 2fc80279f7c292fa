"""Settings of what tells others how the service does, traces and errors, under the names of their standards."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator

# Those that the SDK of OpenTelemetry reads by itself.
READ_BY_SDK = frozenset(
    {
        *(f"OTEL_BSP_{name}" for name in ("MAX_EXPORT_BATCH_SIZE", "MAX_QUEUE_SIZE", "SCHEDULE_DELAY")),
        *(
            f"OTEL_EXPORTER_OTLP_{signal}{name}"
            for signal in ("", "TRACES_")
            for name in ("CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY", "COMPRESSION", "TIMEOUT")
        ),
        *(f"OTEL_{name}_COUNT_LIMIT" for name in ("ATTRIBUTE", "SPAN_ATTRIBUTE", "SPAN_EVENT", "SPAN_LINK")),
        *(f"OTEL_{name}_VALUE_LENGTH_LIMIT" for name in ("ATTRIBUTE", "SPAN_ATTRIBUTE")),
    }
)
PAIR = re.compile(r"\s*([^=,\s]+)\s*=([^,]*)")


class OtelSettings(BaseModel):
    """Traces by OpenTelemetry, over OTLP. Needs `pip install fondasi[opentelemetry]`.

    The names are those of the OpenTelemetry specification; its SDK reads others from the environment too, such as
    `OTEL_BSP_MAX_QUEUE_SIZE`.
    """

    exporter_otlp_endpoint: str = Field(
        "", description="Collector that traces are sent to: http://localhost:4318. Empty: there are none."
    )
    exporter_otlp_traces_endpoint: str = Field(
        "", description="Whole address for traces. Empty: OTEL_EXPORTER_OTLP_ENDPOINT and /v1/traces."
    )
    exporter_otlp_headers: SecretStr | None = Field(
        None,
        description="Headers for the collector, such as its key: name=value,name=value (percent-encoded).",
    )
    exporter_otlp_protocol: str = Field(
        "http/protobuf", description="How the collector is spoken to. There is no other way."
    )
    traces_exporter: Literal["otlp", "none"] = Field("otlp", description="none: make no traces.")
    traces_sampler: Literal[
        "always_on",
        "always_off",
        "traceidratio",
        "parentbased_always_on",
        "parentbased_always_off",
        "parentbased_traceidratio",
    ] = Field(
        "parentbased_always_on",
        description="Which traces are kept. parentbased_: as the caller says, where one says so.",
    )
    traces_sampler_arg: float = Field(1, ge=0, le=1, description="The part of them that traceidratio keeps.")
    service_name: str = Field("", description="Name of this service in traces. Empty: fondasi.")
    resource_attributes: str = Field(
        "", description="What else is said of this service: name=value,name=value."
    )
    sdk_disabled: bool = Field(False, description="Make no traces, whatever else is set.")

    @field_validator("exporter_otlp_endpoint", "exporter_otlp_traces_endpoint")
    @classmethod
    def _is_address(cls, address: str) -> str:
        if address and not _is_web_address(address):
            raise ValueError("must be an address: http://localhost:4318")
        if "@" in urlsplit(address).netloc:
            raise ValueError(
                "must not carry a password: put what the collector asks for into OTEL_EXPORTER_OTLP_HEADERS"
            )
        return address

    @field_validator("exporter_otlp_protocol")
    @classmethod
    def _is_spoken(cls, protocol: str) -> str:
        if protocol != "http/protobuf":
            raise ValueError("must be http/protobuf, which collectors take at port 4318; leave it unset")
        return protocol

    @field_validator("exporter_otlp_headers")
    @classmethod
    def _are_headers(cls, headers: SecretStr | None) -> SecretStr | None:
        if headers is not None:
            pairs(headers.get_secret_value())
        return headers

    @field_validator("resource_attributes")
    @classmethod
    def _are_attributes(cls, text: str) -> str:
        pairs(text)
        return text

    @property
    def traces_url(self) -> str | None:
        """Where traces go; None when there are none."""
        if self.sdk_disabled or self.traces_exporter == "none":
            return None
        if self.exporter_otlp_traces_endpoint:
            return self.exporter_otlp_traces_endpoint
        endpoint = self.exporter_otlp_endpoint
        return f"{endpoint.removesuffix('/')}/v1/traces" if endpoint else None

    @property
    def headers(self) -> dict[str, str]:
        """The headers for the collector."""
        secret = self.exporter_otlp_headers
        found = pairs(secret.get_secret_value()) if secret else {}
        return {name.lower(): value for name, value in found.items()}


class SentrySettings(BaseModel):
    """Errors, sent to Sentry or a service that speaks its protocol. Needs `pip install fondasi[sentry]`."""

    dsn: SecretStr | None = Field(
        None, description="Where errors are sent (https://KEY@HOST/PROJECT). Empty: nowhere."
    )
    environment: str = Field("", description="Name of the environment there. Empty: ENVIRONMENT.")
    release: str = Field("", description="Name of the release there. Empty: fondasi@VERSION.")
    messages: bool = Field(
        False,
        description="Send the messages of exceptions too, without what looks like a secret or an address. A message "
        "can hold anything, so they are not sent unless you know yours.",
    )
    per_minute: int = Field(60, ge=1, le=6000, description="Errors that a process sends in a minute at most.")

    @field_validator("dsn")
    @classmethod
    def _is_dsn(cls, dsn: SecretStr | None) -> SecretStr | None:
        if dsn is not None:
            address = dsn.get_secret_value()
            parts = urlsplit(address) if _is_web_address(address) else None
            if parts is None or not parts.username or not parts.path.rpartition("/")[2].isdecimal():
                raise ValueError("must be a DSN as Sentry shows it: https://KEY@HOST/PROJECT")
        return dsn


def pairs(text: str) -> dict[str, str]:
    """`name=value,name=value`, percent-encoded, as OpenTelemetry writes lists in the environment.

    Raises:
        ValueError: it is something else.
    """
    found: dict[str, str] = {}
    for item in text.split(","):
        if not item.strip():
            continue
        match = PAIR.fullmatch(item)
        if match is None:
            raise ValueError("must be written name=value,name=value")
        found[unquote(match[1])] = unquote(match[2].strip())
    return found


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
