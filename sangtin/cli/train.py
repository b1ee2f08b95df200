"""`sangtin train fit`, `thresholds` and `ship`: labelled rows → a model folder."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sangtin.cli.model import tell
from sangtin.cli.terminal import JsonFlag, emit, emit_json, say, settings
from sangtin.errors import UsageError
from sangtin.post import day_of, now

if TYPE_CHECKING:
    from nlp.folder import ModelCard
    from training.rows import Row
    from training.thresholds import Bounds

app = typer.Typer(name="train", no_args_is_help=True, help="Make models from labelled posts.")

TextField = Annotated[str, typer.Option("--text", help="The field that holds the text.")]
LabelField = Annotated[str, typer.Option("--label", help="The field that holds the label.")]
KindField = Annotated[str | None, typer.Option("--kind", help="The field that holds the kind.")]
WeightField = Annotated[
    str | None, typer.Option("--weight", help="The field that says how much a row counts.")
]
Renamed = Annotated[str, typer.Option("--map", help="Labels to rename: old=new,old=new.")]
Out = Annotated[Path, typer.Option(help="The folder to write the model to; it must not exist.")]
MaxError = Annotated[
    str,
    typer.Option(metavar="SHARE", help="Of what the last reader settles, how much may be wrong: 0.1 or 10%."),
]
MaxMissed = Annotated[
    str,
    typer.Option(
        metavar="SHARE", help="Of all negative rows, how many may be settled otherwise: 0.02 or 2%."
    ),
]
MaxDisagreement = Annotated[
    str,
    typer.Option(
        metavar="SHARE",
        help="Of what an earlier reader settles, on how much the last may disagree: 0.01 or 1%.",
    ),
]
Day = Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="The day in its name.")]


@app.command()
def fit(
    train: Annotated[list[Path], typer.Option(help="Labelled JSONL, may be .gz; repeat for more files.")],
    out: Out,
    more: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="More training files.")
    ] = None,
    dev: Annotated[Path | None, typer.Option(help="Labelled JSONL that thresholds are chosen on.")] = None,
    text: TextField = "text",
    label: LabelField = "label",
    kind: KindField = None,
    weight: WeightField = None,
    renamed: Renamed = "",
    model: Annotated[
        str, typer.Option(help="What to train: linear, compact, or PhoBERT's weights by folder or name.")
    ] = "linear",
    epochs: Annotated[int, typer.Option(help="How often PhoBERT sees every row.", min=1)] = 4,
    rate: Annotated[float, typer.Option(help="PhoBERT's largest rate of learning.", min=0)] = 3e-5,
    max_error: MaxError = "10%",
    max_missed_negatives: MaxMissed = "2%",
    day: Day = None,
) -> None:
    """Train a model on labelled rows, with any set of labels.

    A linear model sees letters, words and style. A compact one also reads words in their order, knowing them
    as the shipped model does: it starts from that model's vectors and its transformer, of which the last
    layer learns your labels, and inherits their terms (research and evaluation). Ten thousand rows take it
    some minutes. PhoBERT's weights are fine-tuned, which needs the extra `phobert` and, for more than a few
    thousand rows, a GPU or a night. Temperature and thresholds are chosen on --dev, of
    which no copy is learned from, or on a held-out tenth; copies, by their words or as the cluster of a
    review, stay together. Reviews that `sangtin export --reviews` wrote can be trained on as they are.

    \b
    Examples:
      sangtin train fit --train reviews.jsonl --kind kind --out ~/models/mine
      sangtin train fit --train reviews.jsonl --kind kind --model compact --out ~/models/better
      sangtin train fit --train reviews.jsonl --kind kind --model vinai/phobert-base --out ~/models/best
      sangtin train fit --train a.jsonl b.jsonl.gz --dev dev.jsonl --map 0=clean,1=spam --out spam-model
    """
    from training.compact import Settings as Network
    from training.fit import Plan
    from training.fit import fit as make
    from training.rows import Fields, read_map, read_rows, unseen

    fields = Fields(text, label, kind, weight, read_map(renamed))
    rows = read_rows([*train, *(more or [])], fields)
    held = read_rows([dev], fields) if dev else []
    if held and (copies := len(rows) - len(rows := unseen(rows, held))):
        say(f"{copies} rows of --train are in --dev too, some of them as copies: not learned from")
    bounds = _bounds(max_error, max_missed_negatives)
    if model not in ("linear", "compact"):
        card = _fine_tuned(model, (rows, held), out, (_day(day), bounds, epochs, rate))
        _told(card, out)
        return
    network = Network(balance=0.5) if model == "compact" else None
    plan = Plan(_day(day), bounds=bounds, network=network)
    _told(make(rows, held, out, plan), out)


@app.command()
def thresholds(
    model: Annotated[
        list[str], typer.Option(help="A model's name or folder; repeat to join models, the cheapest first.")
    ],
    dev: Annotated[Path, typer.Option(help="Labelled JSONL that the model was not trained on.")],
    out: Out,
    text: TextField = "text",
    label: LabelField = "label",
    renamed: Renamed = "",
    max_disagreement: MaxDisagreement = "1%",
    max_missed_negatives: MaxMissed = "2%",
    max_error: MaxError = "10%",
    day: Day = None,
) -> None:
    """Choose again what each reader of a model may settle; makes a new model.

    Several models become one that asks them in order, each only what the ones before are not sure of. Earlier
    readers are bounded by their disagreement with the last one, the last or only reader by its error against
    the file's labels, all together by the share of negatives that they settle as something else.

    \b
    Examples:
      sangtin train thresholds --model mine --dev dev.jsonl --max-error 5% --out ~/models/stricter
      sangtin train thresholds --model mine --model ~/models/best --dev dev.jsonl --out ~/models/cascade
    """
    import nlp
    from training.bounding import How, rethreshold
    from training.rows import Fields, read_map, read_rows

    rows = read_rows([dev], Fields(text=text, label=label, renamed=read_map(renamed)))
    bounds = _bounds(max_error, max_missed_negatives, max_disagreement)
    chosen = settings()
    for name in model:
        tell(name)
    folders = [nlp.find(name, chosen.models) for name in model]
    place = nlp.Place(chosen.cache, chosen.backend)
    _told(rethreshold(folders, rows, out, How(_day(day), bounds, place)), out)


@app.command()
def ship(
    data: Annotated[Path, typer.Option(help="The folder of development data.")],
    out: Annotated[
        Path | None, typer.Option(help="Where to write; the package's own folder unless given.")
    ] = None,
    public: Annotated[
        bool, typer.Option(help="Train on the public sets too, not on our own posts alone.")
    ] = True,
    transformer: Annotated[
        Path | None,
        typer.Option(help="A folder of work: ask a small transformer too, which a GPU trains there."),
    ] = None,
    reference: Annotated[bool, typer.Option(help="Keep these figures as the reference run.")] = False,
    day: Day = None,
    json: JsonFlag = False,
) -> None:
    """Train the model that ships, by the recipe, and print how it differs from the reference run.

    With --transformer the first run prepares the folder and says what to run where a GPU is; the second one
    takes what that left, and makes the model. --no-public uses neither a transformer nor any public set, and
    needs --out, so that the package's own model stays.

    \b
    Examples:
      sangtin train ship --data ~/data
      sangtin train ship --data ~/data --transformer ~/work
      sangtin train ship --data ~/data --no-public --out ~/models/own-posts-only
    """
    from training.ship import Order
    from training.ship import ship as make

    if not data.is_dir():
        raise UsageError(f"There is no folder {data}. Check the path.")
    result = make(Order(data, out, public, reference, _day(day), transformer=transformer), say)
    if json:
        emit_json(result.figures)
    else:
        emit(f"{result.name} in {result.folder}")


def _fine_tuned(
    name: str, rows: tuple[list[Row], list[Row]], out: Path, how: tuple[date, Bounds, int, float]
) -> ModelCard:
    """PhoBERT's weights, by a folder or a published name, fine-tuned on rows."""
    import nlp
    from training.phobert import Plan, Settings, fit_phobert, weights_of

    day, bounds, epochs, rate = how
    tell(name)
    chosen = settings()
    source = weights_of(nlp.find(name, chosen.models))
    place = nlp.Place(chosen.cache, chosen.backend)
    return fit_phobert(*rows, out, Plan(day, source, place, Settings(epochs, rate), bounds))


def _day(given: datetime | None) -> date:
    return given.date() if given else day_of(now())


def _bounds(error: str, missed: str, disagreement: str = "1%") -> Bounds:
    from training.thresholds import Bounds

    return Bounds(error=_share(error), missed=_share(missed), disagreement=_share(disagreement))


def _share(said: str) -> float:
    """`2%` or `0.02` → 0.02."""
    try:
        value = float(said.rstrip("% ")) / (100 if said.rstrip().endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise UsageError(f"{said!r} is not a share. Write 2% or 0.02.")
    return value


def _told(card: ModelCard, out: Path) -> None:
    from training.thresholds import LEAST_ROWS

    nothing = f"nothing: no threshold keeps the bounds on {LEAST_ROWS} held-out rows of its label or more"
    emit(f"{card.name} in {out}")
    for step in card.readers:
        chosen = ", ".join(f"{name} from {least:.2f}" for name, least in (step.thresholds or {}).items())
        say(f"{step.name} settles {chosen or nothing}")
