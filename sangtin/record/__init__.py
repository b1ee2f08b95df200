"""The truth: posts, revisions, memberships, predictions, reviews, outcomes, and every change of them."""

from sangtin.record.engine import Record, Writing, init_record, new_epoch, open_record

__all__ = ["Record", "Writing", "init_record", "new_epoch", "open_record"]
