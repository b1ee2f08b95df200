"""The main job as a person runs it: import, sieve, ledger, search, export, review, erase, back up."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from sangtin.post import Act, Kind, Label, Review
from sangtin.record import open_record, reviews
from tests.pipeline.running import Home, sample_rows, write_jsonl

POSTS = 1_500


@pytest.fixture(scope="module")
def sieved(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a part of the sample, sieved; tests that share it leave its posts as they are."""
    folder = tmp_path_factory.mktemp("sieved")
    home = Home(folder / "home")
    home.run("init")
    file = write_jsonl(folder / "posts.jsonl", sample_rows(POSTS))
    assert home.json("import", str(file), "--source", "mau") == {
        "read": POSTS,
        "new": POSTS,
        "seen": 0,
        "changed": 0,
        "rejected": {},
    }
    home.run("sieve")
    return home


def review(home: Home, given: Review) -> None:
    record = open_record(f"sqlite:///{home.folder / 'record.db'}")
    with record.write(durable=True) as writing:
        reviews.append(writing, given)
    record.close()


def first_id(home: Home) -> str:
    return str(home.json("search", "", "--limit", "1")["hits"][0]["id"])


def test_the_ledger_adds_up_and_every_post_is_in_it(sieved: Home) -> None:
    counted = sieved.json("ledger")
    assert counted["identified"] == POSTS == counted["verified"] + counted["pending"]
    assert counted["verified"] == sum(counted[b] for b in ("duplicate", "spam", "negative", "positive"))
    assert counted["duplicate"] > 0
    assert counted["spam"] > 0
    assert sieved.ledger().identified == POSTS


def test_importing_the_same_file_again_changes_nothing(sieved: Home, tmp_path: Path) -> None:
    before = sieved.json("ledger")
    file = write_jsonl(tmp_path / "again.jsonl", sample_rows(POSTS))
    found = sieved.json("import", str(file), "--source", "mau")
    assert (found["new"], found["seen"], found["changed"]) == (0, POSTS, 0)
    assert sieved.json("ledger") == before
    assert json.loads(sieved.run("sieve", "--json"))["placed"] == 0


def test_typed_without_diacritics_it_finds_marked_text(sieved: Home) -> None:
    plain, marked = sieved.json("search", "nuoc"), sieved.json("search", "nước")
    assert plain["total"] >= marked["total"] > 0
    for hit in plain["hits"]:
        assert hit["highlights"]
        for start, end in hit["highlights"]:
            assert hit["text"][start:end].strip() == hit["text"][start:end] != ""


def test_an_export_has_as_many_rows_as_the_search_counts(sieved: Home, tmp_path: Path) -> None:
    for label in ("spam", "negative", "duplicate", "pending"):
        wanted = sieved.json("search", "", "--label", label, "--limit", "1")["total"]
        for file in (tmp_path / f"{label}.csv", tmp_path / f"{label}.jsonl"):
            assert sieved.json("export", str(file), "--label", label)["rows"] == wanted
        with (tmp_path / f"{label}.csv").open(encoding="utf-8-sig", newline="") as reading:
            assert len(list(csv.DictReader(reading))) == wanted
        assert len((tmp_path / f"{label}.jsonl").read_text(encoding="utf-8").splitlines()) == wanted


def test_the_ledgers_bins_are_what_search_counts(sieved: Home) -> None:
    counted = sieved.json("ledger")
    for label in ("pending", "duplicate", "spam", "negative", "positive"):
        assert sieved.json("search", "", "--label", label, "--limit", "1")["total"] == counted[label]


