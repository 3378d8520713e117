"""The shop's settings, plus the few lines that make tests fast and alone."""

import os
import tempfile
from pathlib import Path

# The suite's secret is public, so it must never be a shop's.
os.environ.setdefault("SECRET_KEY", "only-for-tests")
if os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
else:
    os.environ["DATABASE_URL"] = "sqlite:////tmp/unity-unused.sqlite3"

from config.settings import *  # noqa: F403
from config.settings import DATABASES, IS_EMBEDDED, STORAGES

# A process that a test starts keeps its files where the test does.
SCRATCH = Path(os.environ.get("TEST_SCRATCH") or f"{tempfile.gettempdir()}/unity-test-{os.getpid()}")
if IS_EMBEDDED:
    # A file, not memory: threads and other processes must be able to open it.
    DATABASES["default"]["TEST"] = {"NAME": f"{SCRATCH}.sqlite3"}
    DATABASES["default"]["OPTIONS"]["timeout"] = 20
MEDIA_ROOT = SCRATCH / "media"
STORAGES["private"]["OPTIONS"]["location"] = PRIVATE_ROOT = SCRATCH / "private"  # type: ignore[index]
STATIC_ROOT = SCRATCH / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a folder that is not there
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
# Off but for the tests of counting; there at once, so that no thread writes into the next test.
ANALYTICS_MODE = os.environ.get("ANALYTICS_MODE", "off")
ANALYTICS_FLUSH_SECONDS = float(os.environ.get("ANALYTICS_FLUSH_SECONDS", 0))
