"""A record and its index with posts, copies, answers and people's acts, as a small desk has them."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from fastapi import FastAPI

from api.app import create_app
from api.services import Edit, Moved, Piece, Services
from sangtin.follower import follow
from sangtin.pipeline.campaigns import accounts_at_once
from sangtin.post import (
    Act,
    Chance,
    Engagement,
    Flag,
    Kind,
    Label,
    Post,
    Prediction,
    Relation,
    Review,
    Source,
    SourceType,
)
from sangtin.record import (
    Record,
    accounts,
    init_record,
    models,
    open_record,
    placing,
    posts,
    reading,
    reviews,
    runs,
    sources,
)
from sangtin.record.schema import lease, run
from sangtin.search import Search, open_search
from sangtin.settings import Settings
from tests.api.serving import served

START = datetime(2026, 10, 1, 1, tzinfo=UTC)
PERSON = "an.nguyen"
PASSWORD = "một câu đủ dài để nhớ"

FLOOD = "Nước sông Hương lên nhanh, đường Lê Lợi đã ngập nửa mét, bà con ở thấp chuyển đồ ngay!"


@dataclass(frozen=True, slots=True)
class Written:
    """A post of the desk: when it came (in hours after START), where it stands, what the model said of it."""

    id: str
    text: str
    hours: int
    label: Label | None = None
    kind: Kind | None = None
    score: float = 0.93
    of: str | None = None
    relation: Relation = Relation.ORIGINAL
    with_: str | None = None
    source: str = "bao-mau"
    settled: bool = True
    scam: float = 0.02
    unreliable: float = 0.1


NEG, POS, SPAM = Label.NEGATIVE, Label.POSITIVE, Label.SPAM
POSTS = (
    Written("1", FLOOD, 2, NEG, score=0.97),
    Written("2", FLOOD + " 😢", 4, of="1", relation=Relation.NEAR, source="dien-dan"),
    Written("3", "SOS!! " + FLOOD, 26, of="1", relation=Relation.NEAR, source="dien-dan"),
    Written("4", FLOOD, 30, of="1", relation=Relation.EXACT),
    Written(
        "5",
        FLOOD.replace("đã ngập nửa mét", "chưa ngập"),
        31,
        NEG,
        score=0.61,
        unreliable=0.81,
        with_="1",
        relation=Relation.VARIANT,
    ),
    Written("6", "Cảm ơn các anh bộ đội đã cõng cụ già ra khỏi vùng lũ. Ấm lòng lắm!", 33, POS, score=0.95),
    Written(
        "7",
        "Thanh lý tủ lạnh mới 95 %, giao tận nhà trong thành phố, gọi 0900 000 000",
        40,
        SPAM,
        Kind.ADVERT,
    ),
    Written(
        "8",
        "Nhận quà 5 triệu từ ngân hàng, bấm vao link bit.example/qua ngay",
        50,
        SPAM,
        Kind.SCAM,
        0.88,
        scam=0.93,
    ),
    Written("9", '=HYPERLINK("http://x.example") hihi', 51, SPAM, Kind.NOISE, 0.9, source="dien-dan"),
    Written("10", "Chiều nay có mưa to ở Huế và Đà Nẵng, theo đài khí tượng.", 75, SPAM, Kind.NEUTRAL, 0.9),
    Written("11", "Rác đổ đầy chợ Đông Ba ba ngày rồi không ai dọn", 98, NEG, score=0.91),
    Written("12", "Không biết đập có xả lũ không nữa…", 99, NEG, score=0.4, settled=False),
    Written("13", "Điện yếu quá mấy anh ơi", 100, NEG, score=0.45, settled=False, source="dien-dan"),
    Written("14", "<script>alert('x')</script> quán cũ & mới \"rất\" ngon", 101, POS, score=0.7),
    Written("15", "Trường học nghỉ từ mai, phụ huynh chờ tin", 122),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """The application over a record and its index, and where it is served."""

    url: str

    record: Record
    search: Search
    app: FastAPI
    clients: list[httpx.Client] = field(default_factory=list)

    def link(self, person: str = PERSON) -> str:
        """A one-time login token for a person, who is added where they are new."""
        with self.record.write() as writing:
            if person != PERSON:
                accounts.put_person(writing, person)
            return accounts.make_link(writing, person)

    def key(self) -> str:
        """A bearer token."""
        with self.record.write() as writing:
            return accounts.make_key(writing, PERSON)

    def client(self, *, enter: bool = True) -> httpx.Client:
        """A browser without a window; with a session unless told otherwise."""
        client = httpx.Client(base_url=self.url, timeout=60)
        self.clients.append(client)
        if enter:
            assert client.get(f"/login?token={self.link()}").status_code == 303
        return client


def make_desk(folder: Path, written: tuple[Written, ...] = POSTS) -> None:
    """Write the record and the index of a desk into a folder, the index caught up."""
    settings = Settings(home=folder)
    record, search = init_record(settings.record_url), open_search(settings.search_url)
    _people_and_sources(record)
    if written:
        _posts(record, written)
        follow(record, search)
    search.close()
    record.close()


def copied(folder: Path, to: Path) -> Path:
    """A copy of a desk's folder inside another folder. Making a desk takes a second, copying it none."""
    return Path(shutil.copytree(folder, to / "desk", symlinks=True))


@contextlib.contextmanager
def open_desk(folder: Path) -> Iterator[Desk]:
    """The desk in a folder, served on a free port for the length of a block."""
    settings = Settings(home=folder)
    record, search = open_record(settings.record_url), open_search(settings.search_url)
    app = create_app(record, search, Services(why, differences, why_flagged, accounts_at_once), settings)
    with served(app) as url:
        desk = Desk(url, record, search, app)
        yield desk
        for client in desk.clients:
            client.close()
    search.close()
    record.close()


