"""Addresses of the shop."""

from django.urls import path
from django.views.generic import TemplateView

# Each placeholder is replaced by its page as that is made.
placeholder = TemplateView.as_view(template_name="base.html")

app_name = "shop"
urlpatterns = [
    path("", placeholder, name="home"),
    path("shop/", placeholder, name="list"),
    path("shop/<slug:slug>/", placeholder, name="category"),
    path("brands/<slug:slug>/", placeholder, name="brand"),
    path("search/", placeholder, name="search"),
    path("pieces/<slug:slug>/", placeholder, name="product"),
    path("basket/", placeholder, name="basket"),
    path("basket/add/", placeholder, name="basket_add"),
    path("orders/<str:number>/<str:secret>/", placeholder, name="order"),
    path("account/", placeholder, name="account"),
]
