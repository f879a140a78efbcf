"""The tools that check the page are pinned, and come from whichever registry one has."""

import json

from tests.lab.modules import ROOT


def test_every_tool_has_one_version_and_no_address():
    tools = json.loads((ROOT / "package.json").read_text("utf-8"))
    assert tools["private"] is True
    assert "dependencies" not in tools, "the page itself has none"
    rows = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert [name for name, row in rows.items() if "resolved" in row] == []
    for name, version in tools["devDependencies"].items():
        assert rows[f"node_modules/{name}"]["version"] == version
    assert [name for name, row in rows.items() if name and "integrity" not in row] == []
