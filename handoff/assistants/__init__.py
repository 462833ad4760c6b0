"""The assistant's engines: kind → dotted path. Adding one means a module here and a line in this table."""

ENGINES = {
    "builtin": "handoff.assistants.builtin.BuiltinEngine",
}
