"""The callers and policies of a template: IAM, Organizations, and VPC endpoints (SRC-8)."""
