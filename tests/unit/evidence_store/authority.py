"""A time stamping authority of our own: certificates by ``cryptography``, answers by ``openssl ts``."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ordering = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """Answers queries from a folder of its own."""

    def __init__(self, folder: Path, *, sends_root: bool = False) -> None:
        folder.mkdir()
        self._folder = folder
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        self.root = _certificate("Test root", root_key, "Test root", root_key, is_root=True)
        signer = _certificate("Test authority", key, "Test root", root_key, is_root=False)
        (folder / "root.pem").write_bytes(self.root)
        (folder / "tsa.pem").write_bytes(signer)
        private = serialization.PrivateFormat.PKCS8
        (folder / "tsa.key").write_bytes(
            key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
        )
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIG + ("certs = root.pem\n" if sends_root else ""))

    def answer(self, _address: str, query: bytes) -> bytes:
        (self._folder / "query").write_bytes(query)
        command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "answer"]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)
        return (self._folder / "answer").read_bytes()


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey, *, is_root: bool
) -> bytes:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]),
        subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(days=1),
        not_valid_after=now + timedelta(days=30),
    ).add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    if not is_root:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
