"""Addresses of the address book."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.address_list, name="address_list"),
    path("add/", views.address_add, name="address_add"),
    path("<int:pk>/", views.address_edit, name="address_edit"),
    path("<int:pk>/delete/", views.address_delete, name="address_delete"),
    path("<int:pk>/default/", views.address_default, name="address_default"),
]
