"""The settings of a training as widgets, all made from `softbio.config.settings`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from dashboard.widgets.setting_effects import has_effect
from softbio.config import RECIPES, Setting, TrainConfig, parse_config, recipe, settings

__all__ = ["config_form", "put_settings"]

_RECIPE = "cfg_recipe"
#: A slider with more steps than this is hard to set by hand; a box with a number is not.
_SLIDER_STEPS = 60
#: Shown before the folded rest although not common: γ and α depend on it.
_FIRST = ("loss.name",)
#: Right end of a weight's slider, unless a recipe sets a larger weight.
_WEIGHT_END = 2.0

_RECIPE_HELP = {
    "report": "The known report's choices, exactly: its network, focal loss, weights 1 and 0.1.",
    "recommended": "Batch-norm network, cells weighted alike, faces varied without recolouring them, "
    "averaged weights, the fairest epoch kept.",
    "fast": "As recommended, with fewer epochs and variations: to try things.",
}


class _Part(NamedTuple):
    """A folded part of the form, and the sections and settings that stand in it."""

    title: str
    icon: str
    holds: tuple[str, ...]


#: In the order in which one thinks of them; the last takes what no other holds.
_PARTS = (
    _Part("Balance and weights", "balance", ("balancing", "cell_weights", "weight_normalisation")),
    _Part("Augmentation", "auto_awesome_motion", ("augmentation",)),
    _Part("Network", "hub", ("network",)),
    _Part("Loss", "trending_down", ("loss",)),
    _Part("Fairness while training", "diversity_3", ("objectives",)),
    _Part("Optimizer", "speed", ("optimizer", "batch_size")),
    _Part("Which epoch is kept", "flag", ("early_stopping",)),
    _Part("Labels and folds", "label", ("labels", "folds")),
    _Part("Scoring, precision, seed", "settings", ()),
)


def config_form(
    groups: Sequence[str], below: Mapping[str, Callable[[TrainConfig], None]] | None = None
) -> TrainConfig:
    """Show the settings and return what they say.

    Parameters
    ----------
    groups : sequence of str
        The set's groups; each has a weight.
    below : mapping, optional
        What is shown under a part of the form, by the part's title, once all settings are known.

    Raises
    ------
    ConfigError
        If they make no valid config together, such as when all weights are 0.
    """
    if _RECIPE not in st.session_state:
        st.session_state[_RECIPE] = "recommended"
    _fill(groups, overwrite=False)
    chosen = st.segmented_control(
        "Recipe",
        list(RECIPES),
        key=_RECIPE,
        required=True,
        on_change=_fill,
        args=(tuple(groups),),
        kwargs={"overwrite": True},
        persist_state="session",
        help="A named set of settings. Choosing one sets everything below to its values.",
    )
    st.caption(_RECIPE_HELP.get(chosen or "", "") + _changed(groups))
    for setting in settings():
        if _comes_first(setting):
            _draw(setting, groups)
    places = {}
    for part in _PARTS:
        with st.expander(part.title, icon=f":material/{part.icon}:", key=f"part_{part.title}"):
            _draw_pairs(_held(part), groups)
        places[part.title] = st.container()
    config = _read(groups)
    for title, show in (below or {}).items():
        with places[title]:
            show(config)
    return config


def _held(part: _Part) -> list[Setting]:
    """Return the settings of a part of the form, in its order."""
    rest = [one for one in settings() if not _comes_first(one) and one.path != "recipe"]
    if not part.holds:
        held = {name for other in _PARTS for name in other.holds}
        return [one for one in rest if not held & {one.path, one.section}]
    return [one for name in part.holds for one in rest if name in (one.path, one.section)]


def _changed(groups: Sequence[str]) -> str:
    """Say which settings are not the chosen recipe's any more."""
    config = recipe(st.session_state[_RECIPE] or "recommended")
    changed = []
    for setting in settings():
        given = _value(config, setting.path)
        if setting.kind in ("groups", "cells"):
            usual = _usual(setting)
            same = all(
                st.session_state[_key(f"{setting.path}.{name}")] == given.get(name, usual)
                for name in _names(setting, groups)
            )
        else:
            same = setting.path == "recipe" or st.session_state[_key(setting.path)] == given
        if not same:
            changed.append(setting.title)
    return f" Changed since: {', '.join(changed)}." if changed else ""


def _comes_first(setting: Setting) -> bool:
    return setting.common or setting.path in _FIRST


def _key(path: str) -> str:
    return f"cfg_{path}"


def _fill(groups: Sequence[str], *, overwrite: bool) -> None:
    """Put the chosen recipe's values into the widgets (only the empty ones unless `overwrite`)."""
    _fill_from(recipe(st.session_state[_RECIPE] or "recommended"), groups, overwrite=overwrite)


def put_settings(config: TrainConfig, groups: Sequence[str]) -> None:
    """Put all of a config's settings into the form, which need not be on the page yet."""
    st.session_state[_RECIPE] = config.recipe if config.recipe in RECIPES else "recommended"
    _fill_from(config, groups, overwrite=True)


