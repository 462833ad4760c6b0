"""All of the knowledge that the demo's assistant answers from."""

from __future__ import annotations

from vivollo.demo.articles_english import ENGLISH
from vivollo.demo.articles_turkish import TURKISH
from vivollo.demo.shapes import Article

ARTICLES: tuple[Article, ...] = (*ENGLISH, *TURKISH)
