"""A run and a source of faces: a score for each face, and the files that hold them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from softbio.cores import cores
from softbio.errors import ConfigError, DataError
from softbio.faces.faceset import SPLITS, FaceSet
from softbio.faces.source import Source
from softbio.fairness import DecisionRule, common_rule
from softbio.runs import Run, write_atomically

__all__ = ["PredictedFaces", "predict", "skipped_path", "write_predictions"]


@dataclass(frozen=True, eq=False)
class PredictedFaces:
    """A score for each face, in the source's order.

    Attributes
    ----------
    filename : ndarray, shape (n,), object
        Unique names.
    score : ndarray, shape (n,), float32
        Probability of label 1, in 0 … 1.
    skipped : tuple of (str, str)
        Name and reason of each face that could not be read and has no score.
    group : ndarray, shape (n,), int64, or None
        Index into `groups`, −1 unknown; None where the source knows of no group.
    groups : tuple of str
    """

    filename: np.ndarray
    score: np.ndarray
    skipped: tuple[tuple[str, str], ...] = ()
    group: np.ndarray | None = None
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.filename.shape != self.score.shape:
            raise ValueError(f"{len(self.score)} scores for {len(self.filename)} faces")
        if self.group is not None and self.group.shape != self.filename.shape:
            raise ValueError(f"{len(self.group)} groups for {len(self.filename)} faces")

    def __len__(self) -> int:
        return len(self.filename)


def predict(
    run: Run,
    source: str | Path | FaceSet | Source,
    *,
    split: str | None = None,
    rule: DecisionRule | None = None,
    on_error: Literal["fail", "skip"] = "fail",
    batch_size: int = 256,
    progress: Callable[[int, int], None] | None = None,
) -> PredictedFaces:
    """Score every face of a source with a trained run.

    Photographs are brought to size exactly as packing does it, and decoded while
    the network works on those before; memory does not grow with their number.

    Parameters
    ----------
    run : Run
        One that has weights.
    source : str, Path, FaceSet or Source
        A packed set or its folder, or anything that `softbio.faces.readers.read_source` reads.
    split : str, optional
        Of a packed set: ``train``, ``val``, ``test``, ``unlabelled`` or ``all``. None:
        ``unlabelled`` where it has faces, else all.
    rule : DecisionRule, optional
        What the scores are wanted for. Where it needs the group of every face and
        the source does not know it, that is told before anything is scored.
    on_error : {"fail", "skip"}
        What to do about a photograph that cannot be read.
    batch_size : int
    progress : callable, optional
        Called with faces done and faces in all.

    Raises
    ------
    RunError
        If the run has no weights, or not the ones that training wrote.
    DataError
        If the source cannot be read or has no images, its faces are packed at another size, a
        photograph cannot be read and `on_error` is ``fail``, or a group is
        unknown that `rule` needs.
    ConfigError
        If `split` is given for photographs, or is no split.
    """
    run.verify_weights()
    size = run.config.size
    skipped: list[tuple[str, str]] = []
    opened = _open(source)
    if isinstance(opened, FaceSet):
        rows = _rows(opened, split)
        _check_size(opened, run)
        names = opened.table["filename"].to_numpy(dtype=object)[rows]
        group, groups = opened.group_index()[rows], tuple(opened.group_names.values())
        column = opened.group_column
        batches = opened.batches(rows, batch_size)
    else:
        if split is not None:
            raise ConfigError(
                f"--split {split} needs a packed set; photographs are predicted all of them."
            )
        if not opened.has_images:
            raise DataError(
                f"Prediction needs photographs, and {opened.meta['source']} was read for its "
                "attributes only."
            )
        names = opened.rows["filename"].to_numpy(dtype=object)
        group, groups = _groups_of(opened)
        column = opened.group_column
        batches = _decoded(opened, size, batch_size, skipped, on_error)
    if rule is not None and rule.needs_group:
        _check_groups(rule, run, group, groups, column)
    scores = _scores(run, batches, batch_size, len(names), skipped, progress)
    if skipped:
        read = ~np.isin(names, [name for name, _ in skipped])
        names, group = names[read], group[read]
    return PredictedFaces(names, scores, tuple(skipped), group, groups)


def write_predictions(
    path: str | Path,
    predicted: PredictedFaces,
    format: Literal["table", "challenge"] = "table",
    threshold: float = 0.5,
    scores: bool = False,
    *,
    rule: DecisionRule | None = None,
) -> None:
    """Write a prediction file: 1 where the score is above `threshold`, −1 elsewhere.

    Parameters
    ----------
    path : path
        Written whole or not at all.
    predicted : PredictedFaces
    format : {"table", "challenge"}
        ``table``: a header ``filename,label`` and a line a face, in the source's
        order. ``challenge``: the labels alone, in the order of the sorted names.
    threshold : float
        In 0 … 1.
    scores : bool
        Add a column ``score`` to the table: the network's, before any calibration.
    rule : DecisionRule, optional
        Decides instead of `threshold`.

    Raises
    ------
    ConfigError
        If the threshold or the format is not as described.
    DataError
        If the rule needs the group of a face and it is unknown, or the file
        cannot be written.
    """
    if not 0.0 <= threshold <= 1.0:
        raise ConfigError(f"The threshold must lie in 0 … 1. Received: {threshold:g}.")
    if format not in ("table", "challenge"):
        raise ConfigError(f"The format must be table or challenge. Received: {format!r}.")
    if scores and format == "challenge":
        raise ConfigError("The challenge's file has one column; scores go with format table only.")
    rule = rule or common_rule(threshold)
    labels = np.where(rule.predict(predicted.score, predicted.group, predicted.groups), 1, -1)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if format == "challenge":
        order = np.argsort(predicted.filename, kind="stable")
        writer.writerows([label] for label in labels[order].tolist())
    elif scores:
        writer.writerow(["filename", "label", "score"])
        # str of a float32 is the shortest text that gives the same float32 again.
        told = [str(score) for score in predicted.score]
        writer.writerows(zip(predicted.filename, labels.tolist(), told, strict=True))
    else:
        writer.writerow(["filename", "label"])
        writer.writerows(zip(predicted.filename, labels.tolist(), strict=True))
    _write(Path(path), text.getvalue())
    if predicted.skipped:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["filename", "reason"])
        writer.writerows(predicted.skipped)
        _write(skipped_path(path), text.getvalue())
    else:
        skipped_path(path).unlink(missing_ok=True)  # it would speak of an earlier file


def skipped_path(path: str | Path) -> Path:
    """Return where the faces without a prediction are listed: ``out.skipped.csv`` beside ``out.csv``."""
    path = Path(path)
    return path.with_name(f"{path.stem}.skipped.csv")


def _write(path: Path, text: str) -> None:
    try:
        write_atomically(path, text.encode())
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}.") from None


def _open(source: str | Path | FaceSet | Source) -> FaceSet | Source:
    if isinstance(source, FaceSet | Source):
        return source
    if (Path(source) / "meta.json").is_file() and (Path(source) / "images.npy").is_file():
        return FaceSet.open(source)
    from softbio.faces.readers import read_source

    return read_source(str(source))


def _rows(faces: FaceSet, split: str | None) -> np.ndarray:
    if split is not None and split not in (*SPLITS, "all"):
        raise ConfigError(
            f"There is no split {split!r}. The splits are: {', '.join(SPLITS)}, and all."
        )
    everyone = np.arange(len(faces))
    if split is None:
        rows = faces.rows("unlabelled")
        return rows if len(rows) else everyone
    rows = everyone if split == "all" else faces.rows(split)
    if not len(rows):
        raise DataError(f"The face set {faces.name} has no face in its split {split!r}.")
    return rows


def _groups_of(source: Source) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the index of each photograph's group, −1 where unknown, and the groups' names."""
    if source.group_column not in source.rows:
        return np.full(len(source), -1, dtype=np.int64), ()
    order = {code: index for index, code in enumerate(source.groups)}
    index = source.rows[source.group_column].map(order, na_action="ignore").fillna(-1)
    return index.to_numpy(dtype=np.int64), tuple(source.groups.values())


