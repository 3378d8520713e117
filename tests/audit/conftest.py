"""The browser of the audit, and where its pictures of the pages go."""

from tests.browser.conftest import _built_static, browser_type_launch_args

__all__ = ["_built_static", "browser_type_launch_args"]
