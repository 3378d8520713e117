"""Settings and urls: knows every app, known by none."""
