"""The framework document: its schema, its checks and its canonical YAML form. Pure: no Django."""

from .checking import Fault, check_references, conditions_of
from .conditions import Condition, Group, walk
from .document import Area, Framework, Parameter, Rule
from .reference import schema_markdown
from .yaml_form import DocumentError, dump_yaml, load_data, load_yaml, to_data

__all__ = [
    "Area",
    "Condition",
    "DocumentError",
    "Fault",
    "Framework",
    "Group",
    "Parameter",
    "Rule",
    "check_references",
    "conditions_of",
    "dump_yaml",
    "load_data",
    "load_yaml",
    "schema_markdown",
    "to_data",
    "walk",
]
