"""Reads and writes Netpbm images, the one format that needs no library."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# A number or the magic word, after white space and comments.
_TOKEN = re.compile(rb"(?:\s|#[^\n]*\n)*([^\s#]+)")
_CHANNELS = {b"P2": 1, b"P3": 3, b"P5": 1, b"P6": 3}


@dataclass(frozen=True)
class GrayImage:
    """Rows of brightness, each value from 0 (black) to 255 (white)."""

    width: int
    height: int
    rows: list[list[int]]


def read_gray(path: Path) -> GrayImage:
    """Read a PGM or PPM file; colours become their brightness.

    Args:
        path: The file, in the text form (P2, P3) or the binary form (P5, P6).

    Raises:
        ValueError: The file is not such an image, or it ends too early.
    """
    data = path.read_bytes()
    header: list[bytes] = []
    position = 0
    while len(header) < 4:
        match = _TOKEN.match(data, position)
        if match is None:
            raise ValueError(f"{path.name}: not a Netpbm image, the header is incomplete")
        header.append(match[1])
        position = match.end()
    magic, *numbers = header
    if magic not in _CHANNELS or not all(number.isdigit() for number in numbers):
        raise ValueError(f"{path.name}: not a PGM or PPM image, it starts with {magic[:8]!r}")
    width, height, white = (int(number) for number in numbers)
    channels = _CHANNELS[magic]
    if not (width and height and 0 < white < 256):
        raise ValueError(f"{path.name}: {width} x {height} pixels of up to {white} cannot be read")

    # One single white space ends the header of the binary forms.
    samples = list(data[position + 1 :]) if magic in {b"P5", b"P6"} else [int(n) for n in data[position:].split()]
    if len(samples) < width * height * channels:
        raise ValueError(
            f"{path.name}: the header promises {width * height * channels} values, there are {len(samples)}"
        )
    if channels == 3:
        reds, greens, blues = samples[0::3], samples[1::3], samples[2::3]
        samples = [(299 * r + 587 * g + 114 * b) // 1000 for r, g, b in zip(reds, greens, blues, strict=False)]
    levels = [255 * value // white for value in samples[: width * height]]
    return GrayImage(width, height, [levels[start : start + width] for start in range(0, len(levels), width)])


def write_gray(path: Path, image: GrayImage) -> None:
    """Write an image in the text form of PGM."""
    rows = "\n".join(" ".join(map(str, row)) for row in image.rows)
    path.write_text(f"P2\n{image.width} {image.height}\n255\n{rows}\n", encoding="ascii")
