"""Nothing → the source cards of the sample. All of them are fictional: `mẫu` means sample."""

from __future__ import annotations

from sangtin.post import Source, SourceType

NEWS = "bao-hue-mau"
CITY = "cong-thong-tin-mau"
WARD = "trang-phuong-mau"
FORUM = "dien-dan-song-huong-mau"
ROADS = "nhom-giao-thong-mau"
MARKET = "cho-que-online-mau"
REPORTS = "hop-thu-phan-anh-mau"
MESSAGES = "tin-nhan-gui-ve-mau"

_NAMES = (NEWS, CITY, WARD, FORUM, ROADS, MARKET, REPORTS, MESSAGES)
_FILES = frozenset({ROADS, MARKET, REPORTS, MESSAGES})


def address(name: str) -> str:
    """The web address of a source. `.invalid` never resolves (RFC 2606)."""
    return f"https://{name}.invalid"


def sources() -> tuple[Source, ...]:
    """Every source that the sample's posts come from, each card complete.

    None promises posts for every day: the sample is of the past, and a source that fell silent is reported.
    """
    return tuple(_card(name) for name in _NAMES)


def is_file(name: str) -> bool:
    """Whether the posts of a source come as a file, some hours after they were written."""
    return name in _FILES


def _card(name: str) -> Source:
    return Source(
        name=name,
        type=SourceType.FILE if is_file(name) else SourceType.FEED,
        address=address(name) + ("/bai.jsonl" if is_file(name) else "/rss.xml"),
        licence="Apache-2.0; bài mẫu do dự án Sàng Tin tự viết",
        legal_basis="Không cần: không ai có thật viết hay được nói tới trong các bài này",
        retention_days=365,
        interval_s=None if is_file(name) else 900,
        news=False if name == FORUM else None,
    )
