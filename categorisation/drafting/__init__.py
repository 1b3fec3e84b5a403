"""Changing a framework document: places in it, parts of it, and what differs between two of them. Pure: no Django."""
