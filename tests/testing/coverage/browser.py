"""Headless Chromium, and what is to be known of the pictures that it takes."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)

#: It speaks to nobody but us: no GPU, no network of its own, no profile but the one that it is given.
_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"),
)
_DARK = "--blink-settings=preferredColorScheme=0"
_LIGHT = "--blink-settings=preferredColorScheme=1"


def _run(page: Path, *options: str) -> str:
    assert CHROMIUM is not None
    profile = page.with_suffix(".profile")
    command = [CHROMIUM, *_QUIET, f"--user-data-dir={profile}", *options, page.as_uri()]
    try:
        run = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=120)
    finally:
        shutil.rmtree(profile, ignore_errors=True)
    return run.stdout


def elements_of(page: Path) -> str:
    """The page as the browser has read it."""
    return _run(page, "--dump-dom")


def picture_of(page: Path, width: int, height: int, *, dark: bool = False) -> bytes:
    """The page as the browser shows it, as PNG."""
    target = page.with_suffix(".png")
    _run(page, _DARK if dark else _LIGHT, f"--window-size={width},{height}", f"--screenshot={target}")
    return target.read_bytes()


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert png[12:16] == b"IHDR"
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


class Picture(NamedTuple):
    """A PNG of eight bits a channel, line by line."""

    rows: tuple[bytes, ...]
    channels: int

    def pixel(self, x: int, y: int) -> tuple[int, ...]:
        """The red, green and blue of a point."""
        return tuple(self.rows[y][x * self.channels : x * self.channels + 3])

    def colours(self) -> dict[tuple[int, ...], int]:
        """How often each colour stands in every fourth line."""
        found: dict[tuple[int, ...], int] = {}
        for row in self.rows[::4]:
            for at in range(0, len(row), self.channels):
                colour = tuple(row[at : at + 3])
                found[colour] = found.get(colour, 0) + 1
        return found


def decoded(png: bytes) -> Picture:
    """The points of a PNG that is not interlaced."""
    width, height = size_of(png)
    depth, kind, _, _, interlaced = png[24:29]
    assert (depth, interlaced) == (8, 0)
    channels = {2: 3, 6: 4}[kind]
    packed, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += length + 12
    return Picture(tuple(_rows(zlib.decompress(packed), width * channels, height, channels)), channels)


def _rows(raw: bytes, length: int, height: int, channels: int) -> list[bytes]:
    rows: list[bytes] = []
    before = bytes(length)
    for number in range(height):
        start = number * (length + 1)
        before = _unfiltered(raw[start], raw[start + 1 : start + 1 + length], before, channels)
        rows.append(before)
    return rows


def _unfiltered(kind: int, line: bytes, above: bytes, channels: int) -> bytes:
    """A line as it was before PNG's filter: what is told is the difference from a neighbour."""
    out = bytearray(line)
    for at in range(len(out)):
        left = out[at - channels] if at >= channels else 0
        corner = above[at - channels] if at >= channels else 0
        guess = (0, left, above[at], (left + above[at]) // 2, _nearest(left, above[at], corner))[kind]
        out[at] = out[at] + guess & 255
    return bytes(out)


def _nearest(left: int, above: int, corner: int) -> int:
    aim = left + above - corner
    return min((left, above, corner), key=lambda value: abs(aim - value))


def in_fewer_colours(png: bytes) -> bytes:
    """The same picture with its 256 most frequent colours, which takes a third of the room."""
    picture, (width, height) = decoded(png), size_of(png)
    points = [[row[at : at + 3] for at in range(0, len(row), picture.channels)] for row in picture.rows]
    counted = Counter(point for row in points for point in row)
    palette = [point for point, _ in counted.most_common(256)]
    nearest = {point: number for number, point in enumerate(palette)}
    for point in counted.keys() - nearest.keys():
        distances = [_distance(colour, point) for colour in palette]
        nearest[point] = distances.index(min(distances))
    lines = b"".join(b"\0" + bytes(nearest[point] for point in row) for row in points)
    header = width.to_bytes(4) + height.to_bytes(4) + bytes((8, 3, 0, 0, 0))
    chunks = ((b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return png[:8] + b"".join(
        len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4) for name, data in chunks
    )


def _distance(one: bytes, other: bytes) -> int:
    return sum((left - right) ** 2 for left, right in zip(one, other, strict=True))
