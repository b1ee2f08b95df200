"""Words around a statement → who speaks in them: one who passes it on, asks, wishes, denies or comments."""

from __future__ import annotations

from itertools import pairwise

from dedupe.align import sentences
from dedupe.phrases import Words, listed, said, says, uncovered, within

# Chosen on the tables of tests/dedupe (docs/decisions/0004-copies.md).
# Fewer words beside courtesy tell nothing of their own.
TOLD = 4
# Before a statement that is passed on, so many words may say from whom and to whom; so many before a colon.
LEAD_IN = 8
COLON = 5
# A verdict is short; in more words the same ones tell a story.
VERDICT = 8
# A credit or a signature has no more words.
CREDIT = 8
SIGNATURE = 5
# So many digits has a telephone number.
TELEPHONE = range(9, 12)
# What is signed, each with a colon behind it.
_CREDITED = frozenset({"bai", "tin", "anh", "hinh", "clip", "video", "nguon", "quay", "chup", "viet", "dung"})
# What opens a credit where a source follows, and other things where none does.
_AMBIGUOUS = frozenset({"theo", "anh", "video", "clip", "copy", "tu", "tac", "nguoi"})
# What a plea begins with; `mong được lên tiếng giúp` asks the reader, and answers nobody.
PLEAS = frozenset({"mong", "xin", "kinh", "nho", "cau", "chuc", "hay"})
# What a wish begins with, marks known: `mời` is no `mọi`. A wish of so many words tells nobody what is.
_WISHES = frozenset({"mong", "chúc", "cầu", "mời", "nhờ", "rất mong", "kính mong", "xin mời", "hy vọng"})
_WISHES |= {"hi vọng", "xin chân", "chân thành", "trân trọng", "xin cảm", "phiền ad", "nhờ ad"}
WISH = 14
_READ_ON = frozenset(
    {"xem thêm", "đọc thêm", "xem chi", "chi tiết", "xem tại", "xem ảnh", "xem clip", "xem video"}
)
_READERS = frozenset({"moi", "ad", "admin", "ca", "cac", "ba", "anh", "quy", "page", "nhom"})
_FOR_HELP = frozenset({"len tieng"})
# `Đề nghị phường xem lại` asks an office for its work; asked of who wrote the statement, it doubts that.
_ASKED_OF_OFFICES = frozenset({"xem lai", "kiem tra lai"})
_WRITERS = frozenset({"ban", "ad", "admin", "page", "chu", "bai", "tin", "nguon", "thong"})
# What may stand before a word for oneself where that acts (`sáng nay mình`, `mà mình`); not in `nhà mình`.
_BEFORE_ACTOR = frozenset(
    [
        "thi",
        "ma",
        "la",
        "nay",
        "qua",
        "roi",
        "sang",
        "trua",
        "chieu",
        "toi",
        "dem",
        "hom",
        "bua",
        "hoi",
        "nao",
        "gio",
    ]
)
# What may stand behind the particle that closes a clause: courtesy, and who is spoken to (`rồi các mẹ ơi`).
_POLITE = frozenset(["nhe", "nha", "nhen", "nghen", "hen", "a", "ne", "oi", "ha"])
_SPOKEN_TO = frozenset(["cac", "may", "moi", "nguoi", "ba", "con", "ca", "nha", "me", "mom", "bo", "ni"])
# Words of these lists tell nothing of their own.
# Says nothing of the statement where a text is passed on (`mà không biết đăng đâu`, `bài đăng trên nhóm`).
_JOINED = frozenset({"ma khong", "bai dang", "dang lai thoi"})
# Who forbids (`đừng ai nghe`) passes nothing on, unless he forbids to overlook it.
_OVERLOOKED = frozenset({"quen", "bo", "luot", "ngai", "xoa"})
WITHOUT_NEWS = ("filler", "frames", "around", "courtesy", "kin")
# A feeling has no more words.
FELT = 16
# Who wrote a text; what follows speaks about him.
_WROTE = frozenset(
    ["nguoi viet", "nguoi dang", "nguoi gui", "nguoi share", "nguoi tung", "tac gia", "chu bai"]
)
_THANKED = frozenset({"on", "cua", "tu", "theo", "loi", "phep", "la", "ten", "va", "chao", "moi"})
# `Cho ai chưa biết` denies nothing.
_YET = frozenset({"chua", "het"})
# What follows `xem clip` where the clip shows something else (`xem clip thì thấy lỗi của họ`).
_SHOWS = frozenset({"thi", "la", "thay", "moi", "roi"})
# Whom a favour is for (`chia sẻ giúp nhà em`).
_FOR = frozenset({"giup", "gium", "dum", "ho", "cho", "cua"})
# `Các anh bộ đội ơi`, without the number: somebody is spoken to in so many words.
VOCATIVE = 4
# Whom something is about (`bó tay với mấy bà`).
_ABOUT = frozenset({"voi", "cho", "cua", "ve", "tai", "do", "thi", "la", "ma"})
# What closes a feeling as it does a reply (`cạn lời rồi`, `sợ quá đi thôi`).
_EXCLAIMED = frozenset({"roi", "thoi", "vay", "ma", "do", "day"})
# Said of what goes on as often as against it (`vẫn chưa thấy ai tới`).
_STILL = frozenset({"van"})
# Who is angry at these has something against the post.
_OF_POSTS = frozenset({"bai", "tin", "dang", "viet", "share", "se", "don", "kieu", "bao", "mang", "cuoi"})