def _check_groups(
    rule: DecisionRule, run: Run, group: np.ndarray, groups: tuple[str, ...], column: str
) -> None:
    """Raise `DataError` unless the rule can decide about every face."""
    unknown = int(np.count_nonzero(group < 0)) if column == rule.group_column else len(group)
    if unknown:
        raise DataError(
            f"The rule of {run.id} has one threshold or calibration per group and needs the "
            f"{rule.group_column} of every face, which is unknown for {unknown:,} of "
            f"{len(group):,}: use faces packed with their {rule.group_column}, or one threshold "
            "for all with --threshold."
        )
    rule.predict(np.zeros(len(group), dtype=np.float32), group, groups)


def _check_size(faces: FaceSet, run: Run) -> None:
    faces.needs_images("Prediction")
    if faces.size != run.config.size:
        raise DataError(
            f"The face set {faces.name} is packed at {faces.size}×{faces.size} and {run.id} takes "
            f"{run.config.size}×{run.config.size}: predict from the photographs, or pack them "
            f"with --size {run.config.size}."
        )


def _decoded(
    source: Source,
    size: int,
    batch_size: int,
    skipped: list[tuple[str, str]],
    on_error: str,
) -> Iterator[np.ndarray]:
    if source.draw is not None:
        for start in range(0, len(source), batch_size):
            yield source.draw(source.rows.iloc[start : start + batch_size], size, start)
        return
    from softbio.faces.stream import decoded_batches

    rows = source.rows
    yield from decoded_batches(
        rows["filename"].tolist(),
        rows["path"].tolist(),
        size,
        batch_size,
        skipped=skipped if on_error == "skip" else None,
        workers=cores(),
    )


def _scores(
    run: Run,
    batches: Iterator[np.ndarray],
    batch_size: int,
    count: int,
    skipped: list[tuple[str, str]],
    progress: Callable[[int, int], None] | None,
) -> np.ndarray:
    from softbio.networks.load import load_scorer
    from softbio.networks.trainer import forward
    from softbio.training.validation import sigmoid

    model = load_scorer(run)
    parts = [np.zeros(0, dtype=np.float32)]
    done = 0
    for logits in forward(model, batches, batch_size):
        parts.append(sigmoid(logits[:, 0]))
        done += len(logits)
        if progress is not None:
            progress(min(done + len(skipped), count), count)
    return np.concatenate(parts)
