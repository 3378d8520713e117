"""Pages of words: how we deliver, what returns cost, who we are. Written by services.texts."""

from django.db import models
from django.db.models import Q
from django.urls import reverse


class ContentPage(models.Model):
    """A page that staff write in Markdown; in it, `{return_days}` and the like stand for what the settings say."""

    class Footer(models.TextChoices):
        """Under which heading of the footer it is listed."""

        NONE = "", "Nowhere"
        BUY = "buy", "Buy"
        SELL = "sell", "Sell"
        HELP = "help", "Help"
        ABOUT = "about", "About us"
        LEGAL = "legal", "The line at the bottom"

    title = models.CharField(max_length=60)
    slug = models.SlugField(max_length=60, unique=True)
    description = models.CharField(max_length=155, help_text="One sentence for search engines.")
    body = models.TextField(max_length=50_000)
    footer = models.CharField("in the footer", max_length=10, choices=Footer, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_published = models.BooleanField(default=False)
    is_checked = models.BooleanField(
        "read and found right",
        default=False,
        help_text="The texts that come with the shop are a beginning: law and habits differ, so read each one.",
    )
    updated_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = "page of words"
        verbose_name_plural = "pages of words"
        ordering = ["position", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(footer__in=["", "buy", "sell", "help", "about", "legal"]), name="content_page_footer_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("shop:text", args=[self.slug])
