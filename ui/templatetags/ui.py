"""Template tags every page has: components, dates, quantities."""

from django import template

register = template.Library()
