"""The text of a file that is checked, with its document, which is read once for all who need it."""

from __future__ import annotations

from execpolicy._base.frozen import lazy_attribute
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.encoding import BOM
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import Node
from execpolicy.document.syntax.rules import STRICT, SyntaxRules
from execpolicy.errors import PolicySyntaxError, Source

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName


class FileText:
    """The text of a file: JSON or YAML.

    Args:
        text: the whole text, decoded.
        name: the path of the file.

    >>> file = FileText('{"Version": "2012-10-17", "Statement": []}', "policy.json")
    >>> [*file.document.members]
    ['Version', 'Statement']
    """

    def __init__(self, text: str, name: str) -> None:
        self.source = Source(name, text.removeprefix(BOM))

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def text(self) -> str:
        return self.source.text

    @lazy_attribute
    def document(self) -> Node | PolicySyntaxError:
        """The root of the document; the error of a text that is neither JSON nor YAML.

        Raises:
            ExecPolicyError: the text is YAML, and PyYAML is not installed.
        """
        try:
            _, root = read_any(self.text, self.name, self._rules)
        except PolicySyntaxError as error:
            return error
        return root

    @lazy_attribute
    def _rules(self) -> SyntaxRules:
        from execpolicy.loaders.kinds import rules_of  # all loaders, which the check of a policy needs not

        return rules_of(self.text)

    def policy(self, kind: PolicyKind | PolicyKindName) -> Policy:
        """The policy that the text is. A text that begins as that of a template does is read again, as a policy.

        Raises:
            PolicySyntaxError: it is not a valid policy.
            UsageError: the kind does not exist.
        """
        root = self.document
        if isinstance(root, PolicySyntaxError) or self._rules is not STRICT:
            return Policy.from_file_text(self.text, kind=kind, name=self.name)
        return Policy.from_document(root, kind=kind, source=self.source)
