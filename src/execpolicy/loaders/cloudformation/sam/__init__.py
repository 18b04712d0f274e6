"""SAM templates (SRC-3): their resources become those of CloudFormation, as AWS's transform makes them."""
