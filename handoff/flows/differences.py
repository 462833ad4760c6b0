"""What changed between two scripts, in the words of those who answer customers."""

from __future__ import annotations

from handoff.flows.script import Script


def differences(old: Script | None, new: Script) -> tuple[str, ...]:
    """One sentence for each change; none where the two do the same."""
    raise NotImplementedError
