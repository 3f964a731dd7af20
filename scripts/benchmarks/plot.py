"""Draws what a call costs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from .libraries import load
from .measuring import Figure

# Greys and colours that stand out on white as well as on black, because the page decides what is behind them.
_TEXT, _OURS, _OTHERS = "#7c7c7c", "#1f8fe0", "#9a9a9a"


def draw(figures: Sequence[Figure], target: Path) -> None:
    """Draw the times as bars, grouped by what was called.

    Args:
        figures: Those that have a time in microseconds are drawn.
        target: The picture; its suffix says which kind, `.svg` or `.png`.
    """
    matplotlib = load("matplotlib")
    matplotlib.use("Agg")
    pyplot = load("matplotlib.pyplot")
    drawn = [figure for figure in figures if figure.unit == "us"]
    groups = [(group, list(members)) for group, members in groupby(drawn, key=lambda figure: figure.group)]
    settings = {"svg.fonttype": "none", "svg.hashsalt": "bench", "font.size": 9, "text.color": _TEXT}
    with matplotlib.rc_context(settings):
        picture, panels = pyplot.subplots(
            len(groups),
            1,
            figsize=(7, 0.3 * len(drawn) + 0.45 * len(groups)),
            gridspec_kw={"height_ratios": [len(members) + 0.6 for _, members in groups]},
            sharex=True,
            squeeze=False,
            layout="constrained",
        )
        for panel, (group, members) in zip(panels[:, 0], groups, strict=True):
            colours = [_OURS if figure.ratio is None else _OTHERS for figure in members]
            bars = panel.barh([figure.name for figure in members], [figure.value for figure in members], color=colours)
            panel.bar_label(bars, [f"{figure.value:.0f} µs" for figure in members], padding=4, color=_TEXT)
            panel.set_title(group, loc="left", fontsize=9, fontweight="bold", color=_TEXT)
            panel.invert_yaxis()
            panel.margins(x=0.1)
            panel.xaxis.set_visible(False)
            panel.tick_params(length=0, labelcolor=_TEXT)
            for side in panel.spines.values():
                side.set_visible(False)
        # Without metadata, two pictures of the same figures are equal.
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type")) if target.suffix == ".svg" else None
        picture.savefig(target, transparent=True, metadata=nothing, dpi=150)
        pyplot.close(picture)
