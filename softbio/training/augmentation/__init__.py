"""Augmentation: changes drawn anew for each face of each batch, after the faces are read.

By default a face is mirrored and moved a little; nothing that is on by default changes the colour
of hair, since the label may be about it.
"""

from softbio.training.augmentation.augment import augment
from softbio.training.augmentation.mixing import mix
from softbio.training.augmentation.variants import vary

__all__ = ["augment", "mix", "vary"]