def weighty(words: Words) -> Words:
    """The words that carry a statement: no particles, no frames."""
    return uncovered(words, "filler", "frames")


def frame(words: Words) -> bool:
    """Whether words are only what people put around a text that they pass on."""
    left = uncovered(words, "frames", "around", "filler")
    return not left and (says(words, "frames") or says(words, "around")) and not says(words, "answer")


def credit(words: Words) -> bool:
    """Whether somebody is named as the source: `Nguồn: VnExpress`, `cre Minh Anh`, or a bare name."""
    if len(words) > CREDIT or says(words, "negation") or says(words, "deny") or verdict(words):
        return False
    if _dated(words):
        return False
    if sum(w.pause == ":" and w.plain in _CREDITED for w in words) > 1:  # `Bài: Thu Trang, ảnh: Hữu Danh`
        return True
    label = next((stop for start, stop in within(words, "credits") if start == 0), 0)
    if label:
        return len(words) == label or words[label - 1].pause == ":" or _sourced(words, label)
    return (
        1 < len(words) <= SIGNATURE and (words[0].name or words[0].first) and all(w.name for w in words[1:])
    )


def _dated(words: Words) -> bool:
    """Whether a year is named: `Ảnh: năm 2019`."""
    return any(one.plain == "nam" and two.number for one, two in pairwise(words))


def _sourced(words: Words, label: int) -> bool:
    """Whether what opens as a credit is followed by a source; `theo`, `từ`, `ảnh` open other things too."""
    if words[0].plain not in _AMBIGUOUS:
        return len(words) - label <= SIGNATURE or says(words, "sources")
    named = next((at for at in range(label, len(words)) if not listed(words[at : at + 1], "kin")), len(words))
    if named == len(words):
        return True
    source = any(start == named for start, _ in within(words, "sources"))
    return source or words[named].name or (len(words) == named + 1 and words[0].plain != "nguoi")


def asks(words: Words) -> bool:
    """Whether a sentence has a word that makes it a question."""
    return says(words, "question")


def own(words: Words) -> int:
    """How many words tell something of their own, beyond courtesy."""
    return len(uncovered(words, *WITHOUT_NEWS))


def passes_on(words: Words, leads: bool) -> bool:
    """Whether a sentence only says that a text is passed on, from whom, or to whom.

    Before the statement more may be said of that than behind it, where a reply would stand.
    """
    passing = says(words, "passing")
    words = (says(words, "disclaims") and uncovered(words, "disclaims")) or words
    if words[-1].asked or _takes_up(words) or _speaks(words) or _forbids(words):
        return False
    if said(words, "denial") - _YET:
        return False
    left = len(uncovered(words, "passing", "pointing", *WITHOUT_NEWS))
    if passing:
        return left <= (LEAD_IN if leads else TOLD - 1)
    opens = leads and words[-1].pause == ":"
    return opens and left <= COLON and not says(words, "denial") and not says(words, "pointing")


def quotes(words: Words) -> bool:
    """Whether a text is passed on and spoken against in one sentence: `Tin giả đang chuyền trong nhóm:`."""
    if says(words, "around") and verdict(words):
        return True
    if not (says(words, "passing") or words[-1].pause == ":"):
        return False
    return _takes_up(words) or _forbids(words) or (words[-1].pause == ":" and says(words, "denial"))


