"""Addresses of the shop."""

from django.urls import path
from django.views.generic import TemplateView

from shop.views import basket

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
    path("basket/", basket.show, name="basket"),
    path("basket/add/", basket.add, name="basket_add"),
    path("basket/change/", basket.change, name="basket_change"),
    path("basket/carry-on/", basket.carry_on, name="basket_carry_on"),
    path("checkout/", placeholder, name="checkout"),
    path("checkout/delivery/", placeholder, name="checkout_delivery"),
    path("checkout/review/", placeholder, name="checkout_review"),
    path("orders/<str:number>/<str:secret>/", placeholder, name="order"),
    path("account/", placeholder, name="account"),
]
