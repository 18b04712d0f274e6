"""Changes of policies that let a refused call through, each with what it opens, and proven to open nothing else."""
