"""Our words inside other languages: data in a page, the XML of feeds, what staff write as HTML, whole addresses."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin
from xml.sax.saxutils import escape

import nh3
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

# As `json_script` does it: no word of a title can end the element.
_JSON_ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}
# What XML 1.0 has no way to say.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_TAGS = {"h2", "h3", "h4", "p", "ul", "ol", "li", "a", "strong", "em", "blockquote", "hr", "br", "code"}
_TABLE = {"table", "thead", "tbody", "tr", "th", "td"}


def whole_address(path: str) -> str:
    """An address of ours with scheme and host, as the settings say them and not as somebody asked for it."""
    return urljoin(f"{settings.SITE_URL}/", path)


def json_for_page(facts: Mapping[str, Any]) -> SafeString:
    """Facts as JSON that may stand inside a `<script>` of data."""
    return SafeString(json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False).translate(_JSON_ESCAPES))


def xml_text(words: object) -> str:
    """Words as the text of an XML element."""
    return escape(xml_signs(str(words)))


def xml_signs(words: str) -> str:
    """Words without the signs that no XML document may hold, such as a page break out of an import."""
    return _NOT_XML.sub("", words)


def html_of(markdown: str) -> SafeString:
    """What staff wrote in Markdown as safe HTML: no tags of their own, harmless links, headings from the second on."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"
    made = reader.renderer.render(tokens, reader.options, {})
    return SafeString(
        nh3.clean(
            made,
            tags=_TAGS | _TABLE,
            attributes={"a": {"href"}},
            url_schemes={"https", "http", "mailto", "tel"},
            link_rel="noopener noreferrer",
        )
    )
