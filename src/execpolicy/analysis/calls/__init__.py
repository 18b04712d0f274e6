"""Calls to an API as sets: which calls reach a route, when it lets them through, and a call that shows it."""
