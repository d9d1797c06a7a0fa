"""Decide what an event asks for."""