def recommends(words: Words) -> bool:
    """Whether somebody only points at a text as worth reading: `Bài này hay nè`."""
    if not (says(words, "pointing") and says(words, "worth")) or words[-1].asked or closed(words):
        return False
    left = uncovered(words, "pointing", "worth", "filler", "around", "frames", "kin", "address")
    return not (left or _takes_up(words) or comments(words))


def _takes_up(words: Words) -> bool:
    if said(words, "deny") - _JOINED or verdict(words) or speaks_of_writer(words):
        return True
    return says(words, "contrast") or says(words, "answer")


def speaks_of_writer(words: Words) -> bool:
    """Whether something is said of who wrote a text, beyond his name and thanks to him."""
    for at, (one, other) in enumerate(pairwise(words)):
        before = words[at - 1].plain if at else ""
        if f"{one.plain} {other.plain}" not in _WROTE or before in _THANKED:
            continue
        ends = other.last or other.pause or at + 2 == len(words)
        if (at > 1) if ends else not words[at + 2].name:
            return True
    return False


def _speaks(words: Words) -> bool:
    """Whether somebody comments beyond what he says of himself as the one who passes a text on."""
    if not comments(words):
        return False
    found = [span for span in within(words, "comment", "compounds") if listed(words[slice(*span)], "comment")]
    if not says(words, "pointing"):  # what he feels about what it tells
        found = [(a, b) for a, b in found if not listed(words[a:b], "feeling")]
    starts = {start for start, _ in within(words, "passing")}
    return any(
        not ({b - 1, b} & starts or (a and words[a - 1].plain in _FOR and words[a].plain == "nha"))
        for a, b in found
    )


def _forbids(words: Words) -> bool:
    after = [words[at + 1].plain for at, word in enumerate(words[:-1]) if word.marked == "đừng"]
    return any(word not in _OVERLOOKED for word in after)


def wishes(words: Words) -> bool:
    """Whether a clause only wishes, thanks or asks something of its readers, or says where to read on."""
    opening = {" ".join(w.marked for w in words[:width]) for width in (1, 2)}
    thanks = listed(words[:2], "frames") and bool(words[2:]) and words[2].plain in _READERS
    points = bool(opening & _READ_ON)
    if len(words) > WISH or words[-1].asked or not (thanks or points or opening & _WISHES):
        return False
    if speaks_of_writer(words) or (points and any(w.plain in _SHOWS for w in words[2:])):
        return False
    if (not points and any(w.pause or w.number for w in words[:-1])) or said(words, "answer") - _FOR_HELP:
        return False
    against = ("deny", "denial", "contrast", "comment", *(() if points else ("particle",)))
    return not (verdict(words) or any(says(words, name) for name in against))


def feels(words: Words, told: frozenset[str]) -> bool:
    """Whether words only say what somebody feels who passes on a text that tells the words `told`.

    Grief, fear and anger may name whom or what they are about; who is glad of something tells that.
    """
    if len(words) > FELT or words[-1].asked or not (says(words, "feeling") or says(words, "joy")):
        return False
    if verdict(words) or said(words, "answer") - _STILL or says(words, "resolved"):
        return False
    clauses = _parted(words)
    felt = [clause for clause in clauses if says(clause, "feeling") or says(clause, "joy")]
    beside = [clause for clause in clauses if clause not in felt]
    left = [w for clause in beside for w in uncovered(clause, "passing", "address", *WITHOUT_NEWS)]
    return all(_felt(clause, told) for clause in felt) and all((w.marked or w.plain) in told for w in left)


def moved(words: Words) -> bool:
    """Whether a few words hold a feeling, of something else than the statement where they do not `feels`, or
    speak of who wrote it."""
    return (len(words) <= VERDICT and says(words, "feeling")) or (
        len(words) <= FELT and speaks_of_writer(words)
    )


def _felt(clause: Words, told: frozenset[str]) -> bool:
    if any(w.plain in _OF_POSTS for w in uncovered(clause, "feeling", "felt")):
        return False
    if says(clause, "joy"):
        said_to = _vocative(clause)
        return not closed(clause) and not uncovered(
            clause[: len(clause) - said_to], "feeling", "felt", "joy", "address", *WITHOUT_NEWS
        )
    left = uncovered(clause, "feeling", "felt", "address", "courtesy", "kin", "filler", "place")
    exclaimed = says(clause[-2:], "felt")  # `sợ thật chứ`
    replies = any(says(part, "particle") and part[-1].plain not in _EXCLAIMED for part in closings(clause))
    if replies and not exclaimed:
        return False
    return all(w.name or (w.marked or w.plain) in told or w.plain == "chu" for w in left)


