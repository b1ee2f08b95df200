"""Small models made of a handful of posts that we wrote, for tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from nlp import Class, ngrams
from nlp.folder import ModelCard
from training.fit import Plan, classes_of, examples, fit, write_model
from training.linear import Settings, fit_linear
from training.rows import Row

DAY = date(2026, 1, 2)
NEGATIVE, POSITIVE = Class("negative"), Class("positive")
ADVERT, NEUTRAL, NOISE = Class("spam", "advert"), Class("spam", "neutral"), Class("spam", "noise")

SETTINGS = Settings(
    families=(
        ngrams.Family("marked", "char", (2, 3), 11),
        ngrams.Family("folded", "word", (1, 2), 10),
        ngrams.Family("marked", "style", (), 12),
    ),
    strengths=(1.0, 1.0, 0.3),
)

OF_CLASS = {
    NEGATIVE: (
        "Đường ngập cả tuần mà không ai sửa, bức xúc quá",
        "Rác chất đống đầu hẻm, hôi thối không chịu nổi",
        "Bệnh viện để người nhà chờ bốn tiếng, quá tệ",
        "Xe buýt bỏ chuyến hoài, tức quá trời",
        "Nước đục ngầu ba ngày nay, gọi không ai nghe máy, quá tệ",
    ),
    POSITIVE: (
        "Cảm ơn các anh công an đã giúp bà con vùng lũ",
        "Công viên mới đẹp quá, cả nhà thích mê",
        "Bác sĩ tận tình, cảm ơn bệnh viện nhiều lắm",
        "Tuyệt vời, đường mới chạy êm ru",
        "Cô giáo dễ thương, con thích đi học, cảm ơn cô",
    ),
    ADVERT: (
        "Bán nhà mặt tiền giá tốt, liên hệ 0900000001",
        "Giảm giá 50% toàn bộ váy áo, inbox shop ngay",
        "Tuyển nhân viên bán hàng lương cao, gọi 0900000002",
        "Nhận làm bánh sinh nhật giá rẻ, giao tận nơi, inbox",
        "Khai trương giảm giá 30%, liên hệ shop đặt bàn",
    ),
    NEUTRAL: (
        "Lịch tiêm chủng từ 8/10 đến 12/10 tại trạm y tế",
        "Mai trời có mưa không mọi người?",
        "Hội nghị diễn ra vào sáng thứ hai tại hội trường",
        "Cho hỏi trạm y tế mở cửa lúc mấy giờ?",
        "Sáng thứ hai có mưa tại nhiều nơi",
    ),
    NOISE: ("", "😀😀😀", "asdkjh qweoiu", "#tag #tag2", "!!!???", "ggg hhh jjj"),
}

ROWS = [Row(text, target) for target, texts in OF_CLASS.items() for text in texts]


def make_model(folder: Path, thresholds: dict[str, float] | None = None) -> ModelCard:
    """A linear model of five classes at `folder`."""
    classes = classes_of(ROWS)
    reader = fit_linear(examples(ROWS, classes), classes, SETTINGS)
    return write_model(folder, reader, thresholds, (DAY, "0" * 64))


def fit_small(rows: list[Row], dev: list[Row], out: Path) -> ModelCard:
    """`fit` with small tables."""
    return fit(rows, dev, out, Plan(DAY, SETTINGS))
