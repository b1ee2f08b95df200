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

# What the card of each source promises a day; the generator's mix was set to roughly match.
_PER_DAY = {NEWS: 6, CITY: 3, WARD: 4, FORUM: 12, ROADS: 5, MARKET: 7, REPORTS: 3, MESSAGES: 3}
_FILES = frozenset({ROADS, MARKET, REPORTS, MESSAGES})


def address(name: str) -> str:
    """The web address of a source. `.invalid` never resolves (RFC 2606)."""
    return f"https://{name}.invalid"


def sources() -> tuple[Source, ...]:
    """Every source that the sample's posts come from, each card complete."""
    return tuple(_card(name) for name in _PER_DAY)


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
        expected_per_day=_PER_DAY[name],
    )
