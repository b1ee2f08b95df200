"""What a record should say, kept naively in memory: the words of the design, none of the record's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sangtin.post import Act, Bin, Cause, Flag, Kind, Label, Relation

HO_CHI_MINH = timedelta(hours=7)
DECISIONS = (Act.LABEL, Act.SAME_AS, Act.NOT_A_COPY)

Copy = tuple[str, int]
Settled = tuple[Bin, Cause, Kind | None]


@dataclass
class Stood:
    """Where one revision was placed: its cluster, and the post that it repeats."""

    cluster: str
    of: str | None
    relation: Relation


@dataclass
class Read:
    """One model's answer for one revision, and the flags that it raises."""

    label: Label
    kind: Kind | None
    settled: bool
    raised: frozenset[Flag] = frozenset()


@dataclass
class Say:
    """One act of one person, and the copies that the post shown had then."""

    id: int
    reviewer: str
    act: Act
    post: str
    revision: int
    on_cluster: bool
    label: Label | None
    kind: Kind | None
    target: str | None = None
    copies: frozenset[Copy] = frozenset()
    undone: bool = False


@dataclass
class Kept:
    """One post. A revision is a number that rises when the text fetched last is another."""

    id: str
    source: str
    first_at: datetime
    last_at: datetime
    text: str
    texts: set[str]
    published_at: datetime | None
    revision: int = 1
    place: Stood | None = None
    waits: bool = True
    answered_by: str | None = None
    reads: dict[tuple[int, str], Read] = field(default_factory=dict)
    erased: Settled | None = None

    @property
    def moment(self) -> datetime:
        return self.published_at or self.first_at

    @property
    def day(self) -> date:
        return (self.moment + HO_CHI_MINH).date()

    @property
    def is_copy(self) -> bool:
        return self.place is not None and self.place.of is not None


