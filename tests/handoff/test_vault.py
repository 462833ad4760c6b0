"""Secrets lie encrypted in the database and are read by their names."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.urls import reverse

from handoff import vault
from handoff.models import Secret, Teammate
from tests.breaking import refused_by

pytestmark = pytest.mark.django_db

OLD, NEW = "an old key with more than thirty-two letters", "a new key with more than thirty-two letters"


@pytest.fixture
def desk(client):
    """A browser in which somebody who may do everything is signed in."""
    chief = Teammate.objects.create_superuser("chief", "chief@example.com", "chief-password")
    client.force_login(chief)
    return client


def test_a_kept_secret_is_read_again(ada):
    vault.keep("shop_token", "s3cret ş", ada)
    assert vault.read(["shop_token", "unknown"]) == {"shop_token": "s3cret ş"}


def test_the_database_holds_no_plain_text(ada):
    secret = vault.keep("shop_token", "s3cret", ada)
    assert "s3cret" not in str(Secret.objects.values().get(pk=secret.pk))


def test_nothing_is_read_for_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert vault.read(set()) == {}


def test_keeping_it_again_replaces_the_value_and_says_by_whom(ada, bruno):
    vault.keep("shop_token", "one", ada)
    vault.keep("shop_token", "two", bruno)
    assert vault.read(["shop_token"]) == {"shop_token": "two"}
    assert Secret.objects.get().updated_by == bruno


def test_an_empty_value_is_no_secret(ada):
    with pytest.raises(ValueError, match="shop_token"):
        vault.keep("shop_token", "", ada)


def test_an_old_key_still_opens_and_a_new_one_seals(ada, settings):
    settings.VAULT_KEYS = [OLD]
    vault.keep("before", "one", ada)
    settings.VAULT_KEYS = [NEW, OLD]
    vault.keep("after", "two", ada)
    assert vault.read(["before", "after"]) == {"before": "one", "after": "two"}
    settings.VAULT_KEYS = [NEW]
    assert vault.read(["after"]) == {"after": "two"}


def test_a_lost_key_is_told_with_the_name_and_the_way_out(ada, settings):
    settings.VAULT_KEYS = [OLD]
    vault.keep("shop_token", "s3cret", ada)
    settings.VAULT_KEYS = [NEW]
    with pytest.raises(vault.Unopened, match=r"“shop_token”.*VAULT_KEYS.*type the secret again"):
        vault.read(["shop_token"])


def test_without_keys_of_its_own_the_vault_uses_the_secret_key(ada, settings):
    vault.keep("shop_token", "s3cret", ada)
    settings.SECRET_KEY = NEW
    with pytest.raises(vault.Unopened):
        vault.read(["shop_token"])


@pytest.mark.parametrize("name", ["Shop", "shop token", "1shop", "shop.token", "şop", "", "shop\n"])
def test_a_name_is_plain(name):
    with pytest.raises(ValidationError):
        Secret(name=name, sealed="x").full_clean()
    assert refused_by(lambda: Secret.objects.create(name=name, sealed="x")) == "secret_name_is_plain"


def test_a_secret_is_sealed():
    assert refused_by(lambda: Secret.objects.create(name="shop", sealed="")) == "secret_is_sealed"


def test_a_secret_is_set_in_the_admin_and_never_shown_again(desk):
    desk.post(reverse("admin:handoff_secret_add"), {"name": "shop_token", "value": "s3cret-value"})
    assert vault.read(["shop_token"]) == {"shop_token": "s3cret-value"}
    secret = Secret.objects.get()
    assert secret.updated_by.username == "chief"
    pages = [reverse("admin:handoff_secret_change", args=[secret.pk]), reverse("admin:handoff_secret_changelist")]
    for page in pages:
        shown = desk.get(page).content.decode()
        assert "{{secret.shop_token}}" in shown
        assert "s3cret-value" not in shown
        assert secret.sealed not in shown
    assert "s3cret-value" not in str(LogEntry.objects.values())


def test_an_empty_value_in_the_admin_changes_nothing(desk, ada):
    secret = vault.keep("shop_token", "s3cret", ada)
    desk.post(reverse("admin:handoff_secret_change", args=[secret.pk]), {"value": "", "name": "another"})
    assert Secret.objects.values().get() == Secret.objects.filter(pk=secret.pk, name="shop_token").values().get()
    assert Secret.objects.get().updated_by == ada
    assert vault.read(["shop_token"]) == {"shop_token": "s3cret"}


def test_a_new_value_in_the_admin_replaces_the_old_one(desk, ada):
    secret = vault.keep("shop_token", "s3cret", ada)
    desk.post(reverse("admin:handoff_secret_change", args=[secret.pk]), {"value": "fresh"})
    assert vault.read(["shop_token"]) == {"shop_token": "fresh"}


def test_a_new_secret_needs_a_value_and_a_name_of_its_own(desk, ada):
    vault.keep("shop_token", "s3cret", ada)
    for posted in (
        {"name": "other", "value": ""},
        {"name": "shop_token", "value": "x"},
        {"name": "Other", "value": "x"},
    ):
        answer = desk.post(reverse("admin:handoff_secret_add"), posted)
        assert answer.status_code == 200
        assert answer.context["errors"]
    assert vault.read(["shop_token", "other"]) == {"shop_token": "s3cret"}


def test_the_admin_of_secrets_is_closed_without_the_permission(client, ada):
    Teammate.objects.filter(pk=ada.pk).update(is_staff=True)
    client.force_login(ada)
    assert client.get(reverse("admin:handoff_secret_changelist")).status_code == 403
