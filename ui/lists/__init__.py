"""List pages: search, removable filters, sorting, paging and exports of exactly what is shown."""

from ui.lists.columns import Column, Tag
from ui.lists.filters import ChoicesFilter, DateFilter, FilterSet, ModelChoicesFilter, YesNoFilter
from ui.lists.page import ListPage, list_page, list_response

__all__ = [
    "ChoicesFilter",
    "Column",
    "DateFilter",
    "FilterSet",
    "ListPage",
    "ModelChoicesFilter",
    "Tag",
    "YesNoFilter",
    "list_page",
    "list_response",
]
