"""The APIs of a template: resources of API Gateway become the document of an API file (SRC-2)."""