def _vocative(words: Words) -> int:
    """How many words at the end speak to somebody: `cô giáo ơi`."""
    if words[-1].plain != "oi":
        return 0
    return next((n for n in range(2, VOCATIVE + 1) if listed(words[-n : len(words) - n + 1], "kin")), 0)


def _parted(words: Words) -> list[Words]:
    """Words by what stands between commas and the ends of sentences."""
    stops = [at + 1 for at, w in enumerate(words) if w.pause or w.last or at == len(words) - 1]
    return [words[a:b] for a, b in pairwise([0, *stops])]


def comments(words: Words) -> bool:
    """Whether somebody who passes a text on speaks for himself; `công ty mình đã` is no voice of its own."""
    if not says(words, "comment"):
        return False
    found = [
        (a, b)
        for a, b in within(words, "comment", "compounds")
        if listed(words[a:b], "comment") and not _called(words, a, b)
    ]
    speakers = [a for a, _ in found if listed(words[a : a + 1], "self") or words[a].plain == "em"]
    return len(speakers) < len(found) or any(not owned(words, a) for a in speakers)


def _called(words: Words, a: int, b: int) -> bool:
    """Whether those who read are called by a word that speaks of others elsewhere: `đọc nè mấy bà`."""
    if words[a].plain != "mai" and words[a].plain != "may":
        return False
    ends = b == len(words) or bool(words[b - 1].pause) or words[b].plain == "oi"
    return ends and not (a and words[a - 1].plain in _ABOUT)


def denies(words: Words) -> bool:
    """Whether words deny or doubt; a plea that an office look again at what it does is none."""
    return any(
        found and not (found <= _ASKED_OF_OFFICES and _pleads(sentence))
        for sentence in sentences(words)
        for found in (said(sentence, "deny"),)
    )


def _pleads(sentence: Words) -> bool:
    """Whether a sentence opens with a plea, and not to the writer or about the post."""
    opens = sentence[0].plain in PLEAS or listed(sentence[:2], "around")
    return opens and not any(w.plain in _WRITERS for w in sentence)


def judges(words: Words) -> bool:
    """Whether a few words pass a verdict on what somebody says, or any that say they pass it on."""
    if len(words) <= VERDICT and (verdict(words) or (listed(words[:1], "credits") and _dated(words))):
        return True
    return (says(words, "passing") or words[-1].pause == ":") and verdict(words)


def verdict(words: Words) -> bool:
    """Whether a word of a verdict is said; alone it counts where its marks are known and it is no name.

    `Bài gốc` before a link is a label; something said of it is a verdict.
    """
    return any(
        listed(words[start:stop], "verdict")
        and not (stop == len(words) and words[stop - 1].plain == "goc")
        and (stop - start > 1 or (bool(words[start].marked) and not words[start].name))
        for start, stop in within(words, "verdict", "compounds")
    )


def objects(words: Words) -> bool:
    """Whether words set something against a statement: contrast, and denial or an answer."""
    if not says(words, "contrast"):
        return False
    return any(says(words, name) for name in ("denial", "answer")) or closed(words)


def closed(words: Words) -> bool:
    """Whether a particle of replies closes a clause."""
    return any(says(part, "particle") for part in closings(words))


def owned(words: Words, at: int) -> bool:
    """Whether a word for oneself says whose the thing before it is, and not who acts."""
    if at == 0:
        return False
    before = words[at - 1]
    acts = before.plain in _BEFORE_ACTOR and before.marked != "má"  # `má tui` is no `mà tui`
    return not (before.pause or before.last or acts)


def closings(sentence: Words) -> list[Words]:
    """The word that closes each clause of a sentence; who is spoken to, and how, stands behind it."""
    found = []
    begin = 0
    for at, word in enumerate(sentence):
        if word.pause or word.last or at == len(sentence) - 1:
            clause = sentence[begin : at + 1]
            while len(clause) > 1 and _address(clause[-1:]):
                clause = clause[:-1]
            found.append(clause[-1:])
            begin = at + 1
    return found


def _address(words: Words) -> bool:
    return words[0].plain in _POLITE or words[0].plain in _SPOKEN_TO or says(words, "kin")
