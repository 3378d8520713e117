"""Addresses of the shop: pages, which there are in every language, and what is for machines alone."""

from django.urls import path

from shop.views import account, basket, catalogue, checkout, feeds, line, orders, sitemaps, texts, wishes

app_name = "shop"
urlpatterns = [
    path("", catalogue.home, name="home"),
    path("shop/", catalogue.everything, name="list"),
    path("shop/<slug:slug>/", catalogue.category, name="category"),
    path("brands/<slug:slug>/", catalogue.brand, name="brand"),
    path("search/", catalogue.search, name="search"),
    path("search/suggest/", catalogue.suggest, name="suggest"),
    path("pieces/<slug:slug>/", catalogue.product, name="product"),
    path("basket/", basket.show, name="basket"),
    path("basket/add/", basket.add, name="basket_add"),
    path("basket/take-up/", basket.take_up, name="basket_take_up"),
    path("basket/change/", basket.change, name="basket_change"),
    path("basket/carry-on/", basket.carry_on, name="basket_carry_on"),
    path("checkout/", checkout.details, name="checkout"),
    path("checkout/delivery/", checkout.choose_delivery, name="checkout_delivery"),
    path("checkout/review/", checkout.review, name="checkout_review"),
    path("orders/<slug:number>/<slug:secret>/", orders.show, name="order"),
    path("orders/<slug:number>/<slug:secret>/cancel/", orders.cancel, name="order_cancel"),
    path("orders/<slug:number>/<slug:secret>/extend/", orders.extend, name="order_extend"),
    path("wishlist/", wishes.show, name="wishlist"),
    path("wishlist/keep/", wishes.keep, name="wishlist_keep"),
    path("wishlist/letters/", wishes.letters, name="wishlist_letters"),
    path("tell-me/", wishes.tell_me, name="tell_me"),
    path("saved-searches/<int:pk>/delete/", wishes.forget_search, name="forget_search"),
    path("letters/confirm/<str:token>/", wishes.confirm_letters, name="confirm_letters"),
    path("letters/stop/<str:token>/", wishes.stop_letters, name="stop_letters"),
    path("line/join/", line.join, name="join_line"),
    path("line/<str:token>/", line.place, name="place"),
    path("account/", account.show, name="account"),
    path("pages/<slug:slug>/", texts.show, name="text"),
]

# For machines: these have no language.
machines = [
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemaps.one, name="sitemap_of"),
    path("feeds/new-in.rss", feeds.Arrivals(), name="arrivals_rss"),
    path("feeds/new-in.atom", feeds.AtomArrivals(), name="arrivals_atom"),
    path("feeds/new-in/<slug:slug>.rss", feeds.Arrivals(), name="category_rss"),
    path("feeds/new-in/<slug:slug>.atom", feeds.AtomArrivals(), name="category_atom"),
    path("feeds/products.xml", feeds.products, name="products_feed"),
]
