"""What happened, and the daily figures made of it. Narrow on purpose: no address, user agent, email or money."""

from django.db import models


class EventType(models.TextChoices):
    """What is counted; names as the trade uses them."""

    PAGE_VIEW = "page_view", "Pages seen"
    PRODUCT_VIEW = "product_view", "Pieces looked at"
    SEARCH = "search", "Searches"
    FILTER_USED = "filter_used", "Filters used"
    ADD_TO_CART = "add_to_cart", "Put in the basket"
    REMOVE_FROM_CART = "remove_from_cart", "Taken out of the basket"
    CHECKOUT_START = "checkout_start", "Checkouts begun"
    PURCHASE = "purchase", "Orders"
    REFUND = "refund", "Refunds"
    SELL_START = "sell_start", "Submissions begun"
    SELL_SUBMISSION = "sell_submission", "Submissions sent"
    OFFER_VIEW = "offer_view", "Offers seen"
    OFFER_RESPONSE = "offer_response", "Offers answered"


class Event(models.Model):
    """One thing somebody did. `visitor` is a keyed hash that cannot be made again after two days.

    `quantity` is the number of copies, or of results of a search. Ids are no foreign keys: an event locks and cascades
    nothing.
    """

    created_at = models.DateTimeField()
    visitor = models.BigIntegerField(null=True)
    user_id = models.IntegerField(null=True)
    product_id = models.IntegerField(null=True)
    order_id = models.IntegerField(null=True)
    quantity = models.IntegerField(null=True)
    event_type = models.CharField(max_length=32, choices=EventType)
    term = models.CharField(max_length=120, default="")
    path = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "analytics_events"
        # One index serves both the newest of a type and a day's rollup: docs/analytics.md has the figures.
        indexes = [models.Index(fields=["event_type", "created_at"], name="analytics_event_type_time")]

    def __str__(self) -> str:
        return f"{self.event_type} at {self.created_at:%Y-%m-%d %H:%M:%S}"


class EventBatch(models.Model):
    """Written with each batch of events: its day's figures are out of date until the rollup deletes this row."""

    day = models.DateField()
    events = models.PositiveIntegerField()

    class Meta:
        db_table = "analytics_batches"
        verbose_name_plural = "event batches"
        indexes = [models.Index(fields=["day"], name="analytics_batch_day")]

    def __str__(self) -> str:
        return f"{self.events} of {self.day}"


class VisitorSalt(models.Model):
    """The random key of a day's visitor hashes; deleted after two days, and with it any way to make them again."""

    day = models.DateField(primary_key=True)
    salt = models.BinaryField(max_length=32)

    class Meta:
        db_table = "analytics_salts"

    def __str__(self) -> str:
        return str(self.day)


class RollupState(models.Model):
    """How a day's figures were made last. `version` tells two rollups at once apart."""

    day = models.DateField(primary_key=True)
    zone = models.CharField(max_length=60)
    events = models.PositiveBigIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    rolled_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True, help_text="Since then the events are gone and the figures stay.")

    class Meta:
        db_table = "analytics_rollup"
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.day)


class BotHits(models.Model):
    """Requests that were not counted, by day and reason."""

    day = models.DateField()
    reason = models.CharField(max_length=20)
    hits = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "analytics_bots"
        verbose_name_plural = "requests not counted"
        ordering = ["-day", "reason"]
        constraints = [models.UniqueConstraint(fields=["day", "reason"], name="analytics_bots_once")]

    def __str__(self) -> str:
        return f"{self.hits} × {self.reason} on {self.day}"


class DailyFigure(models.Model):
    """A day × type. `purchase` and `refund` come from orders, in whole cents; all else from events."""

    day = models.DateField()
    event_type = models.CharField(max_length=32, choices=EventType)
    events = models.PositiveBigIntegerField(default=0)
    visitors = models.PositiveBigIntegerField(default=0)
    quantity = models.BigIntegerField(default=0)
    value_cents = models.BigIntegerField(default=0)

    class Meta:
        db_table = "analytics_daily"
        ordering = ["-day", "event_type"]
        permissions = [("view_dashboard", "Can see the figures")]
        constraints = [models.UniqueConstraint(fields=["day", "event_type"], name="analytics_daily_once")]

    def __str__(self) -> str:
        return f"{self.event_type} on {self.day}"


class DailyProduct(models.Model):
    """A day × product: views, viewers and baskets from events; units and value (cents) from orders."""

    day = models.DateField()
    product_id = models.IntegerField()
    views = models.PositiveIntegerField(default=0)
    viewers = models.PositiveIntegerField(default=0)
    carts = models.PositiveIntegerField(default=0)
    units = models.IntegerField(default=0)
    value_cents = models.BigIntegerField(default=0)

    class Meta:
        db_table = "analytics_daily_product"
        ordering = ["-day", "product_id"]
        constraints = [models.UniqueConstraint(fields=["day", "product_id"], name="analytics_daily_product_once")]

    def __str__(self) -> str:
        return f"Product {self.product_id} on {self.day}"


class DailySearch(models.Model):
    """A day × search term."""

    day = models.DateField()
    term = models.CharField(max_length=120)
    searches = models.PositiveIntegerField(default=0)
    searchers = models.PositiveIntegerField(default=0)
    zero_results = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "analytics_daily_search"
        verbose_name_plural = "daily searches"
        ordering = ["-day", "-searches"]
        constraints = [models.UniqueConstraint(fields=["day", "term"], name="analytics_daily_search_once")]

    def __str__(self) -> str:
        return f"{self.term} on {self.day}"


class DailyFunnel(models.Model):
    """How far a day's visitors came, each counted once a step; and how many of the day's baskets became orders."""

    day = models.DateField(primary_key=True)
    visitors = models.PositiveIntegerField(default=0)
    sessions = models.PositiveIntegerField(default=0)
    viewed = models.PositiveIntegerField(default=0)
    carted = models.PositiveIntegerField(default=0)
    checkout = models.PositiveIntegerField(default=0)
    ordered = models.PositiveIntegerField(default=0)
    sell_started = models.PositiveIntegerField(default=0)
    sell_submitted = models.PositiveIntegerField(default=0)
    offer_viewed = models.PositiveIntegerField(default=0)
    offer_answered = models.PositiveIntegerField(default=0)
    baskets = models.PositiveIntegerField(default=0, help_text="Begun on this day.")
    baskets_ordered = models.PositiveIntegerField(default=0, help_text="Of these, became an order, then or later.")

    class Meta:
        db_table = "analytics_daily_funnel"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"Funnel of {self.day}"
