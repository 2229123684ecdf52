"""Mocking."""
