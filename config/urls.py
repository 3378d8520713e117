"""Where every page lives."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from core.views import health, letter, letter_frame, letters, picture, styleguide, theme
from shop.urls import machines

# Before `admin.site.urls` is read, else it has no effect: the admin signs in by the same rate-limited page.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler404 = "shop.views.catalogue.not_found"
handler500 = "core.views.server_error"
urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz/", health, name="health"),
    path("theme/", theme, name="theme"),
    path("styleguide/", styleguide, name="styleguide"),
    path("staff/letters/", letters, name="letters"),
    path("staff/letters/<path:name>/frame/", letter_frame, name="letter_frame"),
    path("staff/letters/<path:name>/", letter, name="letter"),
    path("", include((machines, "machines"))),
    *i18n_patterns(
        path("accounts/", include("allauth.urls")),
        path("account/", include("accounts.urls")),
        path("", include("offers.urls")),
        path("", include("shop.urls")),
        prefix_default_language=False,
    ),
]
if settings.SERVE_MEDIA:
    urlpatterns.append(re_path(r"^media/products/(?P<path>.*)$", picture, name="media"))
