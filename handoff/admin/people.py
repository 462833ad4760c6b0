"""Teammates and teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from conversations.admin.base import KeepsHistory, chip, link
from handoff.models import Team, Teammate

if TYPE_CHECKING:
    UserAdmin = auth_admin.UserAdmin[Any]
else:
    UserAdmin = auth_admin.UserAdmin

ROLES = {"agent": "person", "supervisor": "assistant", "flow_builder": "waiting", "admin": "finished"}
AVAILABILITY = {"online": "person", "busy": "waiting", "away": "finished"}


class TeammateAdmin(UserAdmin, KeepsHistory):
    """Somebody on our side: who they are, what they may do, whose queue they share."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["shown_name", "username", "email", "role_shown", "available", "in_teams", "is_active", "last_login"]
    list_display_links = ["shown_name", "username"]
    list_filter = ["role", "availability", "teams", "is_active", "is_staff"]
    search_fields = ["username", "display_name", "first_name", "last_name", "email"]
    search_help_text = "Name, user name or e-mail."
    ordering = ["username"]
    readonly_fields = ["last_login", "date_joined", "in_teams"]
    filter_horizontal = ("user_permissions",)
    fieldsets = (
        ("Who", {"fields": ["display_name", ("first_name", "last_name"), "email"]}),
        ("Signing in", {"fields": ["username", "password", "is_active"]}),
        ("What they do", {"fields": ["role", "availability", "in_teams"]}),
        ("What they may do in this admin", {"fields": ["is_staff", "is_superuser", "user_permissions"]}),
        ("Habits", {"fields": ["sound_on", ("last_login", "date_joined")]}),
    )
    add_fieldsets = (
        ("Who", {"fields": ["username", "display_name", "email", "role"]}),
        ("Password", {"fields": ["password1", "password2"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Teammate]:
        """With their teams."""
        return super().get_queryset(request).prefetch_related("teams")

    @admin.display(description="name", ordering="display_name")
    def shown_name(self, teammate: Teammate) -> str:
        """The name that customers see."""
        return teammate.shown_name

    @admin.display(description="role", ordering="role")
    def role_shown(self, teammate: Teammate) -> SafeString:
        """What they do here."""
        return chip(ROLES[teammate.role], teammate.get_role_display())

    @admin.display(description="takes new ones", ordering="availability")
    def available(self, teammate: Teammate) -> SafeString:
        """Whether new conversations may be given to them now."""
        return chip(AVAILABILITY[teammate.availability], teammate.get_availability_display())

    @admin.display(description="teams")
    def in_teams(self, teammate: Teammate) -> str:
        """Whose queue they share."""
        return ", ".join(team.name for team in teammate.teams.all()) or "none"

    def history_of(self, obj: Teammate) -> str:
        """What they said and did keeps them."""
        if obj.messages.exists() or obj.events.exists() or obj.engaged_handoffs.exists() or obj.assignments.exists():
            return (
                f"{obj} has answered customers, and history is never deleted, so they stay. "
                "Untick “active” to keep them from signing in."
            )
        return ""


class TeamAdmin(KeepsHistory):
    """Teammates who share a queue."""

    list_display = ["name", "who", "works"]
    list_select_related = ["hours"]
    search_fields = ["name", "members__display_name", "members__username"]
    autocomplete_fields = ["members", "hours"]
    fields = ("name", "members", "hours")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """With the members."""
        return super().get_queryset(request).prefetch_related("members")

    @admin.display(description="members")
    def who(self, team: Team) -> str:
        """Their names."""
        return ", ".join(one.shown_name for one in team.members.all()) or "nobody yet"

    @admin.display(description="works", ordering="hours__name")
    def works(self, team: Team) -> SafeString | str:
        """Its business hours."""
        return link(team.hours) if team.hours else "always"

    def history_of(self, obj: Team) -> str:
        """The conversations that it was given keep it."""
        count = obj.assignments.count()
        return f"“{obj}” is responsible for {count} conversations. Give them to another team first." if count else ""


admin.site.unregister(Group)
admin.site.register(Teammate, TeammateAdmin)
admin.site.register(Team, TeamAdmin)
