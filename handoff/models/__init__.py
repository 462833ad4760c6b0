"""Who leads, who the people are, and what the assistant is and tried."""

from handoff.models.assistants import Assistant, Attempt, KnowledgeArticle
from handoff.models.automation import Automation
from handoff.models.handoffs import Briefing, Handoff
from handoff.models.people import Team, Teammate
from handoff.models.routing import Assignment

__all__ = [
    "Assignment",
    "Assistant",
    "Attempt",
    "Automation",
    "Briefing",
    "Handoff",
    "KnowledgeArticle",
    "Team",
    "Teammate",
]
