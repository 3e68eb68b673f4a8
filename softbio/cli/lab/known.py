"""What is known of the faces of a set: attributes, tags, and what is learned from tags."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from softbio.cli.progress import phases_bar
from softbio.errors import ConfigError, SoftbioError

if TYPE_CHECKING:
    from softbio.faces.faceset import FaceSet
    from softbio.faces.tags import Tags
    from softbio.hypotheses import Traits
    from softbio.hypotheses.probe import Probe
    from softbio.runs import Run

__all__ = ["Known", "is_packed", "learn_known", "run_of", "tags_of"]


@dataclass(frozen=True, eq=False)
class Known:
    """What formulas can name, and what a person should know of it, a sentence each."""

    traits: Traits
    probes: tuple[Probe, ...]
    notes: tuple[str, ...]


def is_packed(path: str) -> bool:
    """Return whether a face set stands there, though it may be damaged."""
    return (Path(path) / "meta.json").is_file() or (Path(path) / "images.npy").is_file()


def run_of(run_id: str | None, models: Path | None) -> Run | None:
    """Return the run that was named, if any."""
    if run_id is None:
        return None
    from softbio.runs import RunStore

    return RunStore(models).get(run_id)


def tags_of(faces: FaceSet, data: str) -> Tags | None:
    """Return the tags of a packed set; None for an annotation file, which has no place for any."""
    if not is_packed(data):
        return None
    from softbio.faces.tags import Tags

    return Tags.open(faces)


def learn_known(
    faces: FaceSet, run: Run | None, tags: Tags | None, wanted: bool | None, spec: str = ""
) -> Known:
    """Learn the words that have enough tags, and gather all that is known.

    Parameters
    ----------
    wanted : bool, optional
        Whether to learn; None: where that can be done.
    spec : str
        The target: its own word is not learned.

    Raises
    ------
    SoftbioError
        If something was to be learned and cannot be.
    """
    from softbio.hypotheses import Traits

    probes, notes = _probes(faces, run, tags, wanted, spec)
    return Known(Traits.of(faces, tags, probes), tuple(probes), tuple(notes))


def _probes(
    faces: FaceSet, run: Run | None, tags: Tags | None, wanted: bool | None, spec: str
) -> tuple[list[Probe], list[str]]:
    """Learn the words that have enough tags; say what was not learned, and why."""
    if wanted is False:
        return [], []
    words = {} if tags is None else {word: tags.values(word) for word in tags.trait_words()}
    words = {word: values for word, values in words.items() if spec != f"tag:{word}"}
    if tags is None or not words:
        if wanted:
            raise ConfigError(
                "--probe learns attributes from tags, and there are none here. Tag some faces on "
                "the page Hypotheses, or take over tags: `softbio tags DATA --import TAGS.csv`."
            )
        return [], []
    from softbio.hypotheses.probe import Features, learn_all, missing_tags

    person = None
    if faces.has_identities:
        person = faces.table["identity"].fillna(-1).to_numpy(dtype="int64")
    lacking = {word: missing_tags(values, person) for word, values in words.items()}
    notes = [
        f"{word} is tagged and cannot be learned yet: {why}."
        for word, why in lacking.items()
        if why
    ]
    if all(lacking.values()):
        if wanted:
            raise ConfigError(notes[0])
        return [], notes
    teacher = None if run is None or run.config.kind == "imported" else run
    if run is not None and teacher is None:
        notes.append(f"{run.id} was imported and has no embeddings: probes look at colours alone.")
    try:
        with phases_bar() as bar:
            features = Features.of(
                faces, teacher, lambda done, total: bar("Looking at the faces", done, total)
            )
    except SoftbioError as error:
        if wanted:
            raise
        return [], [*notes, f"Nothing is learned from the tags: {error}"]
    probes = [one for one in learn_all(features, tags, faces) if spec != f"tag:{one.word}"]
    if teacher is None:
        notes.append(
            "Probes look at colours and edges alone; with --run RUN they learn from a network's "
            "embeddings too."
        )
    return probes, notes
