"""Reads OpenAPI and Swagger definitions of REST and HTTP APIs (SRC-1)."""
