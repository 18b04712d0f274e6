"""Mutation: policies are changed in small ways, and the cases run again, to find changes that no case detects."""

from execpolicy.testing.mutation.mutant import Killer, Mutant
from execpolicy.testing.mutation.report import MutationReport
from execpolicy.testing.mutation.trial import mutate

__all__ = ["Killer", "Mutant", "MutationReport", "mutate"]
