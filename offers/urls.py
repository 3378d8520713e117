"""Addresses of buying in and bargaining."""

from django.urls import path

from offers.views import submission

app_name = "offers"
urlpatterns = [
    path("sell/link/<str:token>/", submission.open_link, name="link"),
    path("sell/resume/<str:token>/", submission.resume, name="resume"),
    path("sell/submissions/<slug:reference>/", submission.show, name="submission"),
    path("account/offers/", submission.show, name="my_offers"),
]