def _fill_from(config: TrainConfig, groups: Sequence[str], *, overwrite: bool) -> None:
    for setting in settings():
        if setting.path == "recipe":
            continue
        value = _value(config, setting.path)
        if setting.kind in ("groups", "cells"):
            usual = _usual(setting)
            for name in _names(setting, groups):
                number = float(value.get(name, usual))
                _put(_key(f"{setting.path}.{name}"), number, overwrite)
        else:
            _put(_key(setting.path), value, overwrite)


def _put(key: str, value: Any, overwrite: bool) -> None:
    if overwrite or key not in st.session_state:
        st.session_state[key] = value


def _value(config: TrainConfig, path: str) -> Any:
    value: Any = config
    for part in path.split("."):
        value = getattr(value, part)
    return value


def _title(setting: Setting, title: str) -> str:
    """Return a widget's title; what does nothing now is said there."""
    # Not greyed out: the grey of Streamlit's disabled labels is too pale to read.
    counts = has_effect(setting.path, lambda path: st.session_state[_key(path)])
    return title if counts else f"{title} · no effect now"


def _draw_pairs(chosen: Sequence[Setting], groups: Sequence[str]) -> None:
    """Draw settings two to a line, as they fit on a narrow page and on a wide one."""
    drawn = [(setting, name) for setting in chosen for name in _names(setting, groups)]
    for first in range(0, len(drawn), 2):
        columns = st.columns(2, gap="medium", vertical_alignment="bottom")
        for column, (setting, name) in zip(columns, drawn[first : first + 2], strict=False):
            with column:
                _draw_one(setting, name)


def _draw(setting: Setting, groups: Sequence[str]) -> None:
    for name in _names(setting, groups):
        _draw_one(setting, name)


def _draw_one(setting: Setting, name: str) -> None:
    """Draw the widget of a setting, or of one group's or cell's number in it."""
    if name:
        _draw_named(setting, name)
        return
    common: dict[str, Any] = {
        "key": _key(setting.path),
        "help": setting.description,
        "persist_state": "session",
    }
    title = _title(setting, setting.title)
    if setting.kind == "bool":
        st.toggle(title, **common)
    elif setting.kind == "choice":
        st.selectbox(title, setting.choices, **common)
    else:
        _draw_number(setting, title, common)


def _draw_named(setting: Setting, name: str) -> None:
    what = "Weight" if _usual(setting) else "Flip rate"
    key = _key(f"{setting.path}.{name}")
    group, _, label = name.rpartition(" ") if setting.kind == "cells" else (name, "", "")
    end = min(_WEIGHT_END, setting.high or _WEIGHT_END)
    st.slider(
        _title(setting, f"{what} of {group}{f', label {label}' if label else ''}"),
        0.0,
        max(end, st.session_state[key]),
        step=setting.step,
        key=key,
        help=setting.description,
        persist_state="session",
    )


def _names(setting: Setting, groups: Sequence[str]) -> list[str]:
    """Return the groups or cells that a setting has a number for; "" if it is no such setting."""
    if setting.kind not in ("groups", "cells"):
        return [""]
    if setting.kind == "groups":
        return list(groups)
    return [f"{group} {label}" for group in groups for label in (0, 1)]


def _usual(setting: Setting) -> float:
    """Return the number of a group or cell that is not named."""
    return 0.0 if setting.path == "loss.flip_rates" else 1.0


def _draw_number(setting: Setting, title: str, common: dict[str, Any]) -> None:
    kind = int if setting.kind == "int" else float
    low = kind(setting.low or 0) if not setting.low_is_open else kind(setting.step or 0)
    high = kind(setting.high) if setting.high is not None else None
    step = kind(setting.step or 1)
    # What was put into the form, from a run or a search, may lie beyond what the steps offer.
    if (current := st.session_state.get(common["key"])) is not None:
        low = min(low, current)
        high = high if high is None else max(high, current)
    few = high is not None and (high - low) / step <= _SLIDER_STEPS
    if few and not setting.optional:
        number = "%g" if kind is float else None
        st.slider(title, low, high, step=step, format=number, **common)
    else:
        st.number_input(
            title,
            min_value=low,
            max_value=high,
            value="min" if not setting.optional else None,
            step=step,
            format="%g" if kind is float else None,
            placeholder="none" if setting.optional else None,
            **common,
        )


def _read(groups: Sequence[str]) -> TrainConfig:
    data: dict[str, Any] = {"recipe": st.session_state[_RECIPE] or "recommended"}
    for setting in settings():
        if setting.path == "recipe":
            continue
        *sections, leaf = setting.path.split(".")
        place = data
        for section in sections:
            place = place.setdefault(section, {})
        if setting.kind in ("groups", "cells"):
            # Group weights are said in full; of cells only what differs from the usual.
            given = {
                name: float(st.session_state[_key(f"{setting.path}.{name}")])
                for name in _names(setting, groups)
            }
            usual = _usual(setting)
            place[leaf] = {
                name: number
                for name, number in given.items()
                if setting.kind == "groups" or number != usual
            }
        else:
            place[leaf] = st.session_state[_key(setting.path)]
    return parse_config(data)
