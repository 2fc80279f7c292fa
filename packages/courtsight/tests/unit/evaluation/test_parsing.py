"""What is counted when texts are read and compared with labels."""

from __future__ import annotations

import json
from datetime import date

import pytest
from rich.progress import Progress

from courtsight.decisions.draft import DecisionDraft
from courtsight.evaluation.errors import EvaluationDataError
from courtsight.evaluation.parsing import CITED, Count, cited_key, compare, parse_all, right_sections
from courtsight.evaluation.tasks import Labelled

SECTIONS = {
    "kepala_putusan": "PUTUSAN\nNomor 45/Pid.B/2014/PN Tls\nPengadilan Negeri Telaga Senja yang mengadili perkara",
    "pertimbangan_hukum": "Menimbang, bahwa Majelis Hakim mempertimbangkan apakah Terdakwa bersalah;\n"
    "Memperhatikan, Pasal 362 KUHP dan peraturan lain, serta putusan Nomor 9017 K/Pid/2012;",
    "amar_putusan": "MENGADILI\nMenyatakan Terdakwa bersalah melakukan tindak pidana pencurian;",
    "penutup": "Demikianlah diputuskan pada hari Senin, tanggal 23 Juni 2014 oleh kami, dan diucapkan dalam sidang "
    "terbuka pada hari Rabu, tanggal 25 Juni 2014.",
}


def record(**more):
    draft = DecisionDraft(
        "45/Pid.B/2014/PN Tls", SECTIONS, **{"court": "PN Telaga Senja", "year": 2014} | more
    )
    return Labelled(draft, ("KUHP:362", "KUHP:55(1)ke-1"), "pencurian", "pencurian", id="a")


def test_precision_is_of_what_is_read_and_recall_of_what_is_labelled():
    count = Count()
    count.add({"KUHP:362", "KUHP:363"}, {"KUHP:363", "KUHP:378", "KUHP:480"})
    count.add({"KUHP:374"}, {"KUHP:374"})
    assert count.figures() == {"labelled": 3, "read": 4, "right": 2, "precision": 0.5, "recall": 0.6667}
    assert Count().figures()["precision"] == 0


def test_fields_are_read_from_the_text_alone():
    found = compare(record(pronounced_on=date(2014, 6, 23), outcome="pidana"))
    assert found["number"] == ({"45/pid.b/2014"}, {"45/pid.b/2014"})
    assert found["court"] == ({"pn telaga senja"}, {"pn telaga senja"})
    assert found["year"] == ({2014}, {2014})
    assert found["day of decision"] == ({date(2014, 6, 23)}, {date(2014, 6, 23)})
    assert found["pronouncement day"] == ({date(2014, 6, 23)}, {date(2014, 6, 23)})  # spoken two days later
    assert found["applied articles"] == ({"KUHP:362", "KUHP:55(1)ke-1"}, {"KUHP:362"})
    labelled, _ = found["outcome"]
    assert labelled == {"pidana"}


def test_nothing_is_pronounced_before_it_is_decided():
    found = compare(record(pronounced_on=date(2014, 6, 26)))
    assert found["pronouncement day"] == ({date(2014, 6, 26)}, {date(2014, 6, 25)})


def test_a_section_is_right_when_most_of_it_is_shared():
    labelled = {"fakta": (0, 100), "amar_putusan": (100, 200), "penutup": (200, 210)}
    read = {"fakta": (0, 90), "amar_putusan": (130, 200)}  # 90 of 100 shared; 70 of 100
    assert right_sections(labelled, read) == {"fakta"}


def test_unlabelled_fields_are_unknown_and_citations_are_checked_by_their_list(tmp_path):
    checked = tmp_path / "citations.jsonl"
    checked.write_text(json.dumps({"id": "a", "cited": [cited_key("9017 K/Pid/2012")]}))
    with Progress(disable=True) as bar:
        figures = parse_all([record()], bar, checked)
        assert "pronouncement day" not in figures
        assert figures["applied articles"] == {
            "labelled": 2,
            "read": 1,
            "right": 1,
            "precision": 1.0,
            "recall": 0.5,
        }
        assert figures[CITED]["right"] == 1
        checked.write_text(json.dumps({"id": "b", "cited": []}))
        with pytest.raises(EvaluationDataError, match="names b"):
            parse_all([record()], bar, checked)


def test_a_key_tells_a_number_apart_from_its_court():
    assert cited_key("45/Pid.B/2014/PN Tls") == cited_key("45/Pid.B/2014/PN") != cited_key("46/Pid.B/2014/PN")
