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
