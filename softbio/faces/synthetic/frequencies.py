"""How often attributes occur, given gender and age: the table behind the synthetic people.

Every figure is a share measured over the 202,599 faces of CelebA's
``list_attr_celeba.txt`` (Z. Liu, P. Luo, X. Wang, X. Tang, *Deep Learning Face
Attributes in the Wild*, ICCV 2015), rounded to four decimals. Shares are those of
young women, older women, young men and older men; with `YOUNG` they give the
frequencies by gender. Attributes that constrain each other stand in one `Block` and
are drawn jointly.

CelebA's annotators now and then ticked two hair colours. Here a face has one, and
the first of Blond_Hair, Bald, Gray_Hair, Black_Hair, Brown_Hair wins; likewise
Wavy_Hair wins over Straight_Hair, Bangs over Receding_Hairline, and No_Beard over
Mustache and Goatee. Combinations below 0.0005 in all four columns are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["ATTRIBUTES", "BLOCKS", "HAT_SHOWS_HAIR", "MALE", "YOUNG", "Block", "frequency"]

#: Share of men.
MALE = 0.4168
#: Share of Young among women, among men.
YOUNG = (0.8741, 0.6330)
#: Share of faces with a hat whose hair colour the annotators still ticked, relative to
#: faces without a hat; women, men. The other hats hide the hair: no hair attribute is set.
HAT_SHOWS_HAIR = (0.29, 0.10)


@dataclass(frozen=True)
class Block:
    """Attributes drawn together, given gender and age.

    Attributes
    ----------
    name : str
    options : tuple of tuple of str
        The combinations: which attributes are 1, all others of the block being 0.
    shares : tuple of tuple of float
        For each option its share among young women, older women, young men, older men.
    persistence : float
        Probability that a photograph shows what is usual for the person; otherwise it
        is drawn anew, so the shares do not depend on it.
    """

    name: str
    options: tuple[tuple[str, ...], ...]
    shares: tuple[tuple[float, float, float, float], ...]
    persistence: float

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names that occur in the options, in order of appearance."""
        return tuple(dict.fromkeys(name for option in self.options for name in option))

    def cumulative(self) -> np.ndarray:
        """Cumulative shares, normalised, shape (4 strata, options), float64."""
        shares = np.asarray(self.shares, dtype=np.float64).T
        return np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)


def _block(name: str, persistence: float, *rows: tuple[str, float, float, float, float]) -> Block:
    options = tuple(tuple(row[0].split()) for row in rows)
    return Block(name, options, tuple(row[1:] for row in rows), persistence)


