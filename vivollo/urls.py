"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from conversations.views import embed_script
from inbox.views.session import few_tries
from vivollo import health
from vivollo.demo.views import home

urlpatterns = [
    path("", home, name="home"),
    path("demo/", include("vivollo.demo.urls")),
    path("embed.js", embed_script, name="embed"),
    path("chat/", include("conversations.urls")),
    path("inbox/", include("inbox.urls")),
    path("admin/login/", few_tries(admin.site.login)),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
]
