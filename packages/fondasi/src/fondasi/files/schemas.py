"""What the routes of files take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from fondasi.kit.outgoing import LONGEST_URL

UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "The file. Its type is found in its content.",
                            "examples": ["The first line."],
                        }
                    },
                }
            }
        },
    }
}
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    206: {
        "description": "The part of the file that `Range` asks for.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
}


class FileFetch(BaseModel):
    """A file to be fetched."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        min_length=1,
        max_length=LONGEST_URL,
        description="A public address. Up to three redirects are followed.",
        examples=["https://example.com/report.pdf"],
    )
    name: str | None = Field(
        None,
        max_length=500,
        description="What it is called; as its address ends if left out.",
        examples=[None],
    )


class FileRead(BaseModel):
    """A file, without its content."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    owner_id: UUID | None = Field(description="Id of the user who uploaded it; null when they left.")
    name: str
    media_type: str = Field(description="What its content is.", examples=["application/pdf"])
    size: int = Field(description="Bytes.")
    created_at: datetime
    url: str = Field(description="Path of a link to its content. It ends after `FILE_LINK_MINUTES`.")
    thumbnails: dict[str, str] = Field(
        default_factory=dict,
        description="Of a picture, paths of links to smaller ones (WebP) by their longest side in pixels, once there.",
        examples=[{}],
    )
