"""Addresses of buying in and bargaining."""

from django.urls import path

from offers.views import answers, bids, draft, links, payout, photos, sending, submission

PAGE = "sell/submissions/<slug:reference>/"

app_name = "offers"
urlpatterns = [
    path("sell/", draft.gate, name="gate"),
    path("sell/pieces/", draft.pieces, name="pieces"),
    path("sell/pieces/add/", draft.add, name="add_piece"),
    path("sell/pieces/<int:item_id>/", draft.edit, name="piece"),
    path("sell/pieces/<int:item_id>/all/", draft.everything, name="everything"),
    path("sell/pieces/<int:item_id>/upload/", draft.upload, name="upload"),
    path("sell/pieces/<int:item_id>/duplicate/", draft.duplicate, name="duplicate"),
    path("sell/pieces/<int:item_id>/remove/", draft.remove, name="remove_piece"),
    path("sell/pieces/<int:item_id>/restore/", draft.restore, name="restore_piece"),
    path("sell/pieces/<int:item_id>/<slug:name>/", draft.question, name="question"),
    path("sell/about-you/", sending.contact, name="contact"),
    path("sell/send-link/", sending.send_link, name="send_draft_link"),
    path("sell/check/", sending.check, name="check"),
    path("sell/link/<str:token>/", links.open_link, name="link"),
    path("sell/link-again/", links.link_again, name="link_again"),
    path("sell/resume/<str:token>/", draft.resume, name="resume"),
    path("sell/photos/<int:pk>/<slug:size>/", photos.show, name="photo"),
    path(PAGE, submission.show, name="submission"),
    path(f"{PAGE}sent/", sending.sent, name="sent"),
    path(f"{PAGE}answer/", answers.answer, name="answer"),
    path(f"{PAGE}ask-for-more/", answers.counter, name="counter"),
    path(f"{PAGE}new-prices/", answers.revision, name="revision"),
    path(f"{PAGE}new-offer/", answers.ask_for_new_offer, name="new_offer"),
    path(f"{PAGE}reply/", answers.reply, name="reply"),
    path(f"{PAGE}message/", answers.write, name="write"),
    path(f"{PAGE}pieces/<int:item_id>/photos/", answers.add_photos, name="more_photos"),
    path(f"{PAGE}pieces/<int:item_id>/back/", answers.walk_away, name="walk_away"),
    path(f"{PAGE}cash/", answers.cash, name="cash"),
    path(f"{PAGE}payout/", payout.show, name="payout"),
    path(f"{PAGE}payout/code/", payout.send_code, name="payout_code"),
    path(f"{PAGE}withdraw/", submission.withdraw, name="withdraw"),
    path(f"{PAGE}again/", submission.again, name="again"),
    path(f"{PAGE}data.json", submission.what_we_hold, name="data"),
    path(f"{PAGE}documents/<int:number>/", submission.document, name="document"),
    path("account/submissions/", submission.mine, name="my_submissions"),
    path("pieces/<slug:slug>/offer/", bids.make_offer, name="make_offer"),
    path("account/offers/", bids.my_offers, name="my_offers"),
    path("account/offers/<slug:number>/", bids.show, name="offer"),
    path("account/offers/<slug:number>/<slug:step>/", bids.answer, name="answer_offer"),
]
