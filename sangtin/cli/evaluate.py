"""A model and a labelled file → a table of figures, or JSON."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sangtin.cli.model import tell
from sangtin.cli.terminal import JsonFlag, emit, emit_json, say, settings

if TYPE_CHECKING:
    from training.evaluation import Report


def register(app: typer.Typer) -> None:
    """Add the command to the root."""
    app.command()(evaluate)


def evaluate(
    file: Annotated[Path, typer.Argument(help="Labelled JSONL, may be .gz.")],
    model: Annotated[str, typer.Option(help="A model's name or folder.")] = "shipped",
    text: Annotated[str, typer.Option(help="The field that holds the text.")] = "text",
    label: Annotated[str, typer.Option(help="The field that holds the label.")] = "label",
    renamed: Annotated[str, typer.Option("--map", help="Labels to rename: old=new,old=new.")] = "",
    json: JsonFlag = False,
) -> None:
    """Compare a model's answers with a file's labels.

    Gives macro-F1, accuracy, average precision, calibration error, the share it settles and its macro-F1
    there, and what a team would see where 0.3 % of posts are of a label, with 95 % intervals.

    \b
    Examples:
      sangtin evaluate held-out.jsonl --model shipped
      sangtin evaluate reviews.jsonl.gz --model mine --json
      sangtin evaluate dev.jsonl --model shipped --map 0=positive,1=negative
    """
    import nlp
    from training.evaluation import evaluate as compare
    from training.rows import Fields, read_map, read_rows

    rows = read_rows([file], Fields(text=text, label=label, renamed=read_map(renamed)))
    chosen = settings()
    place = nlp.Place(chosen.cache, chosen.backend)
    read = nlp.load(nlp.find(model, chosen.models), place)
    tell(model, read.notes)
    if not {row.target.label for row in rows} & set(read.labels):
        say(f"No label of the file is one that the model answers ({', '.join(read.labels)}); see --map.")
    report = compare(read, rows)
    if json:
        emit_json(asdict(report))
    else:
        _show(report)


def _show(report: Report) -> None:
    emit(f"rows {report.n:,} · macro-F1 {report.macro_f1:.3f} · accuracy {report.accuracy:.3f}")
    settled = "none" if report.settled_macro_f1 is None else f"macro-F1 {report.settled_macro_f1:.3f}"
    emit(f"settled {report.coverage:.1%}, {settled} · calibration error {report.ece:.3f}")
    emit(f"{'label':<12}{'precision':>10}{'recall':>8}{'F1':>8}{'AP':>8}{'rows':>8}")
    for name, one in report.per_class.items():
        average = report.average_precision.get(name)
        shown = "–" if average is None else f"{average:.3f}"
        emit(f"{name:<12}{one.precision:>10.3f}{one.recall:>8.3f}{one.f1:>8.3f}{shown:>8}{one.support:>8,}")
    for name, rare in report.prevalence.items():
        behind = f"{rare.rows_of_label:,} rows, {rare.rows_of_others:,} others"
        emit(f"{name} at {rare.rate:.1%} of posts ({behind}):")
        area = rare.average_precision
        emit(f"  average precision {area.value:.3f} [{area.low:.3f}, {area.high:.3f}]")
        for at in rare.at_k:
            precision, recall = at.precision, at.recall
            emit(
                f"  {at.k} of {at.per:,} reviewed: precision {precision.value:.3f} "
                f"[{precision.low:.3f}, {precision.high:.3f}], recall {recall.value:.3f} "
                f"[{recall.low:.3f}, {recall.high:.3f}]"
            )
