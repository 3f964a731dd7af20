"""Draws small images in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# A braille character has two columns of four dots; these are the bits of their Unicode code points.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def braille(pgm: Path) -> list[str]:
    """Return a black and white image in the text form of PGM as lines of braille characters."""
    _, width, height, _, *values = pgm.read_text(encoding="ascii").split()
    columns, rows = int(width), int(height)
    lit = [value != "0" for value in values]
    lines = []
    for top in range(0, rows, 4):
        line = ""
        for left in range(0, columns, 2):
            code = sum(
                dot
                for y, dots in enumerate(_DOTS)
                for x, dot in enumerate(dots)
                if top + y < rows and left + x < columns and lit[(top + y) * columns + left + x]
            )
            line += chr(0x2800 + code)
        lines.append(line)
    return lines
