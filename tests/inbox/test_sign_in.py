"""Coming in, going out, and one's own preferences."""

import uuid

import pytest

pytestmark = pytest.mark.django_db


def sign_in(client, **said):
    return client.post("/inbox/sign-in/", {"username": "ada", "password": "ada-password"} | said)


def test_ada_comes_in_where_she_wanted_to_go(client, ada):
    assert sign_in(client, next="/inbox/?view=mine")["Location"] == "/inbox/?view=mine"
    assert client.get("/inbox/").status_code == 200


def test_the_way_in_never_leads_to_another_site(client, ada):
    assert sign_in(client, next="https://evil.example/")["Location"] == "/inbox/"


def test_a_wrong_password_is_said_beside_the_form_and_the_name_is_kept(client, ada):
    answer = sign_in(client, password="wrong")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert 'value="ada"' in page


def test_an_inactive_teammate_hears_the_same_sentence_as_a_stranger(client, ada):
    strangers = sign_in(client, password="wrong").content.decode().split('role="alert"')[1].split("</p>")[0]
    ada.is_active = False
    ada.save(update_fields=["is_active"])
    theirs = sign_in(client).content.decode().split('role="alert"')[1].split("</p>")[0]
    assert theirs == strangers


def test_signing_out_is_a_post_and_ends_the_session(client, ada):
    sign_in(client)
    assert client.get("/inbox/sign-out/").status_code == 405
    assert client.post("/inbox/sign-out/")["Location"] == "/inbox/sign-in/"
    assert client.get("/inbox/").status_code == 302


def test_the_sound_can_be_turned_off_and_on(client, ada):
    sign_in(client)
    answer = client.post("/inbox/preferences/", {}, headers={"HX-Request": "true"})
    assert 'aria-checked="false"' in answer.content.decode()
    ada.refresh_from_db()
    assert ada.sound_on is False
    assert client.post("/inbox/preferences/", {"sound_on": "on"})["Location"] == "/inbox/"
    ada.refresh_from_db()
    assert ada.sound_on is True


def test_a_stranger_has_no_preferences(client):
    assert client.post("/inbox/preferences/", {"sound_on": "on"})["Location"].startswith("/inbox/sign-in/")


def test_the_demos_hint_stands_only_in_the_local_demo(client, settings):
    assert "local demo" not in client.get("/inbox/sign-in/").content.decode()
    settings.VIVOLLO_LOCAL = True
    assert "local demo" in client.get("/inbox/sign-in/").content.decode()


def test_no_page_of_ours_has_a_script_or_style_of_its_own(client, ada):
    for page in (client.get("/inbox/sign-in/"), sign_in(client) and client.get("/inbox/")):
        html = page.content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert "<script>" not in html
        assert "onclick" not in html
        assert page["Content-Security-Policy"].startswith("default-src 'self'")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/inbox/sign-in/", "/admin/login/"])
def test_one_address_may_try_one_user_name_only_so_often(client, settings, address):
    settings.SIGN_IN_TRIES_A_MINUTE = 2
    name = f"guessed-{uuid.uuid4().hex}"
    answers = [client.post(address, {"username": name, "password": "wrong"}) for _ in range(5)]
    assert answers[0].status_code == 200
    refused = next(answer for answer in answers if answer.status_code == 429)  # also when the minute ends between
    assert b"Wait" in refused.content
    assert client.post(address, {"username": "another", "password": "wrong"}).status_code == 200