def test_the_flags_of_the_ledger_are_what_search_counts_and_each_post_says_why(sieved: Home) -> None:
    counted = sieved.json("ledger", "--flags")
    plain = sieved.json("ledger")
    assert counted == plain | {"flags": counted["flags"]}
    assert set(counted["flags"]) == {"scam", "unreliable-looking"}
    assert counted["flags"]["scam"] > 0
    for flag, posts in counted["flags"].items():
        assert sieved.json("search", "", "--flag", flag, "--limit", "1")["total"] == posts
    found = sieved.json("search", "flag:scam", "--limit", "5")
    for hit in found["hits"]:
        told = sieved.json("post", "show", hit["id"])
        assert "scam" in told["flags"]
        assert 0 <= told["predictions"][-1]["flags"]["scam"] <= 1
    assert "resembles scams" in sieved.run("post", "show", found["hits"][0]["id"])
    assert "flagged, in their bins too: scam" in sieved.run("ledger", "--flags")
    before = sieved.json("ledger", "--flags", "--as-of", "2020-01-01")
    assert before["flags"] == {"scam": 0, "unreliable-looking": 0}


def test_a_time_stands_for_its_whole_day_in_vietnam(sieved: Home) -> None:
    whole = sieved.json("ledger", "--from", "2026-10-02", "--to", "2026-10-09")
    asked = ("ledger", "--from", "2026-10-01T20:00:00Z", "--to", "2026-10-09T08:30")
    assert sieved.json(*asked) == whole


def test_the_index_agrees_with_the_record(sieved: Home) -> None:
    assert sieved.json("index", "check") == {"posts": POSTS, "mended": 0, "agree": True}
    assert sieved.json("index", "status")["lag"] == 0
    sieved.run("index", "rebuild")
    assert sieved.json("index", "check")["agree"]


def test_a_syntax_error_says_where(sieved: Home) -> None:
    printed = sieved.run("search", "ngap from:homqua", expect=2)
    assert "ngap from:homqua" in printed
    assert "^" in printed


