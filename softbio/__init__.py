"""softbio: face-attribute classifiers that serve every gender, and how to know it."""

__version__ = "0.1.0"
