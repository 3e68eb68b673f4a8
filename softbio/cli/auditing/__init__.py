"""What ``softbio audit`` is made of: one module a command."""
