"""Who leads, who the people are, what the assistant is and tried, and what flows do around it."""

from handoff.models.assistants import Assistant, Attempt, KnowledgeArticle
from handoff.models.automation import Automation
from handoff.models.flows import Flow, FlowRun, FlowVersion, Timer
from handoff.models.handoffs import Briefing, Handoff
from handoff.models.hours import BusinessHours, Holiday, OpeningTime
from handoff.models.people import Team, Teammate
from handoff.models.routing import Assignment
from handoff.models.secrets import Secret

__all__ = [
    "Assignment",
    "Assistant",
    "Attempt",
    "Automation",
    "Briefing",
    "BusinessHours",
    "Flow",
    "FlowRun",
    "FlowVersion",
    "Handoff",
    "Holiday",
    "KnowledgeArticle",
    "OpeningTime",
    "Secret",
    "Team",
    "Teammate",
    "Timer",
]
