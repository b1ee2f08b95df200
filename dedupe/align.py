"""Two readings → the blocks of words in which they differ, spelling, spacing and order allowed for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dedupe.chain import spelt_alike
from dedupe.effort import Effort, Matcher
from dedupe.lexicon import fold, marks
from dedupe.phrases import Words, opposed
from dedupe.spelling import alike, differently_marked, renamed
from dedupe.word import Word

# Blocks longer than this are taken as they are: spelling them out costs their product.
LONGEST_BLOCK = 24
# A phrase of one meaning may take in so many words before and behind a difference.
CONTEXT = 3
# Longer differences are not looked at for that.
SHORT_BLOCK = 4
# Words that say nothing that could stand for anything else, unless for their opposites.
_IDLE = frozenset(
    ["tại", "ở", "trên", "trong", "của", "thì", "là", "mà", "rằng", "cái", "những", "các", "và", "với", "cho"]
)
_IDLE_PLAIN = frozenset(fold(word) for word in _IDLE)
# Sentences that share this part of their word pairs are the same sentence elsewhere.
SAME_SENTENCE = 0.5
# A clause has fewer words to be known by: it must be nearly the same, and of four words or more.
SAME_CLAUSE = 0.75
LEAST_CLAUSE = 3
# Sentences that say the same so often have no places of their own.
MOST_MET = 1_000_000
# In texts of more clauses one is like another by chance.
MOST_CLAUSES = 16


@dataclass(frozen=True, slots=True)
class Block:
    """Where the texts differ: the earlier one's words, the later one's; either may be empty.

    `edge`: at the beginning or the end of the text that has the words alone. `whole`: whole sentences.
    `start`, `end`: at the beginning or the end of both texts. `apart`: set apart by a comma, a colon or the
    end of a sentence from what both texts have. `clause`: so on both sides, in the text that has them alone.
    `at`: how many words of the earlier text stand before it. `follows`: the word behind them in that text.
    """

    earlier: Words
    later: Words
    edge: bool = False
    whole: bool = False
    start: bool = False
    end: bool = False
    apart: bool = True
    clause: bool = False
    at: int = 0
    follows: Word | None = None

    @property
    def opens(self) -> bool:
        """Whether its words open a sentence."""
        return (self.earlier or self.later)[0].first

    def hangs(self, side: int) -> bool:
        """Whether only one text (0: the earlier) has the words, at an end of it, on a sentence of both."""
        lone = (self.earlier, self.later)[side]
        return self.edge and not self.whole and bool(lone) and not (self.earlier, self.later)[1 - side]


@dataclass(frozen=True, slots=True)
class Alignment:
    """The blocks that differ, the words that agree, pairs alike but for their marks, and how often one text
    says in listed words of one meaning what the other says."""

    blocks: tuple[Block, ...]
    shared: int
    remarked: tuple[tuple[Word, Word], ...]
    retold: int = 0


def align(earlier: Words, later: Words) -> Alignment:
    """Align two texts' words; whole sentences may have changed places."""
    later = reorder(earlier, later)
    found = _Aligning(earlier, later)
    found.run()
    return Alignment(tuple(found.blocks), found.shared, tuple(found.remarked), found.retold)


def reorder(earlier: Words, later: Words) -> Words:
    """The later text's sentences in the earlier's order, then its clauses, where they are the same."""
    later = _reordered(sentences(earlier), sentences(later), SAME_SENTENCE, 1)
    mine, other = clauses(earlier), clauses(later)
    if max(len(mine), len(other)) > MOST_CLAUSES:
        return later
    return _reordered(mine, other, SAME_CLAUSE, LEAST_CLAUSE)


