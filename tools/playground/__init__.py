"""Builds the playground: static files that run execpolicy on Pyodide in a browser."""
