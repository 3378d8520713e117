"""The pages of a submission under review: their addresses and what is typed there."""

from django.urls import reverse

from offers.models import SellSubmission

LOOK = (
    "offers.view_sellsubmission",
    "offers.view_sellphoto",
    "offers.view_internalnote",
    "offers.view_sellermessage",
    "offers.view_seller",
)


BUYER = (
    *LOOK,
    "offers.review_submission",
    "offers.make_offer",
    "offers.answer_counter",
    "offers.mark_spam",
    "offers.send_links",
    "offers.write_notes",
)


def at(submission, name="change"):
    return reverse("admin:offers_sellsubmission_change", args=[submission.pk]).replace("/change/", f"/{name}/")


def fresh(submission):
    return SellSubmission.objects.get(pk=submission.pk)


def typed(submission, *wishes, **more):
    """The form of the page, with a wish for each piece: an amount, or None for "don't want"."""
    answers = {"version": fresh(submission).draft_version, "days": 7, "is_severable": "on", **more}
    for item, wish in zip(submission.items.all(), wishes, strict=True):
        key = f"piece-{item.pk}"
        if wish is None:
            answers |= {f"{key}-decision": "declined", f"{key}-decline_reason": "enough"}
        else:
            answers |= {f"{key}-decision": "wanted", f"{key}-amount": wish}
    return answers


def press_send(client, submission, **changes):
    """The button of the last look, with what the page holds."""
    page = client.get(at(submission, "offer"))
    form = page.context["form"]
    hidden = {name: form[name].value() for name in form.fields if name != "is_checked"}
    held = {name: value for name, value in hidden.items() if value is not False}
    return client.post(at(submission, "offer"), held | changes)
