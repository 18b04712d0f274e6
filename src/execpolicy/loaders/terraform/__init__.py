"""Plans and states of Terraform in their JSON form (SRC-4): their values, and the resources of AWS in them."""
