"""What a form or a program sends → one person's act, appended to the record with its line in the audit."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form
from pydantic import BaseModel, ConfigDict, Field

from sangtin.post import Act, Kind, Label, Review
from sangtin.record import Record, Writing, accounts, reviews

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


DecisionForm = Annotated[Decision, Form()]


def decide(record: Record, reviewer: str, decision: Decision) -> int:
    """Append a person's act and settle what follows from it, for good. Returns the act's id.

    Raises UsageError where the act does not fit the post.
    """
    with record.write(durable=True) as writing:
        return decide_in(writing, reviewer, decision)


def decide_in(writing: Writing, reviewer: str, decision: Decision) -> int:
    """The same within a transaction, which must be durable."""
    given = Review(
        reviewer=reviewer,
        act=decision.act,
        post=decision.post,
        on_cluster=decision.on_cluster,
        label=decision.label,
        kind=decision.kind,
        target=decision.target or None,
        undoes=decision.undoes,
        revision=decision.revision,
    )
    number = reviews.append(writing, given)
    accounts.note(writing, reviewer, "review", f"{decision.post} act:{number}")
    return number


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
    )
    return decide_in(writing, reviewer, again)
