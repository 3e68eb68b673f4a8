"""Reviewing: the queues of faces whose labels are looked at, and what comes of it."""
