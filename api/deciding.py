"""What a form or a program sends → one person's act, appended to the record with its line in the audit."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from sangtin.errors import UsageError
from sangtin.post import Act, Kind, Label, Review
from sangtin.record import Record, Writing, accounts, reviews, shown

# The greatest number that either record can hold.
GREATEST = 2**63 - 1
Number = Annotated[int, Field(ge=1, le=GREATEST)]
# No text has a NUL, and PostgreSQL takes none.
PostId = Annotated[str, Field(max_length=1_000, pattern=r"^[^\x00]*$")]


class Decision(BaseModel):
    """An act on a post. A `label` takes one label (spam with a kind, if known); `same as` takes a target."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    post: PostId = Field(description="The id of the post that was read.")
    act: Act = Act.LABEL
    label: Label | None = None
    kind: Kind | None = Field(None, description="Of spam only.")
    on_cluster: bool = Field(False, description="Holds for the copies of the post too.")
    target: PostId | None = Field(None, description="With `same as`: the post it repeats.")
    undoes: Number | None = Field(None, description="With `undo`: the id of the act to undo.")
    revision: Number | None = Field(
        None, description="The revision that was read; refused where the post was edited since."
    )
    after: Annotated[int, Field(ge=0, le=GREATEST)] | None = Field(
        None,
        description="The latest review of the post that was read, or 0; refused where another person decided "
        "on it since.",
    )


class StaleError(UsageError):
    """The post is no longer what the person was shown. `reason` is a saying of the catalogue."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


DecisionForm = Annotated[Decision, Form()]


def decide(record: Record, reviewer: str, decision: Decision) -> int:
    """Append a person's act and settle what follows from it, for good. Returns the act's id.

    Raises UsageError where the act does not fit the post, StaleError where it was meant for what the post
    was before.
    """
    with record.write(durable=True) as writing:
        return decide_in(writing, reviewer, decision)


def decide_in(writing: Writing, reviewer: str, decision: Decision) -> int:
    """The same within a transaction, which must be durable."""
    if decision.act is not Act.UNDO:
        _check_still_so(writing.connection, reviewer, decision)
    given = Review(
        reviewer=reviewer,
        act=decision.act,
        post=decision.post,
        on_cluster=decision.on_cluster,
        label=decision.label,
        kind=decision.kind,
        target=(decision.target or "").strip() or None,
        undoes=decision.undoes,
        revision=decision.revision,
    )
    number = reviews.append(writing, given)
    accounts.note(writing, reviewer, "review", f"{decision.post} act:{number}")
    return number


def _check_still_so(connection: Connection, reviewer: str, decision: Decision) -> None:
    for summary in shown.summaries_by_id(connection, [decision.post]):
        if decision.revision not in (None, summary.revision):
            raise StaleError(
                "The post was edited after it was shown. Read its text of now, then decide.", "edited"
            )
        if decision.after is None:
            continue
        for said in reviews.history(connection, summary.key):
            theirs = said.review.reviewer != reviewer and said.review.act not in (Act.UNSURE, Act.UNDO)
            if theirs and not said.undone and said.id > decision.after:
                raise StaleError(
                    f"{said.review.reviewer} decided on this post after it was shown. Read what they said, "
                    "then decide.",
                    "decided",
                )


def name_kind(writing: Writing, reviewer: str, act: int, kind: Kind) -> int | None:
    """Give a reviewer's own label "spam" its kind: the plain label is undone and given again with it.

    So one undo later takes back both. None where the act is not a latest label "spam" of this reviewer.
    """
    said = next((s for s in reviews.latest(writing.connection, reviewer) if s.id == act), None)
    if said is None or said.review.label is not Label.SPAM:
        return None
    decide_in(writing, reviewer, Decision(post=said.review.post, act=Act.UNDO, undoes=act))
    again = Decision(
        post=said.review.post,
        label=Label.SPAM,
        kind=kind,
        on_cluster=said.review.on_cluster,
        revision=said.revision,
        after=act,
    )
    return decide_in(writing, reviewer, again)
