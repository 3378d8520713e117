"""People."""

from typing import Any

import factory
from django.contrib.auth.models import Permission

from accounts.models import Address, User

PASSWORD = "a-long-password-for-tests"


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"shopper{n}@example.com")
    name = "Testa Shopper"

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(password=kwargs.pop("password", PASSWORD), **kwargs)


class AddressFactory(factory.django.DjangoModelFactory[Address]):
    class Meta:
        model = Address

    user = factory.SubFactory(UserFactory)
    name = "Testa Shopper"
    street = "1 Example Street"
    town = "Dublin"
    postcode = "D02 X285"
    country = "IE"


def staff(*permissions: str, **changes: Any) -> User:
    """Somebody who may enter the admin, with these permissions ("shop.change_order")."""
    user = UserFactory(is_staff=True, **changes)
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def owner(**changes: Any) -> User:
    """Somebody who may do everything."""
    return UserFactory(is_staff=True, is_superuser=True, **changes)