def _reordered(mine: list[Words], other: list[Words], share: float, least: int) -> Words:
    """The parts of `other` in the order of `mine`, where they share that much of the shorter's word pairs."""
    as_they_are = tuple(word for part in other for word in part)
    if len(mine) < 2 or len(other) < 2:
        return as_they_are
    pairs = [_pairs(s) for s in mine]
    places: list[float] = []
    held: dict[tuple[str, str], list[int]] = {}
    for number, counted in enumerate(pairs):
        for pair in counted:
            held.setdefault(pair, []).append(number)
    asked = [_pairs(part) for part in other]
    if sum(len(held.get(pair, ())) for wanted in asked for pair in wanted) > MOST_MET:
        return as_they_are
    for wanted in asked:
        scores = {0: 0}
        for pair, count in wanted.items():
            for number in held.get(pair, ()):
                scores[number] = scores.get(number, 0) + min(count, pairs[number][pair])
        reached = places[-1] if places else -1
        best = max(scores, key=lambda i: (scores[i], i >= reached, -i))  # what is said twice stays in order
        same = scores[best] >= least and scores[best] > share * min(wanted.total(), pairs[best].total())
        places.append(best if same else reached)
    if places == sorted(places):
        return as_they_are
    order = sorted(range(len(other)), key=lambda i: (places[i], i))
    return tuple(word for i in order for word in other[i])


def sentences(words: Words) -> list[Words]:
    """A text's words by sentence."""
    return _parts(words, lambda word: word.last)


def clauses(words: Words) -> list[Words]:
    """A text's words by what stands between commas, colons and the ends of sentences."""
    return _parts(words, _pauses)


def _parts(words: Words, ends: Callable[[Word], bool]) -> list[Words]:
    found: list[Words] = []
    begin = 0
    for at, word in enumerate(words):
        if ends(word):
            found.append(words[begin : at + 1])
            begin = at + 1
    return [*found, words[begin:]] if begin < len(words) else found


def _pairs(words: Words) -> Counter[tuple[str, str]]:
    plain = [w.plain for w in words]
    return Counter(pairwise(plain))


class _Aligning:
    """The alignment of two word sequences as it is worked out."""

    def __init__(self, earlier: Words, later: Words) -> None:
        self._earlier, self._later = earlier, later
        self.blocks: list[Block] = []
        self.shared = 0
        self.retold = 0
        self.remarked: list[tuple[Word, Word]] = []
        self._renamed: list[tuple[Word, Word]] = []
        self._bare = 0

    def run(self) -> None:
        """Match equal runs first, then spell out what lies between them."""
        one, other = _keys(self._earlier, self._later)
        matcher = Matcher(one, other, Effort(), autojunk=len(one) + len(other) > 4000)
        for tag, a, b, c, d in _tidied(list(matcher.get_opcodes())):
            if tag == "equal":
                self._agree(a, b, c)
            elif a == b or c == d or max(b - a, d - c) > LONGEST_BLOCK:
                self._differ(a, b, c, d)
            else:
                self._spell_out(a, b, c, d)
        if not self._bare:  # who leaves marks off a name leaves them off elsewhere too
            self.remarked += self._renamed

    def _agree(self, a: int, b: int, c: int) -> None:
        self.shared += b - a
        for one, other in zip(self._earlier[a:b], self._later[c : c + b - a], strict=True):
            if not one.marked or not other.marked or one.marked == other.marked:
                continue
            if differently_marked(one, other):
                self.remarked.append((one, other))
            elif renamed(one, other):
                self._renamed.append((one, other))
            elif marks(one.marked) != marks(other.marked):
                self._bare += 1

    def _differ(self, a: int, b: int, c: int, d: int) -> None:
        one, other = self._earlier[a:b], self._later[c:d]
        if not one and not other:
            return
        if self._means_the_same(a, b, c, d):
            self.shared += max(len(one), len(other))
            self.retold += 1
            return
        edge = (not other and (a == 0 or b == len(self._earlier))) or (
            not one and (c == 0 or d == len(self._later))
        )
        lone = one or other
        whole = not (one and other) and _bounded(lone, a == 0 or c == 0, edge)
        start, end = a == c == 0, b == len(self._earlier) and d == len(self._later)
        text, begin, stop = (self._earlier, a, b) if one else (self._later, c, d)
        apart = _pauses(text[begin - 1 if begin else stop - 1])
        clause = not (one and other) and (begin == 0 or _pauses(text[begin - 1])) and _pauses(lone[-1])
        follows = text[stop] if stop < len(text) else None
        self.blocks.append(Block(one, other, edge, whole, start, end, apart, clause, a, follows))

    def _means_the_same(self, a: int, b: int, c: int, d: int) -> bool:
        """Whether a difference, with words around it that both texts have, is phrases of one meaning."""
        if max(b - a, d - c) > SHORT_BLOCK:
            return False
        before = next((n for n in range(CONTEXT) if not self._both(a - n - 1, c - n - 1)), CONTEXT)
        after = next((n for n in range(CONTEXT) if not self._both(b + n, d + n)), CONTEXT)
        one, other = self._earlier[a - before : b + after], self._later[c - before : d + after]
        if not one or not other:
            return False
        matches = spelt_alike(one, other, (False, False))
        if all(m == n == 1 and one[x].plain == other[y].plain for x, y, m, n in matches):
            return False
        left = _unmatched(one, other, matches)
        return all(_idle(word) for side in left for word in side) and not opposed(*left)

    def _both(self, i: int, j: int) -> bool:
        """Whether the texts have the same word at two places."""
        if i < 0 or j < 0 or i >= len(self._earlier) or j >= len(self._later):
            return False
        return self._earlier[i].plain == self._later[j].plain

    def _spell_out(self, a: int, b: int, c: int, d: int) -> None:
        """Take out of a replaced block what is the same word otherwise spelt."""
        last = (b == len(self._earlier), d == len(self._later))
        matches = spelt_alike(self._earlier[a:b], self._later[c:d], last)
        i, j = a, c
        for x, y, m, n in matches:
            self._differ(i, a + x, j, c + y)
            if m == n == 1 and self._earlier[a + x].plain == self._later[c + y].plain:
                self._agree(a + x, a + x + 1, c + y)
            else:
                self.shared += max(m, n)
                self.retold += _retold(self._earlier[a + x : a + x + m], self._later[c + y : c + y + n])
            i, j = a + x + m, c + y + n
        self._differ(i, b, j, d)


