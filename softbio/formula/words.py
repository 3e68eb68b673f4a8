"""A formula in words: "blond hair or eyeglasses, but not both"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from softbio.formula.tree import Constant, Join, Name, Node, Not, leaves

__all__ = ["words_of"]

# Whoever lacks one of these has "no ..."; all else, as "smiling" or "young", is "not ...".
_THINGS = frozenset(
    {
        *("beard", "chin", "earring", "face", "goatee", "hair", "hairline", "hat", "lipstick"),
        *("makeup", "mask", "mustache", "moustache", "necklace", "necktie", "nose", "shadow"),
        *("skin", "tattoo", "tie", "veil"),
    }
)
# A name with one of these inside could be taken for a part of the sentence.
_SENTENCE = frozenset(
    {"always", "and", "both", "but", "either", "neither", "never", "no", "nor", "not", "of", "or"}
)
_PLAIN = re.compile(r"[\w'’-]+( [\w'’-]+)*")


def words_of(tree: Node) -> str:
    """Tell a tree in words; trees that mean different things are told differently.

    Names lose their underscores and capitals, and stand in quotes as they are
    written where that would mislead. Within a part, what holds comes before
    what does not, and parts of parts stand in parentheses.
    """
    names = dict.fromkeys(leaf.name for leaf in leaves(tree))
    forms = {name: _forms(name) for name in names}
    uses = Counter(form for pair in forms.values() for form in pair)
    for name, pair in forms.items():
        if any(uses[form] > 1 for form in pair):
            forms[name] = _quoted(name)
    return _Teller(forms).tell(tree)


def _forms(name: str) -> tuple[str, str]:
    """How a name reads where it holds, and where it does not."""
    plain = " ".join(name.replace("_", " ").split()).lower()
    parts = plain.split()
    negative = len(parts) > 1 and parts[0] == "no"
    if not _PLAIN.fullmatch(plain) or _SENTENCE & set(parts[negative:]):
        return _quoted(name)
    if negative:
        return plain, " ".join(parts[1:])
    thing = parts[-1] in _THINGS or re.fullmatch(r".+(?<!ou|.s)s", parts[-1])
    # "wearing hat" is something one does, whatever its last word is.
    return plain, f"{'no' if thing and parts[0] != 'wearing' else 'not'} {plain}"


def _quoted(name: str) -> tuple[str, str]:
    inside = name.replace('"', '""')
    return f'"{inside}"', f'not "{inside}"'


class _Teller:
    """Tells nodes with the forms of the names in one formula."""

    def __init__(self, forms: dict[str, tuple[str, str]]) -> None:
        self.forms = forms

    def tell(self, node: Node) -> str:
        match node:
            case Constant(value):
                return "always" if value else "never"
            case Name(name):
                return self.forms[name][0]
            case Not(operand):
                return self.tell_not(operand)
            case Join("and", operands):
                return self.tell_and(operands)
            case Join("or", operands):
                return self.tell_or(operands)
            case Join(_, operands):
                return self.tell_xor(operands, odd=True)
        raise AssertionError(node)

    def part(self, node: Node) -> str:
        return f"({self.tell(node)})" if _is_compound(node) else self.tell(node)

    def tell_not(self, operand: Node) -> str:
        match operand:
            case Constant(value):
                return self.tell(Constant(not value))
            case Name(name):
                return self.forms[name][1]
            case Join("or", operands) if _all_names(operands):
                return self.neither(operands)
            case Join("and", operands) if _all_names(operands):
                every = "both" if len(operands) == 2 else "all of"
                return f"not {every} {self.listed(operands, 'and')}"
            case Join("xor", operands):
                return self.tell_xor(operands, odd=False)
        return f"not ({self.tell(operand)})"

    def tell_and(self, operands: Sequence[Node]) -> str:
        holding: list[Node] = []
        lacking: list[Node] = []
        for operand in sorted(operands, key=_is_compound):
            match operand:
                case Not(Name() as name):
                    lacking.append(name)
                case Not(Join("or", names)) if _all_names(names):
                    lacking += names
                case _:
                    holding.append(operand)
        lacked = self.tell(Not(lacking[0])) if len(lacking) == 1 else self.neither(lacking)
        if not holding:
            return lacked
        if lacking:
            return f"{self.listed(holding, 'and')}, but {lacked}"
        match holding:
            case [*first, Join("or", choice)] if first and not any(map(_is_compound, first)):
                # Last and without parts of its own, it needs no parentheses.
                if not any(map(_is_compound, choice)):
                    return f"{', '.join(map(self.tell, first))} and either {self.tell_or(choice)}"
        return self.listed(holding, "and")

    def tell_or(self, operands: Sequence[Node]) -> str:
        ordered = sorted(operands, key=lambda one: (isinstance(one, Not), _is_compound(one)))
        match ordered:
            case [*first, Join("and", (Name(), Name()) as pair)] if first:
                if not any(map(_is_compound, first)):
                    return f"{', '.join(map(self.tell, first))} or both {self.tell_and(pair)}"
        return self.listed(ordered, "or")

    def tell_xor(self, operands: Sequence[Node], odd: bool) -> str:
        # Each `not` inside turns odd into even, and sentences about numbers bear none.
        plain: list[Node] = []
        for operand in operands:
            while isinstance(operand, Not):
                operand, odd = operand.operand, not odd
            plain.append(operand)
        plain.sort(key=_is_compound)
        if len(plain) > 2:
            number = "an odd number" if odd else "none or an even number"
            return f"{number} of these: {', '.join(map(self.part, plain))}"
        if odd:
            return f"{self.listed(plain, 'or')}, but not both"
        return f"both {self.listed(plain, 'and')}, or neither"

    def neither(self, names: Sequence[Node]) -> str:
        return f"neither {' nor '.join(map(self.tell, names))}"

    def listed(self, nodes: Sequence[Node], word: str) -> str:
        *first, last = map(self.part, nodes)
        return f"{', '.join(first)} {word} {last}" if first else last


def _is_compound(node: Node) -> bool:
    while isinstance(node, Not) and not isinstance(node.operand, Not):
        node = node.operand
    return not isinstance(node, Name | Constant)


def _all_names(nodes: Sequence[Node]) -> bool:
    return all(isinstance(node, Name) for node in nodes)
