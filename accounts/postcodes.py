"""How an Eircode looks; a postcode of another country is taken as it is."""

import re

LONGEST = 12
# Routing key, then the unique identifier; D6W is the one key with a letter at its end.
EIRCODE = re.compile(r"([AC-FHKNPRTV-Y]\d\d|D6W)([0-9AC-FHKNPRTV-Y]{4})")


def tidy_postcode(postcode: str, country: str) -> str:
    """The postcode as it is written on a letter: "d02x285" in Ireland is "D02 X285"."""
    together = re.sub(r"[\s-]", "", postcode).upper()
    if country == "IE" and (eircode := EIRCODE.fullmatch(together)):
        return " ".join(eircode.groups())
    # Some letters become two in capitals, and the columns are as long as the fields.
    return " ".join(postcode.split()).upper()[:LONGEST]


def is_doubtful(postcode: str, country: str) -> bool:
    """Whether somebody in Ireland has probably mistyped their Eircode."""
    return country == "IE" and postcode != "" and not EIRCODE.fullmatch(postcode.replace(" ", ""))
