"""The one settings file: the environment is read here and nowhere else (variables: `.env.example`)."""

import secrets
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.contrib.messages import constants as messages
from psycopg import IsolationLevel

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
env.read_env(BASE_DIR / ".env")


def _generated_secret() -> str:
    """The embedded shop's own secret: made once, kept outside git, readable by its owner only."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(exist_ok=True)
        new = VAR_DIR / f"secret_key.{secrets.token_hex(4)}"
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(50))
        # There whole or not at all, and the first of several processes that start together wins.
        with suppress(FileExistsError):
            path.hardlink_to(new)
        new.unlink()
    return path.read_text().strip()


# --- Database -------------------------------------------------------------------------------------------------------
LOCK_WAIT_SECONDS = env.int("LOCK_WAIT_SECONDS", default=3)
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'unity.sqlite3'}")}
_database = DATABASES["default"]
_database["ATOMIC_REQUESTS"] = False
_options = _database.setdefault("OPTIONS", {})
IS_EMBEDDED = _database["ENGINE"] == "django.db.backends.sqlite3"
if IS_EMBEDDED:
    Path(_database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    _database["CONN_MAX_AGE"] = 60
    _options |= {
        # A writing transaction takes the one write lock when it begins: reading first and writing later cannot fail.
        "transaction_mode": "IMMEDIATE",
        "timeout": LOCK_WAIT_SECONDS,
        # FULL: an order whose letter has gone must not vanish at a power cut.
        # With recursive triggers REPLACE is a delete as well, which append-only tables refuse.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA recursive_triggers=ON; PRAGMA cache_size=-20000;"
        ),
    }
else:
    _database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    _database["CONN_HEALTH_CHECKS"] = True
    _options["isolation_level"] = IsolationLevel.READ_COMMITTED
    _options["options"] = f"{_options.get('options', '')} -c lock_timeout={LOCK_WAIT_SECONDS * 1000}".strip()

# --- Secrets and hosts ----------------------------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not IS_EMBEDDED:
        sys.exit(
            "SECRET_KEY is missing: set it to one long random text, the same on every machine (docs/operations.md)."
        )
    SECRET_KEY = _generated_secret()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# Encrypts bank details; several, the newest first, while old ones are still in use. Made from SECRET_KEY when absent.
FIELD_KEYS = env.list("FIELD_KEYS", default=[])

PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
_site = urlsplit(SITE_URL)
IS_HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[_site.hostname, *([] if IS_HTTPS else ["127.0.0.1", "localhost", "[::1]"])]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[f"{_site.scheme}://{_site.netloc}"])
DEBUG = env.bool("DEBUG", default=False)

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if IS_HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

# Django 6 has this setting; core.middleware serves it until then.
SECURE_CSP = {
    "default-src": "'self'",
    "img-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}
# The admin theme runs Alpine, which evaluates expressions and sets styles.
SECURE_CSP_ADMIN = SECURE_CSP | {
    "script-src": "'self' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' blob: data:",
}

# --- Apps -----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "core",
    "accounts",
    "inventory",
    "shop",
    "offers",
    "analytics",
    "old_shop",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.CompressedPagesMiddleware",
    "core.middleware.ContentSecurityPolicyMiddleware",
    "core.middleware.LanguageMiddleware",
    "core.middleware.WellFormedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.FreshPagesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "shop.middleware.VisitorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.StaffMFAMiddleware",
    "accounts.middleware.OwnSiteMiddleware",
    "accounts.middleware.PrivatePagesMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.FormAddressMiddleware",
    "core.middleware.BusyMiddleware",
    "analytics.middleware.PageViewMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.site",
                "shop.context_processors.frame",
            ],
            "builtins": [
                "core.templatetags.dates",
                "django.contrib.humanize.templatetags.humanize",
                "django.templatetags.i18n",
            ],
        },
    }
]

# As components/alert.html calls them.
MESSAGE_TAGS = {messages.INFO: "", messages.SUCCESS: "ok", messages.WARNING: "warn", messages.ERROR: "bad"}

# --- People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "shop:account"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "shop:home"  # by its name, so that it is in the language of the page
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "request_login_code": "accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "accounts.forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "accounts.forms.ConfirmEmailVerificationCodeForm",
    "change_email": "accounts.forms.ChangeEmailForm",
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
}
# Limits per visitor need the visitor's address, not the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY_SSL_HEADER else 0
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.MFAReauthenticateForm",
    "activate_totp": "accounts.forms.ActivateTOTPForm",
}
REQUIRE_STAFF_MFA = env.bool("REQUIRE_STAFF_MFA", default=False)

# --- Admin ----------------------------------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "config.backoffice.site_title",
    "SITE_HEADER": "config.backoffice.site_title",
    "SITE_SYMBOL": "apparel",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "config.backoffice.icon"}],
    "DASHBOARD_CALLBACK": "config.backoffice.home",
    "SIDEBAR": {"navigation": "config.backoffice.sidebar"},
    # The shop's chalk blue.
    "COLORS": {
        "primary": {
            "50": "#EEF1FD",
            "100": "#DDE3FA",
            "200": "#BBC7F5",
            "300": "#93A5EE",
            "400": "#8FA3F2",
            "500": "#7A8FEE",
            "600": "#1F3FCB",
            "700": "#1A35AA",
            "800": "#152B8A",
            "900": "#11236F",
            "950": "#0B1747",
        },
    },
}

# --- Language, time, money ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-ie"
# English first: its pages have the short addresses.
LANGUAGES = [(LANGUAGE_CODE, "English"), ("pl", "Polski")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = env.str("SHOP_TIME_ZONE", default="Europe/Dublin")
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media")))
# Off where a web server in front serves MEDIA_ROOT itself.
SERVE_MEDIA = env.bool("SERVE_MEDIA", default=True)
# Photos of sellers lie apart: whoever serves MEDIA_ROOT must not serve them.
PRIVATE_ROOT = Path(env.str("PRIVATE_ROOT", default=str(VAR_DIR / "private")))
STORAGES = {
    # Names are random, but for renditions: what is made again takes the place of what a killed worker left.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"allow_overwrite": True}},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "core.uploads.BoundedFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Cache, sessions, background work -------------------------------------------------------------------------------
CACHES = {
    # Shared by every process: rate limits and facet counts. `createcachetable` makes its table.
    "default": env.cache("CACHE_URL", default="dbcache://core_cache"),
    # Settings rows for a few seconds, per process.
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "process"},
    # Limits on what is asked at every key that is pressed: not worth a write to the database.
    "moments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "moments",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
}
if "redis" not in CACHES["default"]["BACKEND"]:
    # Django keeps 300 entries: a flood of addresses would wash away the rate limits of all others.
    CACHES["default"].setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 100_000)
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# --- Counting -------------------------------------------------------------------------------------------------------
# "daily-hash" counts visitors by a hash with a daily key, "none" without them, "consent" who agreed; "off" nothing.
ANALYTICS_MODE = env.str("ANALYTICS_MODE", default="daily-hash")
# Sec-GPC and DNT: whoever sends them is not counted at all.
ANALYTICS_HONOUR_REFUSAL = env.bool("ANALYTICS_HONOUR_REFUSAL", default=True)
ANALYTICS_FLUSH_SECONDS = env.float("ANALYTICS_FLUSH_SECONDS", default=1.0)

# --- Mail and log ---------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="shop@example.com")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "core.logs.MaskingFormatter",
            "fmt": "{asctime} {levelname} {name} {message}",
            "style": "{",
            # The links of orders, submissions and new passwords: whoever reads them in a log could use them.
            "secret": r"(?P<before>/orders/[^/\s]+/|/reset/key/|/sell/(link|resume)/|/letters/[a-z]+/|/line/)[^/\s]+",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Two lines for every small picture would hide what matters; failures still show.
    "loggers": {"django_tasks": {"level": "WARNING"}, "django_tasks_db": {"level": "WARNING"}},
}
