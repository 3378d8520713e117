"""No business words: refusals, money, audit, outbox, settings of the site, shared template tags."""
