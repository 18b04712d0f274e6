"""Plans the APIs in tests/fixtures/terraform by the real terraform, and keeps the plans.

``python -m tools.terraform_plans`` needs the versions of terraform and of the provider of AWS that ``provider.tf``
names; ``make test-oracles`` runs it too. Where they are not installed it says so and changes nothing. Nothing is
downloaded: the provider comes from the folder in ``TF_PLUGINS``, in the layout of a mirror. Tests read only what is
kept.
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
from typing import Any

FOLDER = Path(__file__).parents[1] / "tests" / "fixtures" / "terraform"
PROVIDER = FOLDER / "provider.tf"
#: The plans of these are kept beside the other forms of the three APIs.
THREE_APIS = FOLDER.parents[1] / "loaders" / "three_apis"
KEPT = {
    "rest": THREE_APIS / "rest.tfplan.json",
    "http": THREE_APIS / "http.tfplan.json",
    "private": THREE_APIS / "private.tfplan.json",
    "arns": FOLDER / "arns.tfplan.json",
    "blocks": FOLDER / "blocks.tfplan.json",
    "impure": FOLDER / "impure.tfplan.json",
    "documents": FOLDER / "documents.tfplan.json",
    "links": FOLDER / "links.tfplan.json",
}
#: The modules that they call, in folders beside them.
MODULES = ("shop",)
#: Where the provider is, unless the variable says otherwise.
PLUGINS = os.environ.get("TF_PLUGINS", "/opt/tf-plugins")
#: The time in place of that of the plan, so that a second run writes the same.
TIME = "2026-11-30T10:00:00Z"
#: Lists that terraform writes in another order each time.
UNORDERED = ("relevant_attributes",)
#: The host in place of the registry in the names of providers.
HOST = "registry.example.com"


class NotInstalledError(Exception):
    """The pinned terraform or provider is not on this machine."""


def pinned() -> tuple[str, str]:
    """The versions of terraform and of the provider that ``provider.tf`` names.

    >>> len(pinned())
    2
    """
    terraform, provider = re.findall(r'version\s*= "([0-9.]+)"', PROVIDER.read_text("utf-8"))
    return terraform, provider


def check_terraform() -> None:
    """Raise ``NotInstalledError`` unless terraform has the pinned version."""
    wanted, _ = pinned()
    if shutil.which("terraform") is None:
        raise NotInstalledError(f"terraform {wanted} is not installed")
    found = json.loads(run(["version", "-json"], FOLDER).stdout)["terraform_version"]
    if found != wanted:
        raise NotInstalledError(f"terraform {wanted} is needed, and {found} is installed")


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run terraform without the settings and the credentials of this machine."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))}
    more = {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    return subprocess.run(
        ["terraform", *arguments],
        cwd=folder,
        env=variables | more,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


def done(arguments: list[str], folder: Path) -> str:
    """The output of terraform; it ends the program with it if it fails."""
    found = run(arguments, folder)
    if found.returncode:
        sys.exit(f"terraform {' '.join(arguments)} ended with {found.returncode}:\n{found.stdout}{found.stderr}")
    return found.stdout


def copy_sources(source: Path, folder: Path) -> None:
    """Copy a source with the provider and the modules into a folder."""
    for each in (source, PROVIDER):
        shutil.copy(each, folder / each.name)
    for name in MODULES:
        shutil.copytree(FOLDER / name, folder / name)


def plan_of(source: Path, folder: Path) -> dict[str, Any]:
    """The plan of an API, planned in an empty folder."""
    copy_sources(source, folder)
    if run(["init", "-input=false", f"-plugin-dir={PLUGINS}"], folder).returncode:
        raise NotInstalledError(f"the AWS provider {pinned()[1]} is not in the folder of plugins (TF_PLUGINS)")
    done(["plan", "-input=false", "-lock=false", "-out=plan"], folder)
    plan: dict[str, Any] = json.loads(done(["show", "-json", "plan"], folder))
    return plan


def kept(plan: dict[str, Any]) -> str:
    """The text that is kept of a plan: the same for each run, and without the host that the provider comes from.

    >>> kept({"provider_name": "registry.terraform.io/hashicorp/aws", "timestamp": "2023-11-14T22:13:20Z"}).split()
    ['{', '"provider_name":', '"registry.example.com/hashicorp/aws",', '"timestamp":', '"2026-11-30T10:00:00Z"', '}']
    """
    unordered = {name: sorted(plan[name], key=json.dumps) for name in UNORDERED if name in plan}
    text = json.dumps({**plan, **unordered, "timestamp": TIME}, indent=1)
    return re.sub(r"[a-z0-9.-]+(?=/hashicorp/aws\")", HOST, text) + "\n"


def main() -> None:
    """Write the plans; all are made before the first is written."""
    try:
        check_terraform()
        texts = {}
        for name in KEPT:
            with tempfile.TemporaryDirectory() as folder:
                texts[name] = kept(plan_of(FOLDER / f"{name}.tf", Path(folder)))
    except NotInstalledError as missing:
        print(f"The plans of terraform are not made again: {missing}.")
        return
    for name, text in texts.items():
        KEPT[name].write_text(text, "utf-8")
        print(KEPT[name].name)


if __name__ == "__main__":
    main()
