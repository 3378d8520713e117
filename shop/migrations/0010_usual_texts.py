from typing import Any

from django.db import migrations
from django.utils import timezone

ABOUT = """
{shop} buys, checks and sells streetwear, new and pre-owned. We keep what we would wear ourselves.

## How a pre-owned piece gets on the rail

- **Checked.** Stitching, labels, hardware and smell.
- **Measured.** Flat, in centimetres, because a label says little after ten years of washing.
- **Photographed.** Every flaw gets its own line, and where it helps its own photo.

## Where we are

{company}

{postal_address}

{opening_hours}

Write to [{email}](mailto:{email}). A person answers.
"""

DELIVERY = """
{delivery}

Days are working days, counted from the day your order is confirmed. A piece stays on sale while it is in a basket; placing the
order holds it for you.

## Paying

The ways to pay are shown with each way of delivery at checkout. A bank transfer has {transfer_hours} hours to reach us, and an
order paid at collection is held for {collection_hours} hours. After that the pieces go back on sale.

## When a parcel is late

Write to [{email}](mailto:{email}) with the number of your order. We look for it, and if it is lost you have your money back.
"""

RETURNS = """
You have {return_days} days to change your mind, from the day the last piece of your order reaches you, pre-owned pieces included. You
need no reason.

## How to send something back

1. Tell us before the {return_days} days are over: write to [{email}](mailto:{email}) or use the form below.
2. Send the pieces within 14 days of telling us, to {company}, {postal_address}. You pay for sending them back.
3. We pay back the price and the cheapest delivery within 14 days of your message, the same way you paid. We may wait until the
   pieces are here, or until you show that you have sent them.

Try things on as you would in a shop. If a piece was worn more than that, we may pay back less.

## If a piece is not as we said

That is not a change of mind. Tell us, and we put it right: another one where there is one, or your money back, with what it
cost to send it. The law gives you these rights for two years, for pre-owned pieces too where it does not allow less.

## Model withdrawal form

Fill in and send this form only if you wish to withdraw from the contract.

> To {company}, {postal_address}, {email}:
>
> I/We (\\*) hereby give notice that I/We (\\*) withdraw from my/our (\\*) contract of sale of the following goods (\\*):
>
> Ordered on (\\*) / received on (\\*):
>
> Name of consumer(s):
>
> Address of consumer(s):
>
> Signature of consumer(s) (only if this form is notified on paper):
>
> Date:
>
> (\\*) Delete as appropriate.
"""

CONDITION = """
Five words, and what each of them means. Whatever is more than that word says stands as a line of its own on the page of the
piece, with the photo that shows it.

{grades}
"""

BUYING = """
Show us what you have. We price every piece, you choose which to sell.

{buying}

Ready? [Start here](/sell/). It takes a few photos, and no account.
"""

PRIVACY = """
{company}, {postal_address}, answers for what is kept here. Write to [{email}](mailto:{email}).

## What we keep, and why

- **When you order**: your name, address, email and what you bought, to send it and because the law makes us keep accounts.
- **When you open an account**: your email, a scrambled form of your password, and the addresses you save.
- **When you sell to us**: how to reach you, the photos of your pieces, and your bank details, which are encrypted and shown to nobody
  in whole without a note of who looked. Your photos are seen by us alone; those of a piece that we buy may be shown with it.
- **When you write to us**: your message.

## How we count visits

We count pages and searches without cookies. A visitor is a number made with a random key that is deleted after two days, so nobody can be
followed from one day to the next. Single records are deleted after 90 days. If your browser says that it does not want to be
counted (Global Privacy Control or Do Not Track), it is not.

## Who else sees it

Whoever brings your parcel, our bank, and the companies that run our machines and carry our mail, for that purpose alone. We sell
nothing to anybody, and our pages load nothing from elsewhere.

## What you can ask for

You may see what we keep about you, have it put right, taken along or deleted, and object to its use. Write to us. If our answer does
not satisfy you, the data protection authority of your country hears you; in Ireland that is the
[Data Protection Commission](https://www.dataprotection.ie/).
"""

TERMS = """
These terms are between you and {company}, {postal_address}, [{email}](mailto:{email}).

## How a contract is made

What we show is an invitation. Placing an order is your offer to buy; it holds the pieces for you. The contract is made when we
confirm the order by email. Most pieces are one of one: if we cannot deliver one, we tell you at once and you pay nothing for it.

## Prices and payment

Prices are in euro and include the taxes that apply. What delivery costs is shown before you order. Pieces stay ours until they
are paid.

## Pre-owned pieces

Each is sold as its page describes it: its grade, its measurements, its flaws. Wear that belongs to the grade is no defect.

## Offers

An offer that we accept holds the piece for you at that price until the moment we name. It becomes a contract when you order it.

## Changing your mind

You have {return_days} days. [Returns and withdrawal](/pages/returns/) says how, with the form.

## Disputes

Tell us first: most things are settled in one message. The law of Ireland applies, and the protection that your own country's law gives
you as a consumer stays yours.
"""

COOKIES = """
We set only the cookies that the shop cannot work without, so there is nothing to agree to and no banner. None of them follows you, and
none comes from anybody else.

{cookies}

You can delete them in your browser at any time. You will be signed out and your basket will be empty.
"""

# Title, slug, description, body, where the footer lists it.
USUAL = (
    ("What we buy", "what-we-buy", "Which clothes and shoes we buy, what we do not, and how to sell to us.", BUYING, "sell"),
    ("Delivery", "delivery", "What delivery and collection cost, how long they take, and how you can pay.", DELIVERY, "help"),
    ("Returns and withdrawal", "returns", "How to send something back, when you have your money, and the form.", RETURNS, "help"),
    ("Condition guide", "condition", "What our five grades mean, each with an example.", CONDITION, "help"),
    ("About us", "about", "Who we are, how we check and measure each piece, and where to find us.", ABOUT, "about"),
    ("Terms", "terms", "The terms between you and us: orders, prices, pre-owned pieces, offers.", TERMS, "legal"),
    ("Privacy", "privacy", "What we keep about you, why, who sees it, and what you can ask for.", PRIVACY, "legal"),
    ("Cookies", "cookies", "The few cookies we set, by name, with what each is for.", COOKIES, "legal"),
)


def add(apps: Any, schema_editor: Any) -> None:
    page = apps.get_model("shop", "ContentPage")
    page.objects.bulk_create(
        page(
            title=title,
            slug=slug,
            description=description,
            body=body.strip(),
            footer=footer,
            position=position,
            is_published=True,
            updated_at=timezone.now(),
        )
        for position, (title, slug, description, body, footer) in enumerate(USUAL, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0009_content_pages"),
    ]

    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
