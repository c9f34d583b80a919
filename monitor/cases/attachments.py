"""Where the files of an appeal or an answer lie now: in the evidence store of the home they are sent from.

A row keeps the path at which its file lay when it was drafted. A home that was moved or restored since lies elsewhere;
the file is found by its digest, which is what was approved.
"""

from __future__ import annotations

from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError
from evidence_store.store import ArtifactStore
from flows.channels import Attachment


def at_home(store: ArtifactStore, file: Attachment) -> Attachment:
    """Returns the file with the path at which this home keeps it.

    Args:
        store: The home's evidence.
        file: The file as stored; it keeps its path where the home has none of this digest.
    """
    try:
        found = store.path_of(Digest.parse(f"sha256:{file.sha256.removeprefix('sha256:')}"))
    except EvidenceError:
        return file
    return file.model_copy(update={"path": found}) if found.is_file() else file
