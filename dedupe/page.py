"""A text as a page or an app shows it → the text without links typed in pieces, rows of tags and buttons."""

from __future__ import annotations

import re

# Endings of addresses that are no words, and those that are: these count only before a path.
_ENDS = "vn|net|org|info|xyz|club"
_WORDS = (
    f"{_ENDS}|com|gl|asia|be|ly|me|vip|site|link|online|app|top|at|watch|click|shop|live|page|co|io|gg|pro"
    "|mobi|tv|cc"
)
# Dots of an address that a filter is to overlook: `goeco . link/x`, `zalo(.)me`, `vt[chấm]tiktok.com/x`.
_BOXED = r"\s?[\[({]\s*(?:\.|chấm|cham|dot)\s*[\])}]\s?"
_LOOSE = rf"(?:{_BOXED}|\s\.\s?|\.)"
_NAME = r"(?<![\w.])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_PATH = rf"(?:/\S*(?:{_BOXED}\w+|\s\.\s(?:html?|php|aspx?)\b)?)"
_PIECEMEAL = re.compile(
    rf"h(?:xx|tt|\*\*)p+s?\s?:\s?//\s?\S+"
    rf"|{_NAME}(?:{_LOOSE}[a-z0-9-]+)*{_LOOSE}(?:{_WORDS}){_PATH}"
    rf"|{_NAME}(?:{_LOOSE}[a-z0-9-]+)*{_BOXED}(?:{_WORDS})\b"
    rf"|{_NAME}\s\.\s(?:{_ENDS})\b"
    rf"|\b(?:zalo|fb|bit|tinyurl|youtu|shopee?|t)\s(?:chấm|cham)\s(?:{_WORDS})\b{_PATH}?",
    re.IGNORECASE,
)
# What each of these forms has, quick to find.
_HINT = re.compile(r"h(?:xx|\*\*)p|//|[\])}\s]\s?\.|\.[\])}\s]|chấm|cham|dot[\])}]", re.IGNORECASE)
_ROW = r"#\w[\w|+@$-]*(?:[^\w\n?.,;:!…]*#\w[\w|+@$-]*)*"
# Tags that stand alone: at the end of a line without a full stop, at its beginning before more than one,
# after a whole sentence.
_TAGS = re.compile(
    rf"(?<![\w&])(?:{_ROW})(?=(?:[^\w\n?.,;:!…]|https?://\S+)*$)"
    r"|^(?:(?:#\w[\w-]*)+\s+)+"
    rf"|(?<=[.!?…]\s)#\w[\w-]*(?:\s*#\w[\w-]*)+(?=\s+[(“\"@A-ZĐÀ-Ỹ])"
    rf"|(?<=[.!?…]\s)#\w[\w-]*(?=\s+[(“\"@])",
    re.MULTILINE,
)
_AGO = (
    r"(?:\d{1,2}\s?(?:giây|phút|giờ|ngày|tuần|tháng|năm|min|mins|h|d|w|hrs?)(?:\s(?:trước|ago))?"
    r"|vừa xong|just now"
    r"|(?:hôm qua|hôm nay|yesterday|thứ \w+|chủ nhật|\d{1,2} tháng \d{1,2}(?:,? \d{4})?)"
    r"(?:\s(?:lúc|at)\s\d{1,2}[:h]\d{2})?)"
)
# `Lê Tí ▸ Hội cư dân · 35 phút ·`: who posted it, where, and when.
_STAMP = re.compile(
    rf"^([^\n·•▸►]{{1,60}})(?:[▸►]([^\n·•]{{1,60}}))?[·•]\s*{_AGO}\s*[·•]\s*", re.IGNORECASE | re.MULTILINE
)
_BUTTONS = re.compile(
    r"(?<!\w)(?:thích|like)\s*[·•]\s*(?:phản hồi|trả lời|bình luận|reply|comment)"
    rf"(?:\s*[·•]\s*(?:chia sẻ|share|xem bản dịch|see translation|{_AGO})(?!\w))*",
    re.IGNORECASE,
)
# Who liked it, who was there.
_COMPANY = re.compile(
    r"^(?:Bạn(?:, [^\n.!?]{1,40})? và|[^\n.!?]{1,40} đang ở cùng [^\n.!?]{1,40} và) \d{1,6} người khác\.?$",
    re.MULTILINE,
)


def bare(text: str) -> str:
    """The text as somebody wrote it: without the page around it, and without addresses typed in pieces."""
    if "#" in text:
        text = _TAGS.sub("\n", text)
    if "·" in text or "•" in text:
        text = _STAMP.sub(_posted, _BUTTONS.sub("\n", text))
    if "người khác" in text:
        text = _COMPANY.sub("", text)
    return _PIECEMEAL.sub(" ", text) if _HINT.search(text) else text


def _posted(header: re.Match[str]) -> str:
    """Who posted it, and where, in words: what they say counts (`Hội vạch trần tin vịt`)."""
    return f"Bài của {header[1]} {header[2] or ''}:\n"
