"""The Boolean language over attributes: ``Blond_Hair xor Eyeglasses``.

``not`` binds before ``and``, ``and`` before ``xor``, ``xor`` before ``or``.
Names are written as in the attribute table, in any case, and within quotes
where they hold blanks; ``0`` and ``1`` are the constants. An attribute that is
not known for a face makes the formula unknown only where its value matters
(Kleene's three-valued logic: ``0 and unknown`` is 0).
"""

from softbio.formula.canonical import Canonical
from softbio.formula.formula import Formula, parse
from softbio.formula.packed import PackedColumns, PackedValues, pack_bits, unpack_bits
from softbio.formula.tree import OPERATORS, Constant, Join, Name, Node, Not, join

__all__ = [
    "OPERATORS",
    "Canonical",
    "Constant",
    "Formula",
    "Join",
    "Name",
    "Node",
    "Not",
    "PackedColumns",
    "PackedValues",
    "join",
    "pack_bits",
    "parse",
    "unpack_bits",
]