#: Hair colour, texture and hairline were measured on faces without a hat, the latter two
#: without the bald as well. Their columns: young women, older women, young men, older men.
BLOCKS: dict[str, Block] = {
    block.name: block
    for block in (
        _block(
            "colour",
            0.9,
            ("", 0.3147, 0.3153, 0.3542, 0.3912),
            ("Blond_Hair", 0.2333, 0.3159, 0.0233, 0.0209),
            ("Black_Hair", 0.2138, 0.1091, 0.4062, 0.1725),
            ("Brown_Hair", 0.2373, 0.2041, 0.1916, 0.0917),
            ("Gray_Hair", 0.0008, 0.0553, 0.0037, 0.2014),
            ("Bald", 0.0001, 0.0003, 0.0209, 0.1223),
        ),
        _block(
            "texture",
            0.7,
            ("", 0.3638, 0.3789, 0.5360, 0.6205),
            ("Wavy_Hair", 0.4452, 0.5185, 0.1717, 0.1385),
            ("Straight_Hair", 0.1910, 0.1027, 0.2922, 0.2410),
        ),
        _block(
            "hairline",
            0.7,
            ("", 0.7649, 0.5747, 0.8262, 0.7237),
            ("Bangs", 0.1808, 0.3730, 0.1226, 0.0381),
            ("Receding_Hairline", 0.0544, 0.0523, 0.0512, 0.2382),
        ),
        _block(
            "brows",
            0.9,
            ("", 0.9233, 0.9829, 0.6842, 0.8792),
            ("Bushy_Eyebrows", 0.0767, 0.0171, 0.3158, 0.1208),
        ),
        _block(
            "beard",
            0.7,
            ("No_Beard", 0.9990, 0.9970, 0.4978, 0.5871),
            ("5_o_Clock_Shadow", 0.0000, 0.0002, 0.1798, 0.0679),
            ("No_Beard 5_o_Clock_Shadow", 0.0001, 0.0001, 0.0898, 0.0494),
            ("", 0.0008, 0.0024, 0.0659, 0.0753),
            ("Goatee", 0.0001, 0.0002, 0.0566, 0.0703),
            ("Mustache Goatee", 0.0000, 0.0001, 0.0324, 0.0625),
            ("Mustache", 0.0000, 0.0000, 0.0143, 0.0533),
            ("Goatee 5_o_Clock_Shadow", 0.0000, 0.0000, 0.0336, 0.0178),
            ("Mustache Goatee 5_o_Clock_Shadow", 0.0000, 0.0000, 0.0174, 0.0107),
            ("Mustache 5_o_Clock_Shadow", 0.0000, 0.0000, 0.0123, 0.0057),
        ),
        _block(
            "makeup",
            0.4,
            ("", 0.1684, 0.2493, 0.9872, 0.9943),
            ("Heavy_Makeup Wearing_Lipstick", 0.5619, 0.3903, 0.0023, 0.0003),
            ("Wearing_Lipstick", 0.1466, 0.2184, 0.0068, 0.0006),
            ("Heavy_Makeup Wearing_Lipstick Rosy_Cheeks", 0.1047, 0.1159, 0.0001, 0.0000),
            ("Heavy_Makeup", 0.0158, 0.0092, 0.0016, 0.0003),
            ("Wearing_Lipstick Rosy_Cheeks", 0.0021, 0.0134, 0.0001, 0.0000),
            ("Rosy_Cheeks", 0.0004, 0.0032, 0.0019, 0.0046),
        ),
        _block(
            "mouth",
            0.2,
            ("", 0.3676, 0.2250, 0.4911, 0.4447),
            ("Smiling Mouth_Slightly_Open", 0.3977, 0.5402, 0.2941, 0.3072),
            ("Mouth_Slightly_Open", 0.1127, 0.0901, 0.1259, 0.1252),
            ("Smiling", 0.1220, 0.1448, 0.0889, 0.1229),
        ),
        _block(
            "glasses",
            0.4,
            ("", 0.9833, 0.9333, 0.9292, 0.7839),
            ("Eyeglasses", 0.0167, 0.0667, 0.0708, 0.2161),
        ),
        _block(
            "hat",
            0.2,
            ("", 0.9746, 0.9782, 0.9193, 0.9175),
            ("Wearing_Hat", 0.0254, 0.0218, 0.0807, 0.0825),
        ),
        _block(
            "earrings",
            0.3,
            ("", 0.7138, 0.5050, 0.9804, 0.9903),
            ("Wearing_Earrings", 0.2862, 0.4950, 0.0196, 0.0097),
        ),
    )
}

#: Every attribute that the drawing shows, in the order of the table's columns.
ATTRIBUTES: tuple[str, ...] = (
    "Male",
    "Young",
    *(name for block in BLOCKS.values() for name in block.attributes),
)


def frequency(attribute: str) -> tuple[float, float]:
    """Return the share of women and of men in whom `attribute` is 1.

    This is what `draw_attributes` tends to: the blocks' shares, mixed over age, hats
    and baldness.

    Raises
    ------
    KeyError
        If `attribute` is not one of `ATTRIBUTES`.
    """
    if attribute == "Male":
        return 0.0, 1.0
    if attribute == "Young":
        return YOUNG
    block = next((block for block in BLOCKS.values() if attribute in block.attributes), None)
    if block is None:
        raise KeyError(attribute)
    given = np.array([_share(block, attribute, stratum) for stratum in range(4)], dtype=np.float64)
    if block.name in ("colour", "texture", "hairline"):
        for stratum in range(4):
            hat = _share(BLOCKS["hat"], "Wearing_Hat", stratum)
            given[stratum] *= 1 - hat + hat * HAT_SHOWS_HAIR[stratum // 2]
            if block.name != "colour":
                given[stratum] *= 1 - _share(BLOCKS["colour"], "Bald", stratum)
    return (
        float(YOUNG[0] * given[0] + (1 - YOUNG[0]) * given[1]),
        float(YOUNG[1] * given[2] + (1 - YOUNG[1]) * given[3]),
    )


def _share(block: Block, attribute: str, stratum: int) -> float:
    total = sum(row[stratum] for row in block.shares)
    return (
        sum(
            row[stratum]
            for option, row in zip(block.options, block.shares, strict=True)
            if attribute in option
        )
        / total
    )
