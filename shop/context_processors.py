"""What every page of the shop shows in its frame."""

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """The basket's count and the top categories."""
    return {"basket_count": 0, "nav_categories": []}