def why(text: str, label: Label) -> list[Moved]:
    """A reader that minds two words."""
    weights = {"ngập": 2.0, "rác": 1.4, "không": 0.5, "chưa": -1.1}
    low = text.lower()
    found = [(low.find(word), word, weight) for word, weight in weights.items()]
    return [Moved(at, at + len(word), weight) for at, word, weight in found if at >= 0]


def why_flagged(text: str, flag: Flag) -> list[Moved]:
    """A model that minds a few words of each flag, and one that speaks against it."""
    weights = {Flag.SCAM: {"quà": 1.5, "link": 0.7, "ngân hàng": -0.3}, Flag.UNRELIABLE: {"chưa": 0.9}}[flag]
    found = [(text.find(word), word, weight) for word, weight in weights.items()]
    return [Moved(at, at + len(word), weight) for at, word, weight in found if at >= 0]


def differences(old: str, new: str) -> list[Piece]:
    """Word by word, white space with the word before."""
    from difflib import SequenceMatcher

    a, b = _words(old), _words(new)
    pieces: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("".join(a[i:j]), Edit.SAME))
            continue
        pieces += [Piece("".join(a[i:j]), Edit.REMOVED)] if i < j else []
        pieces += [Piece("".join(b[k:m]), Edit.ADDED)] if k < m else []
    return pieces


def review(desk: Desk, post: str, act: Act = Act.LABEL, by: str = PERSON, **more: object) -> int:
    """A person's act, with the index brought up to date."""
    with desk.record.write(durable=True) as writing:
        number = reviews.append(writing, Review(by, act, post, **more))  # type: ignore[arg-type]
    follow(desk.record, desk.search)
    return number


def _words(text: str) -> list[str]:
    import re

    return re.findall(r"\S+\s*|\s+", text)


def _people_and_sources(record: Record) -> None:
    with record.write() as writing:
        accounts.put_person(writing, PERSON, "analyst", PASSWORD)
        card = Source(
            "bao-mau", SourceType.FEED, "https://bao.example/rss", "CC BY 4.0", "báo chí công khai", 365
        )
        sources.put(writing, card)
        sources.ensure(writing, "dien-dan")


def _posts(record: Record, written: tuple[Written, ...]) -> None:
    with record.write() as writing:
        posts.add(writing, [_post(w) for w in written], at=START)
        begun = runs.begin(writing, "crawl", "bao-mau", "")
        runs.end(writing, begun.id, "failed")
        failed_at = {"started_at": START + timedelta(days=2)}
        writing.connection.execute(run.update().where(run.c.id == begun.id).values(**failed_at))
        sources.report(writing, "dien-dan", "broken", "http status: 503")
    with record.read() as connection:
        keys = {u.text + u.moment.isoformat(): u for u in placing.unplaced(connection, 10_000)}
    by_id = {w.id: keys[w.text + _post(w).published_at.isoformat()] for w in written}  # type: ignore[union-attr]
    with record.write() as writing:
        placing.place(writing, [_place(w, by_id) for w in written])
        model = models.use_model(writing, "20260930-4f2a", "")
        holder = {"name": "read:desk", "holder": "desk", "host": "", "pid": 0, "began": ""}
        writing.connection.execute(lease.insert().values(expires_at=START + timedelta(days=9_999), **holder))
    with record.write() as writing:
        held = reading.hold_unread(writing, model, "desk", 10_000)
        labels = {by_id[w.id].key: w for w in written}
        answers = [
            reading.Answer(u.key, u.revision, _prediction(labels[u.key])) for u in held if labels[u.key].label
        ]
        reading.answer(writing, model, answers)
        reading.let_go(writing, "desk")


def _post(w: Written) -> Post:
    at = START + timedelta(hours=w.hours)
    url = f"https://bao.example/{w.id}" if w.source == "bao-mau" else None
    return Post(
        w.source,
        w.id,
        w.text,
        fetched_at=at + timedelta(minutes=5),
        published_at=at,
        url=url,
        author_key=f"author-{w.id}",
        engagement=Engagement(likes=1_234 if w.id == "1" else None),
    )


def _place(w: Written, by_id: dict[str, placing.Unplaced]) -> placing.Place:
    mine = by_id[w.id]
    first = by_id[w.of or w.with_ or w.id]
    return placing.Place(
        key=mine.key,
        revision=mine.revision,
        cluster=f"cum-{first.key}",
        of=by_id[w.of].key if w.of else None,
        relation=w.relation,
        similarity=1.0 if w.relation is Relation.EXACT else 0.87,
        containment=0.9,
        reason="",
        normal_hash=mine.key.to_bytes(8, "big"),
        scheme="desk",
        signature=b"\x00" * 8,
        moment=mine.moment,
    )


def _prediction(w: Written) -> Prediction:
    if w.label is None:
        raise ValueError(f"post {w.id} was not read")
    rest = (1 - w.score) / 2
    shares = {label.value: w.score if label is w.label else rest for label in Label}
    return Prediction(
        model="20260930-4f2a",
        reader="linear",
        label=w.label,
        kind=w.kind,
        spam=shares["spam"],
        negative=shares["negative"],
        positive=shares["positive"],
        settled=w.settled,
        chances=tuple(
            Chance(flag, chance, chance >= 0.5)
            for flag, chance in ((Flag.SCAM, w.scam), (Flag.UNRELIABLE, w.unreliable))
        ),
    )


def fresh(text: str, id: str = "fresh") -> Post:
    """A post that nobody has placed or read, newer than all others."""
    return Post("bao-mau", id, text, fetched_at=START + timedelta(days=9))
