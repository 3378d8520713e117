"""What accounts ask of the apps above, which know what else belongs to a user. An error of a receiver stops the act."""

from django.dispatch import Signal

# Arguments: user, now. Each receiver answers with a dictionary of what it holds about them, ready for JSON.
personal_data_wanted = Signal()
# Arguments: user, now. Each receiver answers with reasons in words why the account cannot be closed yet, if there are.
account_closing = Signal()
# Arguments: user, now. Each receiver erases what it holds, or cuts it off from them, in the same transaction.
account_closed = Signal()
