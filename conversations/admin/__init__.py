"""The admin of the record: chat pages and tags are edited, everything else is read."""

from conversations.admin import journal, pages, threads, visitors

__all__ = ["journal", "pages", "threads", "visitors"]
