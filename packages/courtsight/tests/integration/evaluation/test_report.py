"""`courtsight evaluate` on a small file, in a database of its own."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

from courtsight.evaluation.errors import EvaluationDataError
from courtsight.evaluation.report import Wanted, evaluate_file, print_report
from courtsight.fictitious import generate
from courtsight.fictitious.writers import to_record

MEASURES = {"ndcg@10", "ndcg@10_interval", "recall@100", "recall@100_interval"}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Fictitious decisions with labels made up here."""
    path = tmp_path_factory.mktemp("evaluation") / "decisions.jsonl"
    with path.open("w") as lines:
        for draft in generate(30):
            record = to_record(draft)
            demand = record["sections"].get("riwayat_tuntutan", "")
            record["sections"]["riwayat_tuntutan"] = (demand + " " + draft.sections["kepala_putusan"]) * 2
            record["offence"] = draft.legal_area
            record["qualification"] = f"perkara {draft.legal_area}"
            lines.write(json.dumps(record) + "\n")
    return path


@pytest.mark.long
async def test_the_report_has_the_agreed_shape(file, settings, capsys):
    report = await evaluate_file(file, settings, Console(stderr=True), processes=0)
    print_report(report, Console(), as_json=True)
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"tasks", "import", "latency_ms"}
    assert set(answer["tasks"]) == {"A", "B", "C"}
    for task in answer["tasks"].values():
        assert set(task) == {"n", "baseline", "lexical", "vector", "hybrid"}
        assert task["n"] > 0
        for leg in ("baseline", "lexical", "vector", "hybrid"):
            assert set(task[leg]) == MEASURES
            assert 0 <= task[leg]["ndcg@10"] <= 1
            low, high = task[leg]["ndcg@10_interval"]
            assert low <= task[leg]["ndcg@10"] <= high
    assert answer["tasks"]["B"]["hybrid"]["ndcg@10"] > 0.9  # the labels come from the same extractor
    assert set(answer["import"]) == {"seconds", "decisions", "rss_mb"}
    assert answer["import"]["decisions"] == 30
    assert answer["import"]["rss_mb"] > 50
    assert set(answer["latency_ms"]) == {"p50", "p95"}
    assert 0 < answer["latency_ms"]["p50"] <= answer["latency_ms"]["p95"]
    print_report(report, Console(), as_json=False)
    assert "known item" in capsys.readouterr().out


@pytest.mark.long
async def test_questions_forms_pages_and_parsing_are_measured_in_one_run(file, settings, capsys, tmp_path):
    ids = [json.loads(line)["id"] for line in file.read_text().splitlines()]
    numbers = [json.loads(line)["case_number"] for line in file.read_text().splitlines()]
    questions = tmp_path / "made-up-seen.jsonl"
    lines = [
        {"id": "Q1", "kind": "number", "text": numbers[0], "grades": {ids[0]: 2}},
        {"id": "Q2", "kind": "number", "text": numbers[1], "grades": {ids[0]: 2}},
        {"id": "Q3", "kind": "no-answer", "text": 'court:"PN Nowhere" maling'},
    ]
    questions.write_text("\n".join(map(json.dumps, lines)))
    wanted = Wanted((questions,), forms=True, paging=True, parsing=True)
    report = await evaluate_file(file, settings, Console(stderr=True), wanted=wanted, processes=0)
    print_report(report, Console(), as_json=True)
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"import", "questions", "answers", "forms", "paging", "parsing"}
    groups = answer["questions"]["made-up-seen"]
    assert groups["number"]["n"] == groups["all"]["n"] == 2
    assert groups["number"]["hybrid"] == {"ndcg@10": 0.5, "hit@1": 0.5}  # the right one, and a wrong one
    assert groups["no-answer"] == {"n": 1, "said_weak": 1.0}
    right, _, nothing = answer["answers"]["made-up-seen"]
    assert right["hits"]["hybrid"][0] == ids[0]
    assert nothing["hits"]["hybrid"] == []
    assert answer["forms"]["number"]["n"] >= 60
    assert answer["forms"]["article"]["n"] >= 60
    assert 0 < answer["forms"]["number"]["exact"] <= 1
    assert answer["paging"]["queries"] == 3
    assert answer["paging"]["readings"] == 6
    assert answer["parsing"]["year"]["right"] == 30
    print_report(report, Console(), as_json=False)
    assert "made-up-seen" in capsys.readouterr().out


async def test_a_question_about_other_data_is_refused(file, settings, tmp_path):
    questions = tmp_path / "other.jsonl"
    questions.write_text('{"id": "Q1", "kind": "lay", "text": "maling", "grades": {"elsewhere": 2}}')
    short = tmp_path / "short.jsonl"
    short.write_text("\n".join(file.read_text().splitlines()[:2]))
    with pytest.raises(EvaluationDataError, match="elsewhere"):
        await evaluate_file(short, settings, Console(stderr=True), wanted=Wanted((questions,)), processes=0)
