"""What buying in tells whoever listens, after it has happened; nothing hangs on a listener."""

from django.dispatch import Signal

# Arguments: request and act.
seller_acted = Signal()
