#!/usr/bin/env python
"""The entry point of every management command."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # Commands may wait longer for a lock than a shopper should: see docs/operations.md.
    os.environ.setdefault("LOCK_WAIT_SECONDS", "20")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
