"""Who of the staff may do what: four groups, one permission a verb. The shopkeeper puts people into them."""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

LOOKING = (
    "view_sellsubmission",
    "view_sellitem",
    "view_sellphoto",
    "view_selloffer",
    "view_sellofferline",
    "view_seller",
    "view_inspection",
    "view_internalnote",
    "view_sellermessage",
    "view_buyingrule",
    "write_notes",
)
AT_THE_COUNTER = ("add_sellsubmission", "send_links")
GROUPS = {
    "Buyer": (
        *LOOKING,
        *AT_THE_COUNTER,
        "review_submission",
        "mark_spam",
        "make_offer",
        "answer_counter",
        "view_productoffer",
        "view_offerrule",
        "answer_productoffer",
    ),
    "Receiver": (*LOOKING, *AT_THE_COUNTER, "receive_pieces", "inspect_pieces", "return_pieces", "stock_pieces"),
    "Cashier": (
        *LOOKING,
        "view_payout",
        "view_payoutaccount",
        "view_buyindocument",
        "reveal_iban",
        "approve_payout",
        "send_payout",
        "settle_payout",
        "fail_payout",
    ),
}
OWNER = "Owner"
# What nobody gets by a group: these rows come and go by services alone.
BY_SERVICES_ALONE = ("add_", "change_", "delete_")
OWNERS_ROWS = ("buyingsettings", "buyingrule", "offerrule", "offerban")


def keep_groups(*, using: str = "default") -> None:
    """Make the four groups and give them what they lack; what a shopkeeper has added to a group stays."""
    # This app is migrated before the one that writes permissions down.
    create_permissions(apps.get_app_config("offers"), verbosity=0, using=using)
    known = Permission.objects.using(using).filter(content_type__app_label="offers")
    found = {permission.codename: permission for permission in known}
    wanted = {**GROUPS, OWNER: tuple(name for name in found if _is_for_owner(name))}
    for name, codenames in wanted.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*(found[codename] for codename in codenames))


def _is_for_owner(codename: str) -> bool:
    """Everything but the default permissions to write rows that only services write."""
    if codename == "add_sellsubmission" or not codename.startswith(BY_SERVICES_ALONE):
        return True
    return codename.endswith(OWNERS_ROWS)
