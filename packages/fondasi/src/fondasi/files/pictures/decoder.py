"""A program that decodes a picture: `python decoder.py PIXELS SIDE...` reads it and writes smaller ones.

It runs by itself because decoders are where holes are: it gets no settings, no keys and no connection, and may use so
much memory and time and no file. Each smaller picture is written behind four bytes that say how long it is.
"""

import resource
import sys
from io import BytesIO

from PIL import Image, ImageOps

MEMORY = 1024 * 1024 * 1024  # bytes
SECONDS = 20
QUALITY = 80
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


def main(most_pixels: int, sides: list[int]) -> None:
    """Read the picture from standard input, and write one for each side in pixels to standard output, as WebP."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    Image.MAX_IMAGE_PIXELS = most_pixels
    image = Image.open(BytesIO(sys.stdin.buffer.read()), formats=FORMATS)
    image.draft("RGB", (2 * max(sides), 2 * max(sides)))  # a JPEG is decoded no larger than it is needed
    turned = ImageOps.exif_transpose(image)
    for side in sides:
        smaller = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
        smaller.thumbnail((side, side))
        made = BytesIO()
        smaller.save(made, "WEBP", quality=QUALITY)
        sys.stdout.buffer.write(len(made.getvalue()).to_bytes(4) + made.getvalue())


if __name__ == "__main__":
    main(int(sys.argv[1]), [int(side) for side in sys.argv[2:]])
