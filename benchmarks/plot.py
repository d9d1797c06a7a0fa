"""Draw curves as SVG, side by side, without a plotting library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 240, 150, 40


@dataclass(frozen=True, slots=True)
class Curve:
    """Seconds `y` by `x`; `what` describes `x`."""

    what: str
    x: Sequence[int]
    y: Sequence[float]


def draw(curves: Sequence[Curve]) -> str:
    """Return an SVG with a panel per curve, both axes from 0, and a line from the first point to the last."""
    width, height = len(curves) * (WIDTH + MARGIN) + MARGIN, HEIGHT + 2 * MARGIN
    panels = "\n".join(
        f'<g transform="translate({MARGIN + index * (WIDTH + MARGIN)},{MARGIN // 2})">\n{_panel(curve)}\n</g>'
        for index, curve in enumerate(curves)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"'
        f' font-size="10">\n<rect width="{width}" height="{height}" fill="white"/>\n{panels}\n</svg>\n'
    )


def _panel(curve: Curve) -> str:
    right, top = max(curve.x), max(curve.y)
    points = [
        (x / right * WIDTH, HEIGHT - y / top * HEIGHT * 0.9) for x, y in zip(curve.x, curve.y, strict=True)
    ]
    (left_x, left_y), (right_x, right_y) = points[0], points[-1]
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#0550ae"/>' for x, y in points)
    return (
        f'<path d="M0,0V{HEIGHT}H{WIDTH}" fill="none" stroke="#57606a"/>'
        f'<path d="M{left_x:.1f},{left_y:.1f}L{right_x:.1f},{right_y:.1f}"'
        ' stroke="#8c959f" stroke-dasharray="4"/>'
        f"{dots}"
        f'<text x="{WIDTH}" y="{HEIGHT + 12}" text-anchor="end">{right:,}</text>'
        f'<text x="{WIDTH}" y="{right_y - 8:.1f}" text-anchor="end">{top:.2f} s</text>'
        f'<text x="{WIDTH / 2}" y="{HEIGHT + 26}" text-anchor="middle">{curve.what}</text>'
    )
