"""Secrets are kept and read here, and nowhere else: sealed with Fernet, in the database only as ciphertext."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from handoff.models import Secret, Teammate


class Unopened(Exception):
    """No key opens what is kept; the sentence names the secret and says what to do."""


@transaction.atomic
def keep(name: str, value: str, by: Teammate | None) -> Secret:
    """Keep the value under that name, in the place of an older one, sealed with the newest key."""
    if not value:
        raise ValueError(f"The secret “{name}” needs a value.")
    sealed = _keys().encrypt(value.encode()).decode()
    return Secret.objects.update_or_create(name=name, defaults={"sealed": sealed, "updated_by": by})[0]


def read(names: Iterable[str]) -> dict[str, str]:
    """The values of those that there are; Unopened where one was sealed with a key that is gone."""
    wanted = set(names)
    if not wanted:
        return {}
    return {secret.name: _opened(secret) for secret in Secret.objects.filter(name__in=wanted)}


def _opened(secret: Secret) -> str:
    try:
        return _keys().decrypt(secret.sealed).decode()
    except InvalidToken:
        raise Unopened(
            f"The secret “{secret.name}” was sealed with a key that is not there any more. Put the old key back at "
            "the end of VAULT_KEYS (it was SECRET_KEY while VAULT_KEYS was empty), or type the secret again."
        ) from None


def _keys() -> MultiFernet:
    """Newest first: the first one seals, every one opens."""
    return MultiFernet([_key(material) for material in settings.VAULT_KEYS or [settings.SECRET_KEY]])


def _key(material: str) -> Fernet:
    """A key for this purpose alone, so that SECRET_KEY's other uses say nothing about it."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"vivollo vault").derive(material.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
