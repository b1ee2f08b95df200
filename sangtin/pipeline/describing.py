"""Everything about a post → one JSON value, or a page for a terminal."""

from __future__ import annotations

from typing import Any

from dedupe.campaign import Campaign
from sangtin.post import READ_FLAGS, VIETNAM, Flag
from sangtin.record.shown import Shown, Summary

# What a flag means, in the words of a reason to look.
LOOKS = {
    Flag.SCAM: "resembles scams",
    Flag.UNRELIABLE: "resembles posts that people called unreliable; that is no finding",
}


def post(found: Shown, campaign: Campaign | None = None) -> dict[str, Any]:
    """A post as `sangtin post show --json` gives it, with how its cluster spread."""
    return {
        "bin": found.bin.value,
        "erased_at": found.erased_at.isoformat() if found.erased_at else None,
        **(_summary(found.summary) if found.summary else {}),
        "campaign": _campaign(campaign) if campaign else None,
        "revisions": [
            {"number": r.number, "text": r.text, "fetched_at": r.fetched_at.isoformat()}
            for r in found.revisions
        ],
        "predictions": [
            {
                "revision": revision,
                "at": at.isoformat(),
                "model": p.model,
                "reader": p.reader,
                "label": p.label.value,
                "kind": p.kind.value if p.kind else None,
                "scores": {"spam": p.spam, "negative": p.negative, "positive": p.positive},
                "settled": p.settled,
                "flags": {each.flag.value: each.chance for each in p.chances},
            }
            for revision, at, p in found.predictions
        ],
        "reviews": [
            {
                "id": said.id,
                "at": said.at.isoformat(),
                "reviewer": said.review.reviewer,
                "act": said.review.act.value,
                "label": said.review.label.value if said.review.label else None,
                "undone": said.undone,
            }
            for said in found.reviews
        ],
        "history": [
            {"number": s.number, "at": s.at.isoformat(), "what": s.what, "bin": s.bin.value, "cause": s.cause}
            for s in found.steps
        ],
    }


def page(found: Shown, campaign: Campaign | None = None) -> str:
    """A post as `sangtin post show` prints it, with how its cluster spread."""
    if found.summary is None:
        when = found.erased_at.astimezone(VIETNAM) if found.erased_at else None
        return f"Erased {when:%d/%m/%Y %H:%M}. Its bin stays: {found.bin.value}."
    s = found.summary
    lines = [
        f"{s.id}  {s.moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}" + ("" if s.published else " (fetched)"),
        "",
        s.text,
        "",
        f"{s.outcome.bin.value} · {s.outcome.kind or '–'} · {s.outcome.cause.value} {s.outcome.settled_by}",
    ]
    if s.membership:
        of = f" of {s.original}" if s.original else ""
        lines.append(f"cluster {s.membership.cluster}: {s.membership.relation.value}{of}, {s.copies} copies")
        if s.membership.reason:
            like = f"similarity {s.membership.similarity:.2f}, containment {s.membership.containment:.2f}"
            lines.append(f"  {like}: {s.membership.reason}")
    if campaign and campaign.posts > 1:
        lines.append(f"  {_spread(campaign)}")
    lines += [f"{flag.value}: {_why_flagged(found, flag)}" for flag in READ_FLAGS if flag in s.flags]
    for step in found.steps:
        lines.append(
            f"  {step.at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}  {step.what:9} "
            f"{step.bin.value} ({step.cause})"
        )
    return "\n".join(lines)


def _campaign(c: Campaign) -> dict[str, Any]:
    return {
        "posts": c.posts,
        "authors": c.authors,
        "sources": c.sources,
        "first": c.first.isoformat(),
        "last": c.last.isoformat(),
        "burst": c.burst,
        "reason": c.reason,
    }


def _spread(c: Campaign) -> str:
    first, last = (f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}" for moment in (c.first, c.last))
    at_once = f", {c.reason}" if c.reason else ""
    return f"posts: {c.posts}, known authors: {c.authors}, sources: {c.sources}, {first} – {last}{at_once}"


def _why_flagged(found: Shown, flag: Flag) -> str:
    """Why a post has a flag that models raise: its chance by the latest answer that raised it, in words."""
    now = [p for revision, _, p in found.predictions if found.summary and revision == found.summary.revision]
    raised = (c.chance for p in reversed(now) for c in p.chances if c.flag is flag and c.raised)
    chance = next(raised, None)
    return LOOKS[flag] if chance is None else f"{chance:.2f}, {LOOKS[flag]}"


def _summary(s: Summary) -> dict[str, Any]:
    return {
        "id": s.id,
        "source": s.source,
        "text": s.text,
        "url": s.url,
        "author_key": s.author_key,
        "thread": s.thread,
        "moment": s.moment.isoformat(),
        "day": s.day.isoformat(),
        "published": s.published,
        "kind": s.outcome.kind.value if s.outcome.kind else None,
        "cause": s.outcome.cause.value,
        "settled_by": s.outcome.settled_by,
        "cluster": s.membership.cluster if s.membership else None,
        "relation": s.membership.relation.value if s.membership else None,
        "of": s.original,
        "similarity": s.membership.similarity if s.membership else None,
        "containment": s.membership.containment if s.membership else None,
        "reason": s.membership.reason if s.membership else None,
        "copies": s.copies,
        "flags": [flag.value for flag in s.flags],
    }
