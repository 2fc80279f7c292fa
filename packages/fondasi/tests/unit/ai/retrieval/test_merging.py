import pytest

from fondasi.ai.retrieval.merging import MOST_DOCUMENTS, MOST_SEGMENTS, SMALL, choose


def segments(*sizes: int, worn: int | None = None) -> list[dict[str, object]]:
    return [{"id": n, "documents": size, "is_worn": n == worn} for n, size in enumerate(sorted(sizes))]


def merged(sizes: list[int], least: int = 2) -> tuple[list[int], int]:
    """Sizes of segments after all steps, and how many documents the steps wrote."""
    written = 0
    while chosen := choose(segments(*sizes), least):
        sizes = [*sorted(sizes)[len(chosen) :], sum(row["documents"] for row in chosen)]
        written += sizes[-1]
    return sizes, written


@pytest.mark.parametrize(("batches", "most"), [(8, 1), (80, 3), (800, 5), (8000, 8)])
def test_few_segments_are_left_and_a_document_is_written_a_few_times(batches, most):
    sizes, written = merged([250] * batches)
    assert sum(sizes) == 250 * batches
    assert len(sizes) <= most
    assert written <= 5 * 250 * batches


def test_what_comes_in_one_by_one_costs_little():
    sizes: list[int] = []
    written = 0
    for _ in range(1000):
        sizes, step = merged([*sizes, 250])
        written += step
    assert len(sizes) <= 10
    assert written <= 12 * 250_000


def test_in_the_middle_of_an_import_few_segments_wait_for_more():
    assert choose(segments(*[250] * 15), MOST_SEGMENTS) == []
    assert len(choose(segments(*[250] * 16), MOST_SEGMENTS)) == MOST_SEGMENTS


def test_a_step_is_bounded():
    assert len(choose(segments(*[250] * 100), 2)) == MOST_SEGMENTS
    assert choose(segments(MOST_DOCUMENTS, MOST_DOCUMENTS), 2) == []
    assert choose(segments(SMALL, 40_000), 2) == []


def test_a_segment_with_many_removed_documents_is_written_anew_by_itself():
    rows = segments(10_000, 40_000, 400_000, worn=1)
    assert choose(rows, 2) == [rows[1]]
    assert choose(segments(10_000, 40_000, 400_000), 2) == []
