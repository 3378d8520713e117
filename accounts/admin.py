"""Users with their addresses, groups, and what the sign-in library knows of them."""

from typing import Any

from allauth.account.admin import EmailAddressAdmin as LibraryEmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.admin import AuthenticatorAdmin as LibraryAuthenticatorAdmin
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget

from accounts import services
from accounts.countries import COUNTRIES
from accounts.models import Address, User
from core.backoffice import Panel, ReadOnly

# These come with pages of their own; they are made anew below, in this admin's dress.
admin.site.unregister((Group, EmailAddress, Authenticator))

# What lets somebody do more than before: for a superuser to give.
POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class NewUserForm(UserCreationForm):
    """Somebody new, with or without a password."""

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class UserForm(UserChangeForm):
    """Somebody known; the password is changed on a page of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" in self.fields:  # not for those who may only look
            self.fields["password"].help_text = format_html(
                '<a class="text-link" href="{}">Set another password</a>', "../password/"
            )


class AddressForm(forms.ModelForm):
    """Where a user has pieces sent."""

    country = forms.ChoiceField(choices=list(COUNTRIES.items()), widget=UnfoldAdminSelectWidget, initial="IE")

    class Meta:
        model = Address
        fields = ("user", "name", "street", "town", "postcode", "country", "phone")


class AddressPanel(Panel):
    model = Address
    fields = ("name", "street", "town", "postcode", "country", "phone", "is_default")


class EmailAddressPanel(Panel):
    model = EmailAddress
    ordering = ("pk",)
    fields = ("email", "verified", "primary")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "name", "is_staff", "is_active", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("email", "name")
    ordering = ("email",)
    readonly_fields = ("last_login", "date_joined")
    compressed_fields = False
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("What they may do", {"fields": ("is_active", *POWERS)}),
        ("Moments", {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> tuple[type, ...]:
        return (AddressPanel, EmailAddressPanel) if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        # The sign-in library keeps its own note of the address: people change theirs on their account's page.
        fixed = (*self.readonly_fields, "email") if obj else self.readonly_fields
        return fixed if request.user.is_superuser else (*fixed, *POWERS)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            services.confirm_email(user=obj)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list[str], dict[str, int], set[str], list]:
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        # What goes with a user (basket, addresses) is theirs: whoever may delete the user needs no leave for each.
        return deleted, counts, lacking & {self.opts.verbose_name}, protected


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    """Only a superuser changes people who may enter the admin: else one could take over an account that may do more."""
    return user is None or not user.is_staff or request.user.is_superuser


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Who may change groups could give themselves any permission, so only superusers may."""

    compressed_fields = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_superuser


@admin.register(Address)
class AddressAdmin(ModelAdmin):
    list_display = ("name", "street", "town", "postcode", "country", "user", "is_default")
    list_select_related = ("user",)
    list_filter = ("country",)
    search_fields = ("name", "street", "town", "postcode", "user__email")
    autocomplete_fields = ("user",)
    form = AddressForm

    def get_readonly_fields(self, request: HttpRequest, obj: Address | None = None) -> tuple[str, ...]:
        return ("user", "is_default") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Address | None = None) -> tuple[str, ...]:
        return (*AddressForm.Meta.fields, "is_default") if obj else AddressForm.Meta.fields

    def save_model(self, request: HttpRequest, obj: Address, form: AddressForm, change: bool) -> None:
        services.save_address(address=obj)

    def delete_model(self, request: HttpRequest, obj: Address) -> None:
        services.delete_address(address=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Address]) -> None:
        for address in queryset:
            services.delete_address(address=address)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnly, LibraryEmailAddressAdmin, ModelAdmin):
    list_select_related = ("user",)
    actions = ("mark_verified",)

    def has_verify_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("account.change_emailaddress")

    @admin.action(description="Mark as confirmed", permissions=["verify"])
    def mark_verified(self, request: HttpRequest, addresses: QuerySet[EmailAddress]) -> None:
        self.make_verified(request, addresses)


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnly, LibraryAuthenticatorAdmin, ModelAdmin):
    """Second steps of signing in. Taking one away lets somebody back in who lost theirs."""

    list_select_related = ("user",)
    search_fields = ("user__email",)
    exclude = ("data",)

    def has_delete_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return request.user.is_superuser
