"""Tasks of the tests; the worker finds them by this module's path."""

from django_tasks import task

DONE: list[str] = []


@task()
def note(word: str) -> None:
    """Leave a trace."""
    DONE.append(word)


@task()
def stumble() -> None:
    """Fail after leaving a trace."""
    DONE.append("stumbled")
    raise RuntimeError("fell")
