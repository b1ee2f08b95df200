"""`python -m tests.crawlers.crawling RECORD HOME ADDRESS…`: a crawl into a record, to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from sangtin.pipeline.crawling import crawl_sources
from sangtin.record import open_record
from sangtin.settings import Settings

if __name__ == "__main__":
    home = Path(sys.argv[1])
    settings = Settings(home=home)
    for report in crawl_sources(open_record(settings.record_url), settings, []):
        print(report.source, report.state, flush=True)
