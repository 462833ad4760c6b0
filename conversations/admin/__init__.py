"""The admin of the record: chat pages, tags and fields are edited, everything else is read."""

from conversations.admin import fields, journal, pages, threads, visitors

__all__ = ["fields", "journal", "pages", "threads", "visitors"]
