"""What pages show of a school, in words. Each says what it reads; none reads more for ten rows than for one.

`visible` lists narrow to the reader here, so that the roof can put panels together without asking again.
"""

from schools.presenters.calendar import CalendarFacts, calendar_facts
from schools.presenters.circumstances import CircumstanceLine, CircumstancePanel, circumstance_panel
from schools.presenters.header import HeaderFacts, header_facts, kind_in_words
from schools.presenters.inspections import InspectionLine, InspectionPanel, inspection_panel
from schools.presenters.people import PeoplePanel, PersonLine, people_panel

__all__ = [
    "CalendarFacts",
    "CircumstanceLine",
    "CircumstancePanel",
    "HeaderFacts",
    "InspectionLine",
    "InspectionPanel",
    "PeoplePanel",
    "PersonLine",
    "calendar_facts",
    "circumstance_panel",
    "header_facts",
    "inspection_panel",
    "kind_in_words",
    "people_panel",
]
