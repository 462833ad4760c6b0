"""Designing a flow in the admin: each change, each refusal, and who may do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from conversations.models import ChatPage, Field, Tag, Visitor
from conversations.services import Posted
from handoff import checkpoints, designs
from handoff.flows.steps import STEPS
from handoff.flows.text import load
from handoff.models import Assistant, Automation, BusinessHours, Flow, FlowRun, Team, Teammate

HELLO: dict[str, Any] = {
    "entries": {"fallback": {"step": "hello"}},
    "steps": [
        {"id": "hello", "kind": "send_message", "title": "Say hello", "params": {"text": "Hello!"}, "exits": {"next": "amount"}},
        {
            "id": "amount", "kind": "ask", "title": "The amount",
            "params": {"question": "How much?", "kind": "amount", "variable": "amount", "tries": 3},
            "exits": {"answered": "over", "gave_up": "end"},
        },
        {
            "id": "over", "kind": "condition", "title": "Over the limit?",
            "params": {"match": "all", "conditions": [{"subject": "amount", "test": "greater", "value": "500"}]},
            "exits": {"yes": "end", "no": "end"},
        },
    ],
}  # fmt: skip

Act = Callable[..., Any]


@pytest.fixture
def flow(ada: Teammate) -> Flow:
    return designs.create(name="Refunds", draft=HELLO, by=ada)


def signed_in(teammate: Teammate, *permissions: str) -> Client:
    teammate.is_staff = True
    teammate.save()
    teammate.user_permissions.set(
        Permission.objects.filter(codename__in=permissions, content_type__app_label="handoff")
    )
    client = Client()
    client.force_login(teammate)
    return client


@pytest.fixture
def builder(ada: Teammate) -> Client:
    """Ada, who designs flows."""
    return signed_in(ada, "view_flow", "add_flow", "change_flow", "delete_flow")


def there(flow: Flow, name: str = "change", *more: Any) -> str:
    return reverse(f"admin:handoff_flow_{name}", args=[flow.pk, *more])


@pytest.fixture
def act(builder: Client, flow: Flow) -> Act:
    """Posts one change of the draft, as the page in front of Ada would; `expected` is what her page had read."""

    def act(do: str, query: str = "", expected: int | None = None, **fields: Any) -> Any:
        flow.refresh_from_db()
        known = flow.draft_number if expected is None else expected
        data = {"do": do, "expected": known, **{name.replace("__", "-"): value for name, value in fields.items()}}
        return builder.post(there(flow) + query, data, follow=True)

    return act


def step(flow: Flow, step_id: str) -> dict[str, Any]:
    flow.refresh_from_db()
    found: dict[str, Any] = next(one for one in flow.draft["steps"] if one["id"] == step_id)
    return found


def words(answer: Any) -> str:
    return answer.content.decode()


# ── Looking.


def test_the_list_says_what_is_live_and_what_is_wrong(builder: Client, flow: Flow, ada: Teammate) -> None:
    designs.publish(flow_id=flow.pk, expected=1, by=ada)
    designs.create(name="Broken", draft={"entries": {}, "steps": []}, by=ada)
    page = words(builder.get(reverse("admin:handoff_flow_changelist")))
    assert "version 1" in page
    assert "same as live" in page
    assert "1 problem" in page
    assert "no chat page" in page


def test_the_graph_links_every_step_in_reading_order(builder: Client, flow: Flow) -> None:
    page = words(builder.get(there(flow)))
    places = [page.index(f'href="?step={one}" id="box-{one}"') for one in ("hello", "amount", "over")]
    assert places == sorted(places)


def test_a_chosen_step_is_lit_and_shows_its_form(builder: Client, flow: Flow) -> None:
    page = words(builder.get(there(flow) + "?step=amount"))
    assert 'aria-current="step"' in page
    assert "How much?" in page
    assert "the flow ends here" in page


def test_a_problem_is_marked_on_its_box_and_listed(builder: Client, flow: Flow, act: Act) -> None:
    act("save", "?step=hello", p__text="", exit__next="amount")
    page = words(builder.get(there(flow)))
    assert "Say hello, 1 problem" in page
    assert "“Message” is empty." in page
    assert "“Message” is empty." in words(builder.get(there(flow) + "?step=hello"))


def test_only_variables_that_can_be_set_before_a_step_are_offered(builder: Client, flow: Flow) -> None:
    assert 'data-name="amount"' in words(builder.get(there(flow) + "?step=over"))
    before = words(builder.get(there(flow) + "?step=hello"))
    assert 'data-name="amount"' not in before
    assert 'data-name="visitor.first_name"' in before


def test_what_there_is_is_chosen_from_lists(builder: Client, flow: Flow, act: Act, team: Team, bruno: Teammate) -> None:
    act("add", "?step=hello", exit="next", kind="hand_off")
    page = words(builder.get(there(flow) + "?step=hand_off"))
    assert '<option value="Support">' in page
    assert '<option value="bruno">' in page


def test_a_step_that_is_gone_is_said_to_be_gone(builder: Client, flow: Flow) -> None:
    assert "not there any more" in words(builder.get(there(flow) + "?step=nowhere"))


def test_every_kind_of_step_has_a_form(builder: Client, flow: Flow, act: Act) -> None:
    for kind in STEPS:
        answer = act("add", "?step=hello", exit="next", kind=kind)
        assert STEPS[kind].hint in words(answer)


# ── Changing steps.


def test_a_step_is_saved_as_it_was_typed(flow: Flow, act: Act) -> None:
    fields = {"p__question": "How much\r\nwas it?", "p__kind": "amount", "p__variable": "sum", "p__tries": "2"}
    answer = act("save", "?step=amount", title="The sum", exit__answered="over", exit__gave_up="hello", **fields)
    saved = step(flow, "amount")
    assert saved["title"] == "The sum"
    assert saved["params"]["question"] == "How much\nwas it?"
    assert saved["params"]["variable"] == "sum"
    assert saved["params"]["tries"] == 2
    assert saved["exits"] == {"answered": "over", "gave_up": "hello"}
    assert "1 problem" in words(answer)  # the condition reads what nothing sets any more


def test_a_draft_with_problems_is_kept(flow: Flow, act: Act) -> None:
    answer = act("save", "?step=amount", p__question="", p__tries="many", p__variable="Not a name")
    assert step(flow, "amount")["params"]["tries"] == "many"
    page = words(answer)
    assert "“Question” is empty." in page
    assert "is a whole number from 1 to 10" in page
    assert "cannot be a name" in page


def test_a_way_that_is_disconnected_leads_nowhere(flow: Flow, act: Act) -> None:
    assert "leads nowhere" in words(act("save", "?step=hello", p__text="Hi", exit__next=""))
    assert step(flow, "hello")["exits"] == {}


def test_a_flag_that_is_unticked_is_off(flow: Flow, act: Act) -> None:
    act("save", "?step=amount", p__listen=["", "on"])
    assert step(flow, "amount")["params"]["listen"] is True
    act("save", "?step=amount", p__listen="")
    assert step(flow, "amount")["params"]["listen"] is False


def test_lines_are_a_list_of_texts(flow: Flow, act: Act) -> None:
    act("save", "?step=hello", p__text="Hi", p__options="A refund\r\n\r\n Something else \r\n")
    assert step(flow, "hello")["params"]["options"] == ["A refund", "Something else"]


def test_a_length_of_time_has_its_unit(flow: Flow, act: Act) -> None:
    act("add", "?step=hello", exit="next", kind="wait")
    act("save", "?step=wait", **{"p-seconds": "2", "p-seconds-unit": "3600"})
    assert step(flow, "wait")["params"]["seconds"] == 7200


CONDITIONS = {
    "p-conditions-rows": "3",
    "p-conditions-0-subject": "amount", "p-conditions-0-negate": "", "p-conditions-0-test": "greater", "p-conditions-0-value": "500",
    "p-conditions-1-subject": "visitor.vip", "p-conditions-1-negate": ["", "on"], "p-conditions-1-test": "equals", "p-conditions-1-value": "yes",
    "p-conditions-2-subject": "", "p-conditions-2-negate": "", "p-conditions-2-test": "equals", "p-conditions-2-value": "",
}  # fmt: skip


def test_the_spare_row_counts_only_when_it_is_filled_in(flow: Flow, act: Act) -> None:
    act("save", "?step=over", **CONDITIONS)
    rows = step(flow, "over")["params"]["conditions"]
    assert [(one["subject"], one["negate"], one["test"], one["value"]) for one in rows] == [
        ("amount", False, "greater", "500"),
        ("visitor.vip", True, "equals", "yes"),
    ]


@pytest.mark.parametrize(
    ("pressed", "left"),
    [("conditions:1:up", ["visitor.vip", "amount"]), ("conditions:0:down", ["visitor.vip", "amount"]), ("conditions:0:remove", ["visitor.vip"]), ("conditions::more", ["amount", "visitor.vip"])],
)  # fmt: skip
def test_rows_are_arranged_without_saving(flow: Flow, act: Act, pressed: str, left: list[str]) -> None:
    page = words(act("", "?step=over", row=pressed, **CONDITIONS))
    places = [page.find(f'value="{one}"', page.find("p-conditions-rows")) for one in left]
    assert places == sorted(places)
    assert -1 not in places
    assert f'name="p-conditions-rows" value="{len(left) + 1}"' in page
    assert step(flow, "over") == HELLO["steps"][2]


def test_choosing_a_test_changes_the_form_and_keeps_what_was_typed(flow: Flow, act: Act) -> None:
    Tag.objects.create(name="VIP")
    typed = CONDITIONS | {"p-conditions-1-test": "has_tag"}
    page = words(act("look", "?step=over", title="Typed, not saved", **typed))
    assert '<option value="VIP">' in page
    assert "Typed, not saved" in page
    assert step(flow, "over")["title"] == "Over the limit?"


def test_a_renamed_intent_still_leads_where_it_led(flow: Flow, act: Act) -> None:
    act("add", "?step=hello", exit="next", kind="intent")
    row = {"p-intents-rows": "1", "p-intents-0-name": "Refund", "p-intents-0-examples": "I want my money"}
    act("save", "?step=intent", **row)
    act("save", "?step=intent", **row, **{"exit-refund": "amount", "exit-none": "over"})
    act(
        "save",
        "?step=intent",
        **row | {"p-intents-0-name": "Money back"},
        **{"exit-refund": "amount", "exit-none": "over"},
    )
    assert step(flow, "intent")["exits"] == {"money_back": "amount", "none": "over"}


def test_a_title_that_is_too_long_is_refused_and_stays_in_the_form(flow: Flow, act: Act) -> None:
    page = words(act("save", "?step=hello", title="x" * 81, p__text="Typed"))
    assert "at most 80 characters" in page
    assert "Typed" in page
    assert step(flow, "hello")["title"] == "Say hello"


def test_what_the_database_cannot_keep_is_left_out(flow: Flow, act: Act) -> None:
    act("save", "?step=hello", p__text="Hel\x00lo")
    assert step(flow, "hello")["params"]["text"] == "Hello"


# ── Adding, moving, copying, deleting.


def test_a_step_is_added_between_two(flow: Flow, act: Act) -> None:
    answer = act("add", "?step=hello", exit="next", kind="tag")
    assert step(flow, "hello")["exits"] == {"next": "tag"}
    assert step(flow, "tag")["exits"] == {"next": "amount"}
    assert answer.redirect_chain[-1][0].endswith("?step=tag")


def test_a_kind_that_is_not_there_is_refused(flow: Flow, act: Act) -> None:
    assert "no kind of step" in words(act("add", "?step=hello", exit="next", kind="teleport"))
    assert "There is no way" in words(act("add", "?step=hello", exit="sideways", kind="tag"))


def test_an_empty_flow_begins_with_its_first_step(builder: Client, ada: Teammate) -> None:
    empty = designs.create(name="Empty", draft={"entries": {}, "steps": []}, by=ada)
    assert "Begin when the customer writes" in words(builder.get(there(empty)))
    builder.post(there(empty), {"do": "add", "entry": "fallback", "kind": "ask", "expected": 1})
    empty.refresh_from_db()
    assert empty.draft["entries"] == {"fallback": {"step": "ask"}}


def test_silence_has_its_length(flow: Flow, act: Act) -> None:
    fields = {"seconds": "5", "seconds-unit": "60", "each_time": "on"}
    act("save_entry", "?entry=inactivity", entry="inactivity", target="hello", **fields)
    flow.refresh_from_db()
    assert flow.draft["entries"]["inactivity"] == {"step": "hello", "seconds": 300, "each_time": True}
    page = words(act("save_entry", "?entry=inactivity", entry="inactivity", target="hello", seconds="soon"))
    assert "whole numbers" in page
    assert 'value="soon"' in page


def test_a_beginning_is_removed(flow: Flow, act: Act) -> None:
    page = words(act("remove_entry", "?entry=fallback", entry="fallback"))
    flow.refresh_from_db()
    assert flow.draft["entries"] == {}
    assert "The flow never begins" in page


def test_a_step_is_moved_copied_and_renamed(flow: Flow, act: Act) -> None:
    act("move", "?step=hello", place="amount:gave_up")
    assert step(flow, "amount")["exits"]["gave_up"] == "hello"
    act("duplicate", "?step=hello")
    assert step(flow, "send_message")["params"] == {"text": "Hello!"}
    act("rename", "?step=hello", id="greeting")
    assert step(flow, "amount")["exits"]["gave_up"] == "greeting"
    assert "cannot be an id" in words(act("rename", "?step=greeting", id="Not an id"))


def test_deleting_names_what_breaks_first(builder: Client, flow: Flow, act: Act) -> None:
    page = words(builder.get(there(flow) + "?step=amount&panel=delete"))
    assert "“Say hello” leads here" in page
    assert "“Over the limit?” reads “amount”" in page
    act("delete", "?step=amount")
    flow.refresh_from_db()
    assert [one["id"] for one in flow.draft["steps"]] == ["hello", "over"]


def test_what_is_no_change_at_all_is_refused(flow: Flow, act: Act) -> None:
    assert "nothing that can be done" in words(act("explode"))
    flow.refresh_from_db()
    assert flow.draft == HELLO


# ── Undo, and two people at once.


def test_the_last_change_is_undone_and_done_again(flow: Flow, act: Act) -> None:
    act("delete", "?step=amount")
    act("undo")
    flow.refresh_from_db()
    assert flow.draft == HELLO
    act("undo")
    flow.refresh_from_db()
    assert [one["id"] for one in flow.draft["steps"]] == ["hello", "over"]


def test_nothing_is_undone_after_somebody_else_has_changed_it(
    builder: Client, flow: Flow, act: Act, bruno: Teammate
) -> None:
    act("delete", "?step=amount")
    designs.save_draft(flow_id=flow.pk, draft=HELLO, expected=2, by=bruno)
    assert "Undo" not in words(builder.get(there(flow)))
    assert "nothing to undo" in words(act("undo"))


def test_a_conflict_keeps_what_was_typed_and_overwrites_nobody(flow: Flow, act: Act, bruno: Teammate) -> None:
    theirs = {**HELLO, "steps": [HELLO["steps"][0] | {"title": "Bruno’s title"}, *HELLO["steps"][1:]]}
    designs.save_draft(flow_id=flow.pk, draft=theirs, expected=1, by=bruno)
    page = words(act("save", "?step=hello", expected=1, title="Ada’s title", p__text="Typed by Ada"))
    assert "Bruno changed this flow meanwhile" in page
    assert "Typed by Ada" in page
    assert step(flow, "hello")["title"] == "Bruno’s title"
    act("save", "?step=hello", expected=2, title="Ada’s title", p__text="Typed by Ada")
    assert step(flow, "hello")["title"] == "Ada’s title"


def test_what_was_typed_for_a_step_that_somebody_deleted_is_shown(flow: Flow, act: Act, bruno: Teammate) -> None:
    designs.save_draft(flow_id=flow.pk, draft={"entries": {}, "steps": []}, expected=1, by=bruno)
    page = words(act("save", "?step=hello", expected=1, p__text="Typed by Ada"))
    assert "not there any more" in page
    assert "Typed by Ada" in page


# ── Publishing.


def test_a_draft_is_published_with_a_note(builder: Client, flow: Flow, ada: Teammate) -> None:
    assert "What would be published" in words(builder.get(there(flow, "changes")))
    builder.post(there(flow, "changes"), {"expected": 1, "note": "The first one"})
    flow.refresh_from_db()
    assert flow.live is not None
    assert (flow.live.number, flow.live.note, flow.live.published_by) == (1, "The first one", ada)
    page = words(builder.get(there(flow, "history")))
    assert "The first one" in page
    assert "Ada" in page


def test_a_draft_with_problems_is_not_published(builder: Client, flow: Flow, act: Act) -> None:
    act("save", "?step=hello", p__text="")
    page = words(builder.post(there(flow, "changes"), {"expected": 2}, follow=True))
    assert "Not published. “Message” is empty." in page
    flow.refresh_from_db()
    assert flow.live is None


def test_a_draft_that_changed_meanwhile_is_not_published(builder: Client, flow: Flow, act: Act) -> None:
    act("save", "?step=hello", p__text="Hi")
    assert "changed meanwhile" in words(builder.post(there(flow, "changes"), {"expected": 1}, follow=True))
    assert "changed meanwhile" in words(builder.post(there(flow, "changes"), {"expected": "x"}, follow=True))


def test_the_changes_are_told_in_words_beside_both_graphs(builder: Client, flow: Flow, act: Act) -> None:
    builder.post(there(flow, "changes"), {"expected": 1})
    act("save", "?step=hello", title="Greet", p__text="Good day!")
    page = words(builder.get(there(flow, "changes")))
    assert "Good day!" in page
    assert 'data-canvas="live"' in page
    assert 'data-canvas="draft"' in page


def test_an_earlier_version_is_looked_at_and_brought_back(builder: Client, flow: Flow, act: Act) -> None:
    builder.post(there(flow, "changes"), {"expected": 1})
    act("save", "?step=hello", p__text="Good day!")
    builder.post(there(flow, "changes"), {"expected": 2})
    page = words(builder.get(there(flow, "version", 1)))
    assert "Say hello" in page
    assert "?step=" not in page
    builder.post(there(flow, "roll_back", 1))
    flow.refresh_from_db()
    assert flow.live is not None
    assert (flow.live.number, flow.live.script, flow.draft) == (3, HELLO, HELLO)


def test_a_version_that_no_longer_fits_is_not_brought_back(builder: Client, flow: Flow, ada: Teammate) -> None:
    tag = Tag.objects.create(name="refund")
    tagged = {
        "entries": {"fallback": {"step": "tag"}},
        "steps": [{"id": "tag", "kind": "tag", "params": {"tag": "refund"}, "exits": {"next": "end"}}],
    }
    designs.save_draft(flow_id=flow.pk, draft=tagged, expected=1, by=ada)
    designs.publish(flow_id=flow.pk, expected=2, by=ada)
    tag.delete()
    assert "no longer fits" in words(builder.post(there(flow, "roll_back", 1), follow=True))
    assert builder.post(there(flow, "roll_back", 9)).status_code == 404
    assert builder.get(there(flow, "version", 9)).status_code == 404
    assert builder.get(there(flow, "roll_back", 1)).status_code == 405


# ── Chat pages and the name.


def test_chat_pages_are_chosen(builder: Client, flow: Flow, assistant: Assistant, chat_page: ChatPage) -> None:
    builder.post(there(flow, "pages"), {"name": "Refunds and more", "pages": [chat_page.pk]})
    flow.refresh_from_db()
    assert flow.name == "Refunds and more"
    assert flow.slug == "refunds"
    assert Automation.objects.get(chat_page=chat_page).flow == flow
    assert "checked" in words(builder.get(there(flow, "pages")))
    builder.post(there(flow, "pages"), {"name": "Refunds"})
    running = Automation.objects.get(chat_page=chat_page)
    assert (running.flow, running.assistant) == (None, assistant)


def test_a_name_that_is_taken_is_refused(builder: Client, flow: Flow, ada: Teammate) -> None:
    designs.create(name="Taken", draft=HELLO, by=ada)
    page = words(builder.post(there(flow, "pages"), {"name": "Taken", "pages": ["nonsense"]}))
    assert "Another flow has this name." in page


# ── Files.


def test_a_flow_goes_out_as_yaml_and_comes_back_the_same(builder: Client, flow: Flow) -> None:
    answer = builder.get(there(flow, "export"))
    assert answer["Content-Disposition"] == 'attachment; filename="refunds.yaml"'
    assert load(words(answer)) == ("Refunds", HELLO)
    file = SimpleUploadedFile("refunds.yaml", answer.content)
    builder.post(reverse("admin:handoff_flow_add"), {"from": "yaml", "name": "Again", "file": file})
    assert Flow.objects.get(name="Again").draft == flow.draft


def test_a_text_replaces_the_draft_only_after_its_differences_were_shown(builder: Client, flow: Flow) -> None:
    text = words(builder.get(there(flow, "export"))).replace("Hello!", "Good day!")
    page = words(builder.post(there(flow, "import"), {"text": text, "expected": 1, "do": "check"}))
    assert "What would change in the draft" in page
    assert step(flow, "hello")["params"]["text"] == "Hello!"
    builder.post(there(flow, "import"), {"text": text, "expected": 1, "do": "replace"})
    assert step(flow, "hello")["params"]["text"] == "Good day!"


@pytest.mark.parametrize("text", ["", "steps: [", "!!python/object/apply:os.system ['true']", "a: &a [*a]", "- 1"])
def test_a_text_that_is_no_flow_is_refused_and_kept(builder: Client, flow: Flow, text: str) -> None:
    answer = builder.post(there(flow, "import"), {"text": text, "expected": 1, "do": "replace"})
    assert 'role="alert"' in words(answer)
    flow.refresh_from_db()
    assert flow.draft == HELLO
    assert 'role="alert"' in words(builder.post(reverse("admin:handoff_flow_add"), {"from": "yaml", "text": text}))


def test_a_text_for_a_draft_that_changed_meanwhile_is_refused(builder: Client, flow: Flow, act: Act) -> None:
    text = words(builder.get(there(flow, "export")))
    act("save", "?step=hello", p__text="Hi")
    page = words(builder.post(there(flow, "import"), {"text": text, "expected": 1, "do": "replace"}))
    assert "changed this flow meanwhile" in page
    assert step(flow, "hello")["params"]["text"] == "Hi"


def test_a_new_flow_begins_empty_or_from_a_template(builder: Client) -> None:
    add = reverse("admin:handoff_flow_add")
    assert "Give the flow a name" in words(builder.post(add, {"from": "empty"}))
    builder.post(add, {"from": "empty", "name": "Mine"})
    assert Flow.objects.get(name="Mine").draft == {"entries": {}, "steps": []}
    assert "There is a flow called" in words(builder.post(add, {"from": "empty", "name": "Mine"}))
    answer = builder.post(add, {"from": "ready:refund_over_amount", "name": "Ours"})
    assert answer.headers["Location"] == there(Flow.objects.get(name="Ours"))
    assert Flow.objects.get(name="Ours").draft["steps"]


# ── Who may.


def test_who_may_look_changes_nothing(bruno: Teammate, flow: Flow) -> None:
    client = signed_in(bruno, "view_flow")
    page = words(client.get(there(flow) + "?step=hello"))
    assert "disabled" in page
    assert 'value="duplicate"' not in page
    for name in ("changes", "history", "pages", "import", "export"):
        assert client.get(there(flow, name)).status_code == 200
    for address in (
        there(flow),
        there(flow, "changes"),
        there(flow, "pages"),
        there(flow, "import"),
        there(flow, "roll_back", 1),
    ):
        assert client.post(address, {"do": "duplicate", "expected": 1}).status_code == 403
    assert client.get(reverse("admin:handoff_flow_add")).status_code == 403
    flow.refresh_from_db()
    assert flow.draft == HELLO


def test_who_may_not_look_sees_nothing(bruno: Teammate, flow: Flow) -> None:
    client = signed_in(bruno)
    for name in ("change", "changes", "history", "pages", "import", "export"):
        assert client.get(there(flow, name)).status_code == 403
    assert Client().get(there(flow)).status_code == 302


def test_a_flow_that_is_not_there_is_not_found(builder: Client) -> None:
    assert builder.get(reverse("admin:handoff_flow_change", args=[999_999])).status_code == 404


def test_a_published_flow_is_never_deleted(builder: Client, flow: Flow, ada: Teammate) -> None:
    designs.publish(flow_id=flow.pk, expected=1, by=ada)
    page = words(builder.post(reverse("admin:handoff_flow_delete", args=[flow.pk]), {"post": "yes"}, follow=True))
    assert "so it stays" in page
    assert Flow.objects.filter(pk=flow.pk).exists()


# ── What people write stays text.


def test_titles_and_texts_are_never_markup(builder: Client, flow: Flow, act: Act) -> None:
    evil = '"><script>alert(1)</script>'
    act("save", "?step=hello", title=evil, p__text=evil)
    Team.objects.create(name=evil)
    Field.objects.create(key="size", label=evil)
    BusinessHours.objects.create(name=evil)
    act("add", "?step=hello", exit="next", kind="hand_off")
    builder.post(there(flow, "pages"), {"name": evil})
    for query in (
        "",
        "?step=hello",
        "?step=hello&panel=delete",
        "?step=amount&panel=move",
        "?step=hand_off",
        f"?step={evil}",
        f"?entry={evil}",
    ):
        assert "<script>alert" not in words(builder.get(there(flow) + query))
    for name in ("changes", "history", "import", "pages"):
        assert "<script>alert" not in words(builder.get(there(flow, name)))
    assert "<script>alert" not in words(builder.get(reverse("admin:handoff_flow_changelist")))


# ── Runs.


def test_a_run_says_where_it_stands_and_what_it_did(
    ada: Teammate, flow: Flow, deniz: Visitor, say: Callable[..., Posted]
) -> None:
    client = signed_in(ada, "view_flowrun", "view_flow")
    say(deniz, "Hello")
    conversation = deniz.conversations.get()
    version = designs.publish(flow_id=flow.pk, expected=1, by=ada)
    run = checkpoints.begin_locked(conversation, version, "fallback", step="amount")
    FlowRun.objects.filter(pk=run.pk).update(waits_for="answer", variables={"amount": "<b>640</b>", "_own": 1})
    listed = words(client.get(reverse("admin:handoff_flowrun_changelist")))
    assert "waiting for the amount" in listed
    page = words(client.get(reverse("admin:handoff_flowrun_change", args=[run.pk])))
    assert "waiting for the amount" in page
    assert "&lt;b&gt;640" in page
    assert "When the customer writes" in page
    assert client.post(reverse("admin:handoff_flowrun_change", args=[run.pk]), {"step": "over"}).status_code == 403
