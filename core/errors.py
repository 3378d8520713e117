"""Foreseen refusals."""


class DomainError(Exception):
    """A refusal named as a fact; `message` is for people, `status` is what a web answer carries."""

    message = "That cannot be done."
    status = 409

    def __init__(self, message: str = "") -> None:
        if message:
            self.message = message
        super().__init__(self.message)


class LetterStillWaiting(DomainError):
    """The letter has not been tried to the end yet."""

    message = "This letter is still waiting to be sent."


class AmountUnclear(DomainError):
    """The text is no amount, or could mean two."""

    message = "Enter an amount like 45 or 1234.50."
    status = 422


class SecretLost(DomainError):
    """No key of ours opens what was encrypted."""

    message = "This cannot be read any more: the key it was encrypted with is not among ours."
