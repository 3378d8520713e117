"""What people wait for: pieces they keep, and searches that write to them. Written by services.wishes and telling."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.fields import MoneyField
from inventory.models import Product


class Wishlist(models.Model):
    """The kept pieces of a visitor (known by a cookie) or of a user; only a user gets letters about them."""

    visitor = models.CharField(max_length=32, blank=True, help_text="Random key kept in the visitor's cookie.")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    wants_letters = models.BooleanField(default=True)
    updated_at = models.DateTimeField(db_index=True)
    looked_at = models.DateTimeField(db_index=True, help_text="When its pieces were last compared with what was told.")
    last_letter_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-updated_at"]
        constraints = [
            models.UniqueConstraint(fields=["visitor"], condition=Q(user__isnull=True), name="wishlist_one_a_visitor"),
            models.CheckConstraint(condition=Q(user__isnull=False) | ~Q(visitor=""), name="wishlist_is_somebodys"),
        ]

    def __str__(self) -> str:
        return f"Wishlist {self.pk}"

    @property
    def cause(self) -> str:
        """How letters name it."""
        return f"wishlist {self.pk}"


class Wish(models.Model):
    """A product that somebody keeps, with what they last knew of it: price in EUR, and how many could be had."""

    wishlist = models.ForeignKey(Wishlist, on_delete=models.CASCADE, related_name="wishes")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField()
    kept_price = MoneyField(null=True, blank=True, help_text="EUR, when it was kept.")
    told_price = MoneyField(null=True, blank=True)
    told_copies = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "wishes"
        ordering = ["-added_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["wishlist", "product"], name="wish_once_a_product")]

    def __str__(self) -> str:
        return f"{self.product_id} on {self.wishlist_id}"


class SavedSearch(models.Model):
    """What somebody wants to hear of when it comes in: a list with its filters, or one product.

    A guest's waits for the button in the one letter that is sent to their address, and is deleted without it. With a
    `product` it has done its work after one letter.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    email = models.EmailField(blank=True, help_text="A guest's; a user's letters go to the address they have now.")
    label = models.CharField(max_length=200)
    criteria = models.JSONField(help_text="What is asked for, as queries.wishes reads it.")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    address = models.TextField(help_text="The page that shows it.")
    key = models.CharField(max_length=64, help_text="The same for the same search.")
    made_at = models.DateTimeField(db_index=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(help_text="What had come in before was looked through.")
    last_letter_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "saved searches"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], condition=Q(user__isnull=False), name="saved_search_once_a_user"
            ),
            models.UniqueConstraint(
                fields=["email", "key"], condition=Q(user__isnull=True), name="saved_search_once_an_email"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, confirmed_at__isnull=False, email="")
                | (Q(user__isnull=True) & ~Q(email="")),
                name="saved_search_is_somebodys",
            ),
        ]
        indexes = [
            models.Index(
                fields=["looked_at"], condition=Q(confirmed_at__isnull=False), name="saved_search_longest_ago"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def cause(self) -> str:
        """How letters name it."""
        return f"saved search {self.pk}"


class SearchHit(models.Model):
    """A product that a saved search has found: nobody is told of it twice."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="hits")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["search", "product"], name="search_hit_once_a_product")]

    def __str__(self) -> str:
        return f"{self.product_id} for {self.search_id}"