def _retold(one: Words, other: Words) -> bool:
    """Whether two phrases that say the same are other words, not the same ones otherwise spelt."""
    if any(w.typed or w.raw for w in (*one, *other)) or (
        len(one) == len(other) == 1 and alike(one[0], other[0])
    ):
        return False
    return "".join(w.plain for w in one) != "".join(w.plain for w in other)


def _unmatched(one: Words, other: Words, matches: Sequence[tuple[int, int, int, int]]) -> tuple[Words, Words]:
    """The words of two blocks that a chain of matches leaves."""
    taken = {i for x, _, m, _ in matches for i in range(x, x + m)}
    met = {j for _, y, _, n in matches for j in range(y, y + n)}
    return (
        tuple(word for i, word in enumerate(one) if i not in taken),
        tuple(word for j, word in enumerate(other) if j not in met),
    )


def _idle(word: Word) -> bool:
    return word.marked in _IDLE if word.marked else word.plain in _IDLE_PLAIN


def _keys(one: Words, other: Words) -> tuple[list[str], list[str]]:
    """What words are matched by: with their marks where both texts are marked, so that đã is not đá."""
    marked = all(any(w.marked and not w.number for w in words) for words in (one, other))
    if not marked:
        return [w.plain for w in one], [w.plain for w in other]
    return [f"{w.plain} {marks(w.marked)}" for w in one], [f"{w.plain} {marks(w.marked)}" for w in other]


def _pauses(word: Word) -> bool:
    return bool(word.pause) or word.last


def _bounded(words: Words, at_start: bool, edge: bool) -> bool:
    return bool(words) and words[0].first and (words[-1].last or (edge and not at_start))


def _tidied(codes: Sequence[tuple[str, int, int, int, int]]) -> list[tuple[str, int, int, int, int]]:
    """Join neighbouring differences that only one short word holds apart by chance."""
    made: list[tuple[str, int, int, int, int]] = []
    for number, (tag, a, b, c, d) in enumerate(codes):
        between = 0 < number < len(codes) - 1
        sides = (codes[number - 1], codes[number + 1]) if between else ()
        crowded = bool(sides) and all((s[2] - s[1]) + (s[4] - s[3]) >= 4 for s in sides)
        chance = tag == "equal" and b - a == 1 and crowded
        if (made and tag != "equal" and made[-1][0] != "equal") or (
            chance and made and made[-1][0] != "equal"
        ):
            made[-1] = ("replace", made[-1][1], b, made[-1][3], d)
        else:
            made.append((tag, a, b, c, d))
    return made
