"""Runs AWS CDK and osls, the open fork of Serverless, on the apps in tests/fixtures/tool_output, and keeps the output.

``make tool-output`` installs both at the versions below and runs this. Tests read only what is kept.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

APPS = Path(__file__).parents[1] / "tests" / "fixtures" / "tool_output"
#: The versions, as npm names them.
PACKAGES = ("aws-cdk-lib@2.276.0", "constructs@10.8.1", "osls@4.3.1")

#: The milliseconds in place of those at which osls runs.
TIME = 1_700_000_000_000
#: A module with every handler that the Serverless apps name.
HANDLERS = "def authorize(event, context): ...\norders = shop = internal = authorize\n"
#: osls asks AWS for nothing when it packages, but it looks for credentials.
NO_ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "SLS_TELEMETRY_DISABLED": "1",
    "SLS_NOTIFICATIONS_MODE": "off",
}


def synthesized(app: Path, modules: Path, folder: Path) -> str:
    """The only template that a CDK app writes."""
    run(["node", str(app)], folder, {"NODE_PATH": str(modules), "CDK_OUTDIR": str(folder)})
    (template,) = folder.glob("*.template.json")
    return template.read_text("utf-8")


def packaged(app: Path, modules: Path, folder: Path) -> str:
    """The template that osls writes for an app."""
    shutil.copy(app, folder / "serverless.yml")
    (folder / "handler.py").write_text(HANDLERS, "utf-8")
    run([str(modules / ".bin" / "osls"), "package"], folder, NO_ACCOUNT)
    return without_time((folder / ".serverless" / "cloudformation-template-update-stack.json").read_text("utf-8"))


def without_time(template: str) -> str:
    """A template with one time in place of that at which osls wrote it, so that a second run writes the same.

    >>> without_time('"ApiGatewayDeployment1796005381719"')
    '"ApiGatewayDeployment1700000000000"'
    """
    template = re.sub(r"(?<=ApiGatewayDeployment)[0-9]{13}|(?<=/)[0-9]{13}(?=-)", str(TIME), template)
    return re.sub(r"(?<=-)[0-9-]{10}T[0-9:.]{12}Z(?=/)", "2023-11-14T22:13:20.000Z", template)


def run(command: list[str], folder: Path, variables: dict[str, str]) -> None:
    """Run a command and stop with its output if it fails."""
    done = subprocess.run(
        command, cwd=folder, env=os.environ | variables, capture_output=True, encoding="utf-8", check=False, timeout=300
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def main(modules: Path) -> None:
    """Write the output of every app beside it."""
    for app in sorted(APPS.glob("cdk/*.js")):
        with tempfile.TemporaryDirectory() as folder:
            keep(app.with_suffix(".template.json"), synthesized(app, modules, Path(folder)))
    for app in sorted(APPS.glob("serverless/*.yml")):
        with tempfile.TemporaryDirectory() as folder:
            keep(app.with_suffix(".template.json"), packaged(app, modules, Path(folder)))
    keep(APPS / "versions.json", json.dumps(dict(package.rsplit("@", 1) for package in PACKAGES)))


def keep(path: Path, text: str) -> None:
    """Write JSON with one indentation, whatever the tool uses."""
    path.write_text(json.dumps(json.loads(text), indent=1) + "\n", "utf-8")
    print(path.relative_to(APPS))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
