"""CloudFormation templates (SRC-2): their values, and the resources that bear on authorization."""
