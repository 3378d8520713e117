"""Addresses of buying in and bargaining."""

from django.urls import path

from offers.views import links, photos, submission

app_name = "offers"
urlpatterns = [
    path("sell/link/<str:token>/", links.open_link, name="link"),
    path("sell/link-again/", links.link_again, name="link_again"),
    path("sell/resume/<str:token>/", submission.resume, name="resume"),
    path("sell/photos/<int:pk>/<slug:size>/", photos.show, name="photo"),
    path("sell/submissions/<slug:reference>/", submission.show, name="submission"),
    path("account/offers/", submission.my_offers, name="my_offers"),
]
