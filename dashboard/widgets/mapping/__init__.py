"""The map of faces: points in WebGL, coloured, with a lasso."""