def test_cells_that_spreadsheets_take_for_formulas_are_made_safe(home: Home, tmp_path: Path) -> None:
    texts = [
        '=HYPERLINK("http://mau.invalid";"bấm vào đây")',
        "+84 1",
        "-1",
        "@a",
        "\ta",
        "\ra",
        "\na",
        " =1",
        "＝1+1",
    ]
    rows = [{"id": f"{n}", "text": text} for n, text in enumerate([*texts, "a=1", "1-2"])]
    home.run("import", str(write_jsonl(tmp_path / "f.jsonl", rows)), "--source", "mau")
    home.run("export", str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as reading:
        found = {row["id"]: row["text"] for row in csv.DictReader(reading)}
    assert found == {
        f"mau:{row['id']}": f"'{row['text']}" if row["text"] in texts else row["text"] for row in rows
    }


def test_reviews_close_the_loop_to_a_better_model(home: Home, tmp_path: Path) -> None:
    labels = [Label.SPAM, Label.NEGATIVE, Label.POSITIVE]
    rows = [
        {"id": f"{n}", "text": f"{words} {n} " + words * (n % 3)}
        for n in range(60)
        for words in (("bán sim số đẹp", "đường ngập nặng quá", "cảm ơn các anh nhiều")[n % 3],)
    ]
    home.run("import", str(write_jsonl(tmp_path / "p.jsonl", rows)), "--source", "mau")
    for n in range(60):
        kind = Kind.ADVERT if n % 3 == 0 else None
        review(home, Review("an", Act.LABEL, f"mau:{n}", label=labels[n % 3], kind=kind))
    file = tmp_path / "reviews.jsonl"
    assert home.json("export", str(file), "--reviews")["rows"] == 60
    home.run(
        "train",
        "fit",
        "--train",
        str(file),
        "--kind",
        "kind",
        "--model",
        "linear",
        "--out",
        str(tmp_path / "m"),
    )
    home.run("model", "use", str(tmp_path / "m"))
    in_use = [each for each in home.json("model", "list") if each["in_use"]]
    assert len(in_use) == 1
    assert home.json("evaluate", str(file), "--model", str(tmp_path / "m"))["n"] == 60
    home.run("sieve")
    assert home.ledger().verified == 60
    other = write_jsonl(tmp_path / "other.jsonl", [{"text": "a", "label": "0"}, {"text": "b", "label": "1"}])
    assert "No label of the file" in home.stderr("evaluate", str(other), "--model", str(tmp_path / "m"))


def test_a_window_of_days_lets_old_posts_rest(home: Home, tmp_path: Path) -> None:
    text = "nước ngập đường Lê Lợi từ chiều tới giờ chưa rút, bà con đi vòng"
    days = ("2025-01-01", "2025-01-20", "2025-06-01", "2025-06-02", "2025-06-03")
    (home.folder / "config.toml").write_text("copies_window = 30\n")
    for day in days:  # one after another, as they come: each finds what the record holds
        rows = [
            {"id": f"{name}-{day}", "text": said, "published_at": f"{day}T08:00:00+07:00"}
            for name, said in (("long", text), ("short", "mất nước rồi"))
        ]
        home.run("import", str(write_jsonl(tmp_path / f"{day}.jsonl", rows)), "--source", "mau")
        home.run("sieve")
    for name in ("long", "short"):
        old, new = f"mau:{name}-{days[0]}", f"mau:{name}-{days[2]}"
        found = [home.json("post", "show", f"mau:{name}-{day}")["of"] for day in days]
        assert found == [None, old, None, new, new]


def test_erasing_leaves_the_ledger_and_no_trace(home: Home, tmp_path: Path) -> None:
    secret = "chuyện riêng không ai được đọc lại, xin xoá giùm tôi ngay hôm nay"
    rows = [{"id": "1", "text": secret}, {"id": "2", "text": secret + " ạ"}, {"id": "3", "text": "trời đẹp"}]
    file = write_jsonl(tmp_path / "p.jsonl", rows)
    home.run("import", str(file), "--source", "mau")
    home.run("sieve")
    before = home.json("ledger")
    home.run("post", "erase", "mau:1")
    home.run("post", "erase", "mau:2")
    assert home.json("ledger") == before
    assert home.json("search", "rieng", "--limit", "5")["total"] == 0
    assert home.json("index", "check")["agree"]
    assert home.json("import", str(file), "--source", "mau")["new"] == 0
    home.run("sieve")
    assert home.json("post", "show", "mau:1")["erased_at"]
    for held in home.folder.rglob("*"):
        if held.is_file() and held.parent.name != "models":
            assert secret.encode() not in held.read_bytes(), held


def test_erasing_leaves_no_trace_in_a_log_that_others_keep_open(home: Home, tmp_path: Path) -> None:
    secret = "chuyện riêng mà người ta xin xoá trong lúc trang vẫn đang mở"
    file = write_jsonl(tmp_path / "p.jsonl", [{"id": n, "text": f"{secret} lần thứ {n}"} for n in (1, 2)])
    with contextlib.closing(sqlite3.connect(home.folder / "record.db", isolation_level=None)) as beside:
        beside.execute("SELECT count(*) FROM post").fetchall()
        home.run("import", str(file), "--source", "mau")
        home.run("post", "erase", "mau:1")
        log = home.folder / "record.db-wal"
        assert f"{secret} lần thứ 1".encode() not in log.read_bytes()
        beside.execute("BEGIN")
        beside.execute("SELECT count(*) FROM post").fetchall()
        said = home.run("post", "erase", "mau:2", expect=6)
        assert "The record's log still holds it" in said
        assert "sangtin post erase mau:2" in said
        beside.execute("COMMIT")
        home.run("post", "erase", "mau:2")
        assert secret.encode() not in log.read_bytes()


def test_a_copy_of_an_erased_post_leads_what_remains(home: Home, tmp_path: Path) -> None:
    text = "Thông báo cúp điện toàn phường từ bảy giờ sáng mai tới năm giờ chiều, bà con lưu ý giúp"
    rows = [{"id": str(n), "text": text, "published_at": f"2026-10-01T0{n}:00:00+07:00"} for n in range(1, 5)]
    home.run("import", str(write_jsonl(tmp_path / "p.jsonl", rows)), "--source", "mau")
    home.run("sieve")
    assert home.ledger().duplicate == 3
    home.run("post", "erase", "mau:1")
    home.run("sieve")
    assert home.json("post", "show", "mau:2")["relation"] == "original"
    assert home.json("post", "show", "mau:4")["of"] == "mau:2"


def test_a_backup_comes_back_in_another_home_without_the_authors_key(sieved: Home, tmp_path: Path) -> None:
    import tarfile

    file = tmp_path / "b.tar.gz"
    sieved.run("backup", str(file))
    assert file.stat().st_mode & 0o077 == 0
    with tarfile.open(file) as archive:
        assert not [name for name in archive.getnames() if "author.key" in name]
    other = Home(tmp_path / "other")
    other.run("restore", str(file))
    assert other.json("search", "nuoc") == sieved.json("search", "nuoc")
    assert other.json("ledger") == sieved.json("ledger")
    assert other.json("index", "check")["agree"]
    other.run("restore", str(file), expect=2)
    assert "backup" in Home(tmp_path / "third").run("restore", __file__, expect=3)


def test_a_search_says_how_far_the_index_is_behind(sieved: Home, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    sieved.run("backup", str(file))
    other = Home(tmp_path / "other")
    other.run("restore", str(file))
    for each in other.folder.glob("search.db*"):
        each.unlink()
    ended = subprocess.run(
        [sys.executable, "-m", "sangtin", "search", "nuoc"],
        env=other.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "sangtin index follow" in ended.stderr
    assert "0 posts" in ended.stdout


def test_the_ledger_as_of_an_earlier_time_and_what_it_refuses(sieved: Home) -> None:
    assert sieved.json("ledger", "--as-of", "2020-01-01")["identified"] == 0
    one = sieved.json("ledger", "--from", "2026-07-01", "--to", "2026-07-10")
    assert 0 < one["identified"] < POSTS
    sieved.run("ledger", "--from", "hôm qua", expect=2)
    sieved.run("ledger", "--source", "khong-co", expect=2)


def test_an_import_that_takes_no_row_fails_and_says_how_to_go_on(home: Home, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"id": n, "loi": f"bài {n}"} for n in range(3)]
    file = write_jsonl(tmp_path / "f.jsonl", rows)
    said = home.run("import", str(file), "--source", "mau", expect=3)
    assert "3 rejected (no text)" in said
    assert "No row was taken." in said
    assert "--map text=noi_dung" in said
    assert "3 new" in home.run("import", str(file), "--source", "mau", "--map", "text=loi")
    half = write_jsonl(tmp_path / "half.jsonl", [*rows, {"id": 9, "text": "một bài"}])
    assert "1 new" in home.run("import", str(half), "--source", "mau")


def test_two_sieves_share_the_work_without_loss_or_double(home: Home, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "p.jsonl", sample_rows(1_200))
    home.run("import", str(file), "--source", "mau")
    started = [home.start("sieve", "--json") for _ in range(2)]
    done = [json.loads(process.communicate(timeout=200)[0]) for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert sum(each["placed"] for each in done) == 1_200
    assert sum(each["read"] + each["duplicates"] for each in done) == 1_200
    assert home.ledger().identified == 1_200


def test_commands_without_a_home_say_what_to_do(tmp_path: Path) -> None:
    nowhere = Home(tmp_path / "none")
    for command in (["sieve"], ["ledger"], ["index", "check"], ["import", __file__, "--source", "x"]):
        assert "sangtin init" in nowhere.run(*command, expect=4)
    assert "!!" in nowhere.run("doctor", expect=1)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_answers_and_its_children_die_with_it(home: Home, how: signal.Signals) -> None:
    server = home.start("serve", "--port", "0")
    try:
        assert server.stdout
        link = server.stdout.readline().decode().split()[-1]
        assert "/login?token=" in link
        children = _children(server.pid)
        with urllib.request.urlopen(link.split("/login")[0] + "/login", timeout=20) as page:
            assert page.status == 200
        os.kill(server.pid, how)
        server.wait(30)
        assert not psutil.wait_procs(children, timeout=15)[1]
    finally:
        server.kill()
        server.communicate()


def _children(pid: int) -> list[psutil.Process]:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found: list[psutil.Process] = psutil.Process(pid).children()
        if len(found) == 2:
            return found
        time.sleep(0.1)
    raise AssertionError("the server started no worker and follower")
