"""Which status may follow which, one table a machine; the button and the service ask the same table."""