class Oracle:
    """All posts, all acts, the model in use."""

    def __init__(self) -> None:
        self.posts: dict[str, Kept] = {}
        self.acts: list[Say] = []
        self.model: str | None = None

    @property
    def alive(self) -> list[Kept]:
        return [post for post in self.posts.values() if post.erased is None]

    # what happens

    def add(
        self, source: str, native_id: str, text: str, *, at: datetime, timed: bool, published: datetime | None
    ) -> str:
        """A fetch at a time, or (not `timed`) a row without one, imported then. Returns what it was."""
        name = f"{source}:{native_id}"
        post = self.posts.get(name)
        if post is None:
            self.posts[name] = Kept(name, source, at, at, text, {text}, published)
            return "new"
        if post.erased or (not timed and text in post.texts):
            return "seen"
        post.texts.add(text)
        post.first_at = min(post.first_at, at)
        post.published_at = post.published_at or published
        if at > post.last_at:
            post.last_at = at
            if text != post.text:
                self._begin_again(post, text)
        return "seen or changed"

    def place(self, decided: Mapping[str, tuple[int, Stood]]) -> set[str]:
        """Places found for revisions: those that hold, as nothing they rest on has changed since."""
        fresh = {
            name
            for name, (revision, _) in decided.items()
            if not self.posts[name].erased and self.posts[name].revision == revision
        }
        standing = {post.id for post in self.alive if not post.waits}
        taken = {name for name in fresh if decided[name][1].of in (None, *fresh, *standing)}
        put = {name for name in self.posts if self._said_to_repeat(name)}
        taken -= {n for n in taken if decided[n][1].of in put and n in self._chain(decided[n][1].of)}
        for name in taken:
            self.posts[name].place, self.posts[name].waits = decided[name][1], False
        return taken

    def answer(self, name: str, revision: int, model: str, read: Read | None) -> None:
        """A model answered, or (None) its stored answer counts again."""
        post = self.posts[name]
        if post.erased:
            return
        if read is not None:
            post.reads.setdefault((revision, model), read)
        if model == self.model and (post.revision, model) in post.reads and revision == post.revision:
            post.answered_by = model

    def say(self, act: Say) -> None:
        """A person's act on what is there now."""
        act.revision = self.posts[act.post].revision
        if act.act is Act.LABEL and act.on_cluster:
            act.copies = frozenset(
                (p.id, p.revision) for p in self.alive if p.place and p.place.of == act.post and not p.waits
            )
        self.acts.append(act)

    def undo(self, act: int) -> None:
        next(a for a in self.acts if a.id == act).undone = True

    def would_repeat_itself(self, name: str) -> bool:
        """Whether what a post repeats comes down to the post again."""
        return name in self._chain(self._repeats(name))

    def _chain(self, name: str | None) -> list[str]:
        """A post, what it repeats, what that repeats, and so on."""
        chain: list[str] = []
        while name is not None and name not in chain:
            chain.append(name)
            name = self._repeats(name)
        return chain

    def _repeats(self, name: str) -> str | None:
        sameness = self._sameness(self.posts[name])
        if sameness:
            return sameness[-1].target
        place = self.posts[name].place
        return place.of if place is not None else None

    def _said_to_repeat(self, name: str) -> bool:
        sameness = self._sameness(self.posts[name])
        return bool(sameness) and sameness[-1].act is Act.SAME_AS

    def _sameness(self, post: Kept) -> list[Say]:
        """What people said of its text of now: that it repeats a post that is still there, or none."""
        return [
            a
            for a in self.acts
            if a.act in (Act.SAME_AS, Act.NOT_A_COPY)
            and not a.undone
            and (a.post, a.revision) == (post.id, post.revision)
            and (a.target is None or self.posts[a.target].erased is None)
        ]

    def erase(self, name: str) -> None:
        post = self.posts[name]
        if post.erased is None:
            post.erased = self.outcome(post)
            self._free_copies(name)
            post.place, post.waits = None, False
            for put in sorted({a.post for a in self.acts if a.target == name}):
                if self.would_repeat_itself(put):
                    self._free_copies(put)
                    self.posts[put].waits = True

    # what follows

    def outcome(self, post: Kept) -> Settled:
        """The first rule that applies."""
        if post.erased is not None:
            return post.erased
        return self._by_people(post) or self._by_machine(post)

    def _by_people(self, post: Kept) -> Settled | None:
        said = [a for a in self.acts if not a.undone and a.act in DECISIONS]
        mine = [a for a in said if (a.post, a.revision) == (post.id, post.revision)]
        own = [a for a in mine if a.act is Act.LABEL and not a.on_cluster]
        if own:
            return _labelled(own[-1], Cause.PERSON)
        sameness = [a.act for a in self._sameness(post)]
        if sameness and sameness[-1] is Act.SAME_AS:
            return Bin.DUPLICATE, Cause.SAME_AS, None
        if post.is_copy and not sameness:
            return Bin.DUPLICATE, Cause.COPY, None
        here = (post.id, post.revision)
        labels = [a for a in said if a.on_cluster and a.act is Act.LABEL]
        shared = [a for a in labels if here in ((a.post, a.revision), *a.copies)]
        return _labelled(shared[-1], Cause.CLUSTER) if shared else None

    def _by_machine(self, post: Kept) -> Settled:
        read = self.read(post)
        if read is not None and read.settled:
            return Bin(read.label), Cause.MODEL, read.kind
        return Bin.PENDING, Cause.NONE, None

    def read(self, post: Kept) -> Read | None:
        """What counts of what models said: the answer of the model that answered last."""
        return post.reads.get((post.revision, post.answered_by or ""))

    def flags(self, post: Kept) -> set[Flag]:
        """What its model raised of a post that is no copy; a person says which labelled ones are scams."""
        bin_, cause, kind = self.outcome(post)
        read = self.read(post)
        if post.erased is not None or bin_ is Bin.DUPLICATE:
            return set()
        raised = set(read.raised) if read else set()
        if cause in (Cause.PERSON, Cause.CLUSTER):
            raised -= {Flag.SCAM}
        return raised | ({Flag.SCAM} if kind is Kind.SCAM else set())

    def flagged(self) -> Counter[tuple[date, str, Flag]]:
        """How many posts of one day and source have a flag."""
        return Counter((p.day, p.source, flag) for p in self.posts.values() for flag in self.flags(p))

    def edited(self, post: Kept) -> bool:
        decided = {a.revision for a in self.acts if a.post == post.id and a.act in DECISIONS and not a.undone}
        return bool(decided) and post.revision not in decided

    def to_read(self) -> set[str]:
        """Placed posts that do not count as copies and that the model in use has not answered."""
        return {
            post.id
            for post in self.alive
            if not post.waits
            and self.outcome(post)[0] is not Bin.DUPLICATE
            and (post.answered_by is None or post.answered_by != self.model)
        }

    def to_review(self, reviewer: str) -> set[str]:
        """What a model read and nobody decided: negative ones, scams, unsure ones, edited ones."""
        waits = set()
        for post in self.alive:
            bin_, cause, _ = self.outcome(post)
            if cause not in (Cause.MODEL, Cause.NONE) or self.read(post) is None:
                continue
            scam = Flag.SCAM in self.flags(post)
            if bin_ in (Bin.NEGATIVE, Bin.PENDING) or scam or self.edited(post):
                waits.add(post.id)
        return waits - {
            a.post
            for a in self.acts
            if a.act is Act.UNSURE
            and a.reviewer == reviewer
            and not a.undone
            and a.revision == self.posts[a.post].revision
        }

    def cells(self) -> Counter[tuple[date, str, Bin]]:
        """How many posts of one day and source stand in one bin."""
        return Counter((p.day, p.source, self.outcome(p)[0]) for p in self.posts.values())

    def clusters(self) -> dict[str, list[Kept]]:
        """The posts of each cluster; copies that wait for another place stand in their old one."""
        found: dict[str, list[Kept]] = {}
        for post in self.alive:
            if post.place is not None:
                found.setdefault(post.place.cluster, []).append(post)
        return found

    def _begin_again(self, post: Kept, text: str) -> None:
        post.text, post.revision = text, post.revision + 1
        post.place, post.waits, post.answered_by = None, True, None
        self._free_copies(post.id)

    def _free_copies(self, name: str) -> None:
        for post in self.alive:
            if post.place is not None and post.place.of == name:
                post.waits = True


def _labelled(act: Say, cause: Cause) -> Settled:
    assert act.label is not None
    return Bin(act.label), cause, act.kind
