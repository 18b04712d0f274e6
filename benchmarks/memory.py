"""Decide requests for new resources, and show that memory and tables do not grow.

Run it from the root of the checkout: ``python -m benchmarks.memory 10000000``, with the number of resources (default:
one million). Each line shows the number of resources decided so far, the peak memory of the process in MB, and the
number of entries in the tables of each layer.
"""

from __future__ import annotations

import resource
import sys

from benchmarks.workload import ACTION, prepared, workload
from execpolicy import Request, authorize


def main(total: int) -> None:
    """Decide ``total`` requests, each for a new resource."""
    work = prepared(workload(1_000))
    layers = [policies.prepared for side in (work.caller, work.target) for policies in side.compiled().values()]
    for number in range(total):
        path = work.requests[number % len(work.requests)].resource
        context = work.contexts[number % len(work.contexts)]
        authorize(Request(caller=work.caller, action=ACTION, resource=f"{path}/{number}", context=context), work.target)
        if (number + 1) % max(1, total // 10) == 0:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            sys.stdout.write(f"{number + 1:>12} {peak:8.1f} MB {[layer.sizes() for layer in layers]}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
