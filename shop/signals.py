"""What the shop tells whoever listens, after it has happened; nothing hangs on a listener."""

from django.dispatch import Signal

# Arguments: request, act, and what is known of product_id, order_id, quantity and term.
shopper_acted = Signal()
