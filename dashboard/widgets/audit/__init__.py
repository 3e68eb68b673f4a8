"""The parts of the pages Errors and Faces."""
