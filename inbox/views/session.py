"""Coming in, going out, and one's own preferences."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from conversations import floods, visits
from inbox.access import TeammateRequest, teammates_only
from inbox.forms import PreferencesForm, SignInForm


def few_tries(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let one address try one user name only so often a minute; the answer says so, and is 429."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            name = request.POST.get("username", "")[:150].lower()
            wait = floods.tries.wait(visits.neighbourhood(request), name, settings.SIGN_IN_TRIES_A_MINUTE)
            if wait:
                words = _("Too many tries to sign in. Wait %(seconds)s seconds, then try again.") % {"seconds": wait}
                return HttpResponse(words, status=429, content_type="text/plain", headers={"Retry-After": str(wait)})
        return view(request, *args, **kwargs)

    return limited


class SignIn(auth.LoginView):
    """The sign-in page; only the local demo says where its passwords are."""

    template_name = "inbox/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and whether this is the local demo."""
        return super().get_context_data(**kwargs) | {"is_demo": settings.VIVOLLO_LOCAL}


sign_in = few_tries(SignIn.as_view())
sign_out = auth.LogoutView.as_view()


@require_POST
@teammates_only
def preferences(request: TeammateRequest) -> HttpResponse:
    """Keep the teammate's preferences, and show the menu as it is now."""
    form = PreferencesForm(request.POST)
    if form.is_valid():
        request.user.sound_on = form.cleaned_data["sound_on"]
        request.user.save(update_fields=["sound_on"])
    if request.htmx:
        return render(request, "inbox/index.html#sound", {"teammate": request.user})
    return redirect("inbox:queue")
