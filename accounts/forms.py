"""What people type about themselves: the sign-in library's forms in our words, and an address."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.core.validators import MaxLengthValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.countries import COUNTRIES
from accounts.models import Address, User
from accounts.postcodes import is_doubtful, tidy_postcode
from core.languages import Words

LABELS: dict[str, Words] = {
    "login": _("Email"),
    "email": _("Email"),
    "password": _("Password"),
    "oldpassword": _("Current password"),
    "password1": _("Password"),
    "password2": _("The same password again"),
    "code": _("Code"),
}
HINTS: dict[str, Words] = {
    "password": "",
    "oldpassword": "",
    "password1": _("At least 8 characters, and not one that everybody uses."),
}
MISSING = {
    "login": _("Enter your email"),
    "email": _("Enter your email"),
    "password": _("Enter your password"),
    "oldpassword": _("Enter your current password"),
    "password1": _("Enter your password"),
    "password2": _("Enter the password a second time"),
    "code": _("Enter your code"),
}
EMAIL_INVALID = _("Enter an email address with an @, like name@example.com")
# Letters that only look like others (ſ, K) would let a stranger's address pass for somebody's.
PLAIN_NAME = RegexValidator(
    r"\A[\x00-\x7f]+@", _("Enter an email address in plain letters before the @, like name@example.com"), "not_plain"
)


class InOurWords(forms.Form):
    """Our labels, hints and errors for the fields of the sign-in library; no words inside the inputs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS[name]
            field.help_text = HINTS.get(name, "")
            field.error_messages["required"] = MISSING[name]
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = EMAIL_INVALID
                # The form's own limit is longer than the column.
                field.validators += [MaxLengthValidator(User._meta.get_field("email").max_length), PLAIN_NAME]


class LoginForm(InOurWords, account_forms.LoginForm):
    """Email and password."""


class SignupForm(InOurWords, account_forms.SignupForm):
    """A new account."""


class ReauthenticateForm(InOurWords, account_forms.ReauthenticateForm):
    """The password once more, before something delicate."""


class RequestLoginCodeForm(InOurWords, account_forms.RequestLoginCodeForm):
    """Where to send a code instead of asking for the password."""


class ConfirmLoginCodeForm(InOurWords, account_forms.ConfirmLoginCodeForm):
    """The code that signs in."""


class ConfirmEmailVerificationCodeForm(InOurWords, account_forms.ConfirmEmailVerificationCodeForm):
    """The code that proves an address."""


class ChangeEmailForm(InOurWords, account_forms.ChangeEmailForm):
    """Another address, while the first is still unproved."""


class AddEmailForm(InOurWords, account_forms.AddEmailForm):
    """A new address for an account."""


class ChangePasswordForm(InOurWords, account_forms.ChangePasswordForm):
    """Old password and new."""


class SetPasswordForm(InOurWords, account_forms.SetPasswordForm):
    """The first password of an account that had none."""


class ResetPasswordForm(InOurWords, account_forms.ResetPasswordForm):
    """Where to send the link."""


class ResetPasswordKeyForm(InOurWords, account_forms.ResetPasswordKeyForm):
    """The new password, from the link."""


class AuthenticateForm(InOurWords, mfa_forms.AuthenticateForm):
    """The second factor at sign-in."""


class MFAReauthenticateForm(InOurWords, mfa_forms.ReauthenticateForm):
    """The second factor once more."""


class ActivateTOTPForm(InOurWords, totp_forms.ActivateTOTPForm):
    """The first code of a new authenticator app."""


class AddressForm(forms.ModelForm[Address]):
    """Where pieces go. A doubtful Eircode is asked about once and kept when it is sent again."""

    country = forms.ChoiceField(
        label=_("Country"),
        choices=list(COUNTRIES.items()),
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    kept_postcode = forms.CharField(required=False, widget=forms.HiddenInput)
    doubtful_postcode = ""  # what the page sends back as kept_postcode

    class Meta:
        model = Address
        fields = ["name", "street", "town", "postcode", "country", "phone"]
        labels = {
            "name": _("Full name"),
            "street": _("Street and number"),
            "town": _("Town"),
            "postcode": _("Eircode or postcode"),
            "phone": _("Phone"),
        }
        help_texts = {"phone": _("Only for the carrier.")}
        error_messages = {
            "name": {"required": _("Enter the full name")},
            "street": {"required": _("Enter the street and number")},
            "town": {"required": _("Enter the town")},
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "street": forms.TextInput(attrs={"autocomplete": "street-address"}),
            "town": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "postcode": forms.TextInput(attrs={"autocomplete": "postal-code"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "postcode" not in cleaned or "country" not in cleaned:
            return cleaned
        postcode = tidy_postcode(cleaned["postcode"], cleaned["country"])
        cleaned["postcode"] = postcode
        if is_doubtful(postcode, cleaned["country"]) and cleaned.get("kept_postcode") != postcode:
            self.add_error(
                "postcode", _("An Eircode looks like D02 X285. Correct it, or save again to keep it as it is.")
            )
            self.doubtful_postcode = postcode
        return cleaned
