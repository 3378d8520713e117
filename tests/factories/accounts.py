"""People."""

from typing import Any

import factory

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
