"""What a flow is called, and which chat pages run it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from conversations.models import ChatPage
from handoff import designs
from handoff.admin.flows.shell import address, shell, who
from handoff.models import Automation, Flow


class PagesForm(forms.Form):
    """The name, and the chat pages that run the flow."""

    name = forms.CharField(max_length=80)
    pages = forms.ModelMultipleChoiceField(
        ChatPage.objects.order_by("name"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: object, flow: Flow, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the form's own arguments, handed on
        self.flow = flow

    def clean_pages(self) -> QuerySet[ChatPage]:
        """No page loses the flow that it runs to one that is not published."""
        pages: QuerySet[ChatPage] = self.cleaned_data["pages"]
        if self.flow.live_id is None:
            others = Automation.objects.filter(chat_page__in=pages, flow__live__isnull=False).exclude(flow=self.flow)
            for one in others.select_related("chat_page", "flow"):
                raise forms.ValidationError(
                    f"“{one.chat_page}” runs “{one.flow}”. Publish this flow first, or it would run none."
                )
        return pages

    def clean_name(self) -> str:
        """Nobody else's name."""
        name: str = self.cleaned_data["name"]
        if Flow.objects.filter(name=name).exclude(pk=self.flow.pk).exists():
            raise forms.ValidationError("Another flow has this name.")
        return name


def pages(request: HttpRequest, flow: Flow) -> HttpResponse:
    """The form, and after posting it the pages run what was ticked."""
    now = {"name": flow.name, "pages": ChatPage.objects.filter(automation__flow=flow)}
    form = PagesForm(request.POST or None, initial=now, flow=flow)
    if form.is_valid():
        pages_now = [one.pk for one in form.cleaned_data["pages"]]
        designs.run_on(flow_id=flow.pk, name=form.cleaned_data["name"], page_ids=pages_now, by=who(request))
        messages.success(request, "Saved.")
        return HttpResponseRedirect(address(flow, "pages"))
    there = ChatPage.objects.select_related("automation__flow").order_by("name")
    chosen = form["pages"].value() or []
    ticked = {getattr(one, "pk", None) or int(one) for one in chosen if getattr(one, "pk", None) or str(one).isdigit()}
    rows = [(page, page.pk in ticked, _elsewhere(page, flow)) for page in there]
    return render(request, "admin/flows/pages.html", shell(request, flow, "pages") | {"form": form, "rows": rows})


def _elsewhere(page: ChatPage, flow: Flow) -> str:
    """What else it runs now."""
    automation: Automation | None = getattr(page, "automation", None)
    runs = automation.flow if automation else None
    return f"runs “{runs.name}” now" if runs and runs.pk != flow.pk else ""
