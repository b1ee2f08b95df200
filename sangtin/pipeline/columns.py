"""The column names of a file → the fields of a post that they hold."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence

from sangtin.errors import UsageError
from sangtin.pipeline.reasons import shown
from sangtin.text import fold

COUNTS = ("likes", "comments", "shares", "views")
# What columns are called in the exports that people have: of crawlers, spreadsheets, platforms and public
# sets of Vietnamese posts. Of several that are there the first is taken, and each column for one field only.
_NAMES = """
text: text content message post_message post_text full_text body noi_dung comment_text comment cmt
    binh_luan review caption raw_text van_ban bai_viet
id: id native_id comment_id cmt_id message_id status_id tweet_id review_id post_id video_id guid ma ma_bai
published_at: published_at published published_time publish_time pub_date date_published created_at
    created_time create_time created created_utc posted_at post_time timestamp_post timestamp datetime
    date_time time date ngay_dang thoi_gian ngay_gio ngay
fetched_at: fetched_at fetched crawled_at crawl_time scraped_at collected_at retrieved_at ngay_thu_thap
url: url link permalink permalink_url post_url comment_url href duong_dan lien_ket
author: author author_name user_name username screen_name user author_id user_id uid profile_name tac_gia
    nguoi_dang nguoi_viet nguoi_dung
thread: thread thread_id conversation_id topic_id parent_id parent reply_to post_id post video_id
    chu_de_id
engagement: engagement metrics public_metrics statistics stats tuong_tac
likes: likes like like_count likes_count num_likes num_like num_like_post favorite_count reactions
    reaction_count reactions_count digg_count luot_thich so_luot_thich thich
comments: comments comment_count comments_count num_comments num_comment num_comment_post replies
    reply_count replies_count num_replies luot_binh_luan so_binh_luan
shares: shares share share_count shares_count num_shares num_share num_share_post retweet_count
    luot_chia_se so_luot_chia_se chia_se
views: views view view_count views_count num_views play_count luot_xem so_luot_xem
"""
# Under a text so called, these name what is commented on: many comments have one.
_ANSWERS = frozenset({"comment_text", "comment", "cmt", "binh_luan", "review"})
_ANSWERED = frozenset({"post_id", "video_id"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_APART = re.compile(r"[^a-z0-9]+")
# A row of more columns than this, or a file of more shapes of rows, is hostile or no table; memory and time
# stay bounded: what is remembered is at most 256 shapes of 4 KiB.
_MOST_COLUMNS = 512
_MOST_SHAPES = 256
_LONGEST_SHAPE = 4096
_MOST_IGNORED = 64


def _parsed(table: str) -> dict[str, tuple[str, ...]]:
    lines = (line.split(":") for line in table.replace("\n    ", " ").strip().splitlines())
    return {field: tuple(names.split()) for field, names in lines}


NAMES = _parsed(_NAMES)


class Columns:
    """Which column holds which field. It remembers what it has met: `ignored` and `unmet`."""

    def __init__(self, named: Mapping[str, str] | None = None) -> None:
        """`named` overrides: field → column; an empty column leaves it out. UsageError for no field."""
        self._named = dict(named or {})
        for field in self._named:
            if field not in NAMES:
                raise UsageError(f"--map: a post has no field {field!r}. Its fields: {', '.join(NAMES)}.")
        self._shapes: dict[tuple[str, ...], dict[str, str]] = {}
        self._inner: dict[tuple[str, ...], dict[str, str]] = {}
        self._ignored: dict[str, None] = {}
        self._met: set[str] = set()

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns met so far that no field takes, each once, ready to print; the first 64."""
        return tuple(self._ignored)

    @property
    def unmet(self) -> tuple[str, ...]:
        """The columns that were asked for by name and that no row had."""
        return tuple(column for column in self._named.values() if column and column not in self._met)

    def fields(self, columns: Sequence[str]) -> dict[str, str]:
        """Field → column for a row with these columns."""
        shape = tuple(columns)
        found = self._shapes.get(shape)
        if found is None:
            found = self.assign(shape)
            self._note(shape, set(found.values()))
            _remember(self._shapes, shape, found)
        return found

    def counts(self, keys: Iterable[str]) -> dict[str, str]:
        """Count → key, for what stands inside an engagement."""
        shape = tuple(keys)
        found = self._inner.get(shape)
        if found is None:
            plain = _plain(shape)
            found = {field: plain[name] for field in COUNTS for name in NAMES[field][::-1] if name in plain}
            _remember(self._inner, shape, found)
        return found

    def assign(self, columns: Sequence[str]) -> dict[str, str]:
        """The same without remembering what was met."""
        there = set(columns)
        found = {field: column for field, column in self._named.items() if column in there}
        plain = {n: c for n, c in _plain(columns).items() if c not in self._named.values()}
        for field, names in NAMES.items():
            if field in self._named:
                continue
            passed = frozenset[str]()
            if field == "id" and _plain([found.get("text", "")]).keys() & _ANSWERS:
                passed = _ANSWERED
            taken = set(found.values())
            known = (plain[name] for name in names if name in plain and name not in passed)
            column = next((name for name in known if name not in taken), None)
            if column is not None:
                found[field] = column
        return found

    def _note(self, columns: tuple[str, ...], taken: set[str]) -> None:
        self._met |= taken
        for column in columns[:_MOST_COLUMNS]:
            if column not in taken and len(self._ignored) < _MOST_IGNORED:
                self._ignored[shown(column)[1:-1]] = None


def _remember(
    shapes: dict[tuple[str, ...], dict[str, str]], shape: tuple[str, ...], found: dict[str, str]
) -> None:
    if len(shapes) >= _MOST_SHAPES:
        shapes.clear()
    if sum(map(len, shape)) + len(shape) <= _LONGEST_SHAPE:
        shapes[shape] = found


def _plain(columns: Iterable[str]) -> dict[str, str]:
    """Plain name → column, the first of each: `createdAt` is `created_at`, `Nội dung` is `noi_dung`."""
    found: dict[str, str] = {}
    for column in itertools.islice(columns, _MOST_COLUMNS):
        name = _APART.sub("_", fold(_CAMEL.sub("_", column[:80]))).strip("_")
        found.setdefault(name, column)
    return found
