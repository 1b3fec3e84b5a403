"""Pure decisions of this room: no database, no request, no clock."""
