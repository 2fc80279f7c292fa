"""What the routes of PDFs give."""

from pydantic import BaseModel, ConfigDict, Field

BoxRead = tuple[float, float, float, float]


class PageRead(BaseModel):
    """A page of a PDF as it is shown, in points."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    width: float
    height: float


class PassagePage(PageRead):
    """A page with a passage on it."""

    boxes: list[BoxRead] = Field(
        description="Where its lines stand: left, top, right, bottom, in points from the top left of the page."
    )
