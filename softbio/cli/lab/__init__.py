"""What ``softbio hypotheses`` is made of: its material, its answers, and how they are printed."""
