"""What the log must not tell: addresses that open something by themselves."""

import logging
import re
from typing import Any


class MaskingFormatter(logging.Formatter):
    """Writes stars for what `secret` matches after its group `before`: in messages, their arguments and tracebacks."""

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret = re.compile(secret)

    def format(self, record: logging.LogRecord) -> str:
        return self.secret.sub(r"\g<before>***", super().format(record))
