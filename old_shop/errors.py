"""Why a file or a row of the old shop is not taken."""

from core.errors import DomainError


class FileRefused(DomainError):
    """The file is no database that can be read."""

    message = "This is no SQLite database of the old shop."


class RowRefused(DomainError):
    """This row stays behind; the message is its reason in the report."""

    message = "it cannot be read"
