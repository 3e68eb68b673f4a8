"""What the part Browse of the page Faces is made of."""
