"""The settings of a training as widgets, all made from `softbio.config.settings`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import streamlit as st

from softbio.config import RECIPES, Setting, TrainConfig, parse_config, recipe, settings

__all__ = ["config_form", "remarks"]

_RECIPE = "cfg_recipe"
#: A slider with more steps than this is hard to set by hand; a box with a number is not.
_SLIDER_STEPS = 200
#: Shown before the folded rest although not common: γ and α depend on it.
_FIRST = ("loss.name",)
#: Right end of a weight's slider, unless a recipe sets a larger weight.
_WEIGHT_END = 2.0
_GAMMA_WITH_NOISE = 3.0

_RECIPE_HELP = {
    "report": "The known report's choices, exactly: its network, focal loss, weights 1 and 0.1.",
    "recommended": "Batch-norm network, cells weighted alike, the fairest epoch kept.",
    "fast": "As recommended, in fewer epochs: to try things.",
}


def config_form(groups: Sequence[str]) -> TrainConfig:
    """Show the settings and return what they say.

    Parameters
    ----------
    groups : sequence of str
        The set's groups; each has a weight.

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
    st.caption(_RECIPE_HELP.get(chosen or "", ""))
    for setting in settings():
        if _comes_first(setting):
            _draw(setting, groups)
    with st.expander("All other settings", icon=":material/tune:"):
        section = ""
        rest = [one for one in settings() if not _comes_first(one) and one.path != "recipe"]
        for setting in sorted(rest, key=lambda one: one.section != ""):  # those of no section first
            if setting.section != section and setting.section:
                st.markdown(f"**{setting.section.replace('_', ' ').capitalize()}**")
            section = setting.section
            _draw(setting, groups)
    return _read(groups)


def remarks(config: TrainConfig) -> Iterator[tuple[str, str]]:
    """Yield what a reader should know of these settings: ("note" | "warning", sentence)."""
    loss = config.loss
    if loss.name == "focal" and loss.class_balancing:
        more, less = ("down", "up") if loss.alpha < 0.5 else ("up", "down")
        yield (
            "note",
            f"α counts: label 1 has weight {loss.alpha:g} and label 0 has {1 - loss.alpha:g}, "
            f"which weighs label 1 {more} and label 0 {less}."
            if loss.alpha != 0.5
            else "α counts, and at 0.5 weighs both labels alike.",
        )
    elif loss.name == "focal":
        yield (
            "note",
            f"α = {loss.alpha:g} has no effect while class balancing is off, as in the report.",
        )
    else:
        yield ("note", f"γ and α have no effect: the loss is {loss.name.replace('_', '-')}.")
    if loss.name == "focal" and loss.gamma >= _GAMMA_WITH_NOISE:
        yield (
            "warning",
            f"Focal loss with γ = {loss.gamma:g} stresses the faces that are hardest, and where "
            "labels are noisy these are the faces whose label is wrong. A γ of at most 2, or "
            "label smoothing, is safer.",
        )
    zero = [name for name, weight in config.weights.items() if weight == 0]
    if zero:
        yield ("warning", f"With weight 0 the network learns nothing from {' and '.join(zero)}.")


def _comes_first(setting: Setting) -> bool:
    return setting.common or setting.path in _FIRST


def _key(path: str) -> str:
    return f"cfg_{path}"


def _fill(groups: Sequence[str], *, overwrite: bool) -> None:
    """Put the chosen recipe's values into the widgets (only the empty ones unless `overwrite`)."""
    config = recipe(st.session_state[_RECIPE] or "recommended")
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


def _counts(path: str) -> bool:
    """Tell whether a setting has any effect with what the other widgets say."""
    if path in ("loss.gamma", "loss.alpha", "loss.class_balancing"):
        if st.session_state[_key("loss.name")] != "focal":
            return False
        return path != "loss.alpha" or bool(st.session_state[_key("loss.class_balancing")])
    if path == "loss.q":
        return bool(st.session_state[_key("loss.name")] == "generalised_cross_entropy")
    if path == "loss.flip_rates":
        return bool(st.session_state[_key("loss.name")] == "forward_correction")
    if path == "optimizer.weight_decay":
        return bool(st.session_state[_key("optimizer.name")] == "adamw")
    if path == "optimizer.warmup_epochs":
        return bool(st.session_state[_key("optimizer.schedule")] == "cosine")
    if path == "balancing.by":
        return bool(st.session_state[_key("balancing.method")] != "none")
    if path == "labels.correction":
        return bool(st.session_state[_key("labels.use")] == "corrected")
    if path == "labels.weight":
        correction = st.session_state[_key("labels.correction")]
        return _counts("labels.correction") and bool(correction == "down_weight")
    return True


def _draw(setting: Setting, groups: Sequence[str]) -> None:
    if setting.kind in ("groups", "cells"):
        _draw_named(setting, groups)
        return
    common: dict[str, Any] = {
        "key": _key(setting.path),
        "help": setting.description,
        "persist_state": "session",
    }
    # Said, not greyed out: the grey of Streamlit's disabled labels is too pale to read.
    title = setting.title if _counts(setting.path) else f"{setting.title} · no effect now"
    if setting.kind == "bool":
        st.toggle(title, **common)
    elif setting.kind == "choice":
        st.selectbox(title, setting.choices, **common)
    else:
        _draw_number(setting, title, common)


def _draw_named(setting: Setting, groups: Sequence[str]) -> None:
    what = "Weight" if _usual(setting) else "Flip rate"
    effect = "" if _counts(setting.path) else " · no effect now"
    for name in _names(setting, groups):
        key = _key(f"{setting.path}.{name}")
        group, _, label = name.rpartition(" ") if setting.kind == "cells" else (name, "", "")
        end = min(_WEIGHT_END, setting.high or _WEIGHT_END)
        st.slider(
            f"{what} of {group}{f', label {label}' if label else ''}{effect}",
            0.0,
            max(end, st.session_state[key]),
            step=setting.step,
            key=key,
            help=setting.description,
            persist_state="session",
        )


def _names(setting: Setting, groups: Sequence[str]) -> list[str]:
    """Return the names of the groups or cells that a setting has a number for."""
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
    few = high is not None and (high - low) / step <= _SLIDER_STEPS
    if setting.common and few and not setting.optional:
        st.slider(title, low, high, step=step, **common)
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
