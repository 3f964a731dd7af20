"""The action of the plugin: finds edges with the Sobel operator."""

from __future__ import annotations

import csv
from math import hypot
from pathlib import Path
from typing import Protocol, TypedDict

from .netpbm import GrayImage, read_gray, write_gray

# The answer of the Sobel operator to a step from black to white.
_FULL_STEP = 4 * 255


class Parameters(TypedDict, total=False):
    """What `run_plugin` sends as `parameters`; `config.yaml` has the defaults."""

    input_path: str
    output_path: str
    threshold: float
    max_items: int


class Metrics(TypedDict):
    """Figures over all images."""

    images: int
    pixels: int
    edge_pixels: int
    edge_share: float


class Result(TypedDict):
    """What the job ends with."""

    output_files: list[str]
    metrics: Metrics


class Reporter(Protocol):
    """Learns how far the work is."""

    def __call__(self, progress: float, message: str) -> None:
        """Take the progress in per cent and one line for the console."""
        ...


def find_edges(image: GrayImage, threshold: float) -> GrayImage:
    """Return an image that is white where the brightness changes by more than the threshold.

    Args:
        image: What to search. Its outermost pixels have too few neighbours and are never edges.
        threshold: From 0 (any change) to 1 (only black beside white).
    """
    limit = threshold * _FULL_STEP
    edges = [[0] * image.width for _ in range(image.height)]
    for y in range(1, image.height - 1):
        above, here, below = image.rows[y - 1 : y + 2]
        for x in range(1, image.width - 1):
            across = above[x + 1] + 2 * here[x + 1] + below[x + 1] - above[x - 1] - 2 * here[x - 1] - below[x - 1]
            down = below[x - 1] + 2 * below[x] + below[x + 1] - above[x - 1] - 2 * above[x] - above[x + 1]
            if hypot(across, down) > limit:
                edges[y][x] = 255
    return GrayImage(image.width, image.height, edges)


def run(parameters: Parameters, report: Reporter) -> Result:
    """Search all images of a folder.

    Args:
        parameters: Where to read, where to write, and how strict to be.
        report: Called after each image.

    Raises:
        FileNotFoundError: `input_path` holds no image.
        ValueError: A file is not a Netpbm image, or the threshold is not between 0 and 1.
    """
    threshold = parameters.get("threshold", 0.5)
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold must be between 0 and 1, not {threshold}")
    source = Path(parameters.get("input_path", "samples"))
    target = Path(parameters.get("output_path", "edges"))
    images = sorted(path for path in source.iterdir() if path.suffix in {".pgm", ".ppm"})
    images = images[: parameters.get("max_items", 100)]
    if not images:
        raise FileNotFoundError(f"no .pgm or .ppm file in {source}")
    target.mkdir(parents=True, exist_ok=True)

    table: list[tuple[str, int, int]] = []
    written: list[str] = []
    for done, path in enumerate(images, start=1):
        edges = find_edges(read_gray(path), threshold)
        count = sum(row.count(255) for row in edges.rows)
        table.append((path.name, edges.width * edges.height, count))
        written.append(f"{path.stem}.edges.pgm")
        write_gray(target / written[-1], edges)
        report(100 * done / len(images), f"{path.name}: {count} edge pixels")

    written.append("edges.csv")
    with (target / "edges.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([("image", "pixels", "edge_pixels"), *table])
    pixels, found = sum(row[1] for row in table), sum(row[2] for row in table)
    return {
        "output_files": written,
        "metrics": {
            "images": len(table),
            "pixels": pixels,
            "edge_pixels": found,
            "edge_share": round(found / pixels, 4),
        },
    }
