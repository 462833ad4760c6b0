"""The shop's addresses, mounted at /demo/."""

from django.urls import path

from vivollo.demo import views

app_name = "demo"

urlpatterns = [
    path("", views.page, name="home"),
    path("<slug:slug>/", views.page, name="page"),
]
