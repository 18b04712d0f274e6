"""``python -m execpolicy``."""

from execpolicy.cli.main import main

raise SystemExit(main())
