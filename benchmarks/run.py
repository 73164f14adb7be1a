"""`make bench`: the table of speed, each figure with a reference measured in the same run, and JSON beside it."""

import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["FOTSPOR_MODE"] = "test"
os.environ["FOTSPOR_HOME"] = tempfile.mkdtemp(prefix="fotspor-bench-")
os.environ.pop("DATABASE_URL", None)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def main() -> int:
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks import pages, rules
    from benchmarks.measure import as_json, as_table

    call_command("migrate", verbosity=0)
    call_command("build_municipality", size="tiny", seed=1)
    rows = [rules.expected_steps(), rules.score_epds(), pages.worklist_page(), pages.child_page(), pages.re_plan(),
            pages.first_page()]  # fmt: skip
    print(as_table(rows))
    target = ROOT / "build" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(as_json(rows), indent=1))
    print(f"\n{target.relative_to(ROOT)} written. Timings are this machine's, today; compare ratios.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
