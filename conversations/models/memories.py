"""What is remembered about a visitor."""

from __future__ import annotations

from django.db import models


class Memory(models.Model):
    """One remembered fact, with the message that it was learned from."""

    visitor = models.ForeignKey("conversations.Visitor", on_delete=models.CASCADE, related_name="memories")
    key = models.CharField(max_length=60)
    value = models.CharField(max_length=500)
    learned_from = models.ForeignKey(
        "conversations.Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="memories"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["created_at"]
        verbose_name_plural = "memories"
        constraints = [
            models.UniqueConstraint(fields=["visitor", "key"], name="memory_one_value_per_key_and_visitor"),
            models.CheckConstraint(condition=~models.Q(key="") & ~models.Q(value=""), name="memory_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"
