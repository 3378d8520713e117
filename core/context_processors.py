"""What every page knows of the site."""

from django.http import HttpRequest

from core.models import SiteSettings


def site(request: HttpRequest) -> dict[str, object]:
    """The site's own row as `site`."""
    return {"site": SiteSettings.current()}
