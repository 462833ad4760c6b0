"""The addresses of the customer's chat page, below chat/ and ws/chat/."""

from django.urls import path

from conversations import views
from conversations.consumers import VisitorSocket

app_name = "conversations"
urlpatterns = [
    path("<slug:slug>/", views.page, name="page"),
    path("<slug:slug>/messages", views.post_message, name="messages"),
    path("<slug:slug>/entries", views.entries, name="entries"),
    path("<slug:slug>/open", views.open_chat, name="open"),
    path("<slug:slug>/person", views.person, name="person"),
    path("<slug:slug>/pages", views.pages, name="pages"),
    path("<slug:slug>/typing", views.typing, name="typing"),
]
websocket_urlpatterns = [path("<slug:slug>/", VisitorSocket.as_asgi())]
