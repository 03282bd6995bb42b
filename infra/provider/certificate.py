"""`llmdeploy:cloud:Certificate`: the certificate of fronts that have no public name to get one for.

Self-signed: clients trust it because the deployment's outputs hand it to them, as they hand them the API key.
"""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen

VALID_DAYS = 825
"""The longest that Apple's and Go's verifiers take (support.apple.com/en-us/103769)."""
RENEW_DAYS = 60
"""This long before its end the next `up` makes another."""


class CertificateInputs(Frozen):
    """DNS names and IP addresses that the certificate is for, the main one first."""

    names: Annotated[tuple[str, ...], Field(min_length=1)]
    renewal: str = "current"


class CertificateResource:
    """A key and its certificate. Outputs: certificate (PEM), private_key (PEM, secret), expires."""

    inputs = CertificateInputs
    replace_on = frozenset({"names"})
    secret_outputs = frozenset({"private_key"})

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """By the names."""
        return hashlib.sha256("\n".join(inputs["names"]).encode()).hexdigest()[:16]

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """A new one is not known before."""
        return {key: old.get(key, UNKNOWN) for key in ("certificate", "private_key", "expires")}

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """It comes to its end."""
        return {"expires"} if _ends_soon(state) else set()

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Make one."""
        return signed(inputs["names"])

    def read(self, state: Mapping[str, Any]) -> State | None:
        """As the state has it."""
        return {key: state[key] for key in ("certificate", "private_key", "expires")}

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Make another when this one comes to its end."""
        return signed(inputs["names"]) if _ends_soon(state) else dict(self.read(state) or {})

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """Nothing but the state holds it."""


def _ends_soon(state: Mapping[str, Any]) -> bool:
    end = datetime.datetime.fromisoformat(state["expires"])
    return end - datetime.datetime.now(datetime.UTC) < datetime.timedelta(days=RENEW_DAYS)


def signed(names: tuple[str, ...]) -> State:
    """A new key and its certificate for these names."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    # P-256: ACM and Google's load balancers import it, and a handshake costs a tenth of RSA's.
    key = ec.generate_private_key(ec.SECP256R1())
    serial = x509.random_serial_number()
    # Two clouds' certificates are for the same name and are trusted side by side: verifiers look an issuer up
    # by its subject, so the subjects must differ.
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64]),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, f"{serial:x}"),
        ]
    )
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    end = now + datetime.timedelta(days=VALID_DAYS)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        # A leaf that is its own anchor: OpenSSL and BoringSSL take it when it is given as trusted.
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return {
        "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "private_key": key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        "expires": end.isoformat(),
    }


def _general_name(name: str) -> Any:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
