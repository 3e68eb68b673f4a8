"""``python -m softbio`` is the ``softbio`` command."""

from softbio.cli import main

if __name__ == "__main__":
    main()
