"""Write the expected comments in tests/data/report: `python -m tests.unit.golden`. Then review the diff."""

from __future__ import annotations

from dictionary_deploy.report.render import render_comment
from tests.unit import test_report_kept, test_report_render

for name, report in {**test_report_kept.REPORTS, **test_report_render.REPORTS}.items():
    comment = render_comment(report, test_report_render.MARKER)
    (test_report_render.GOLDEN / f"{name}.md").write_text(comment, encoding="utf-8")
