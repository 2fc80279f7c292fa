"""Statements as traces tell them: what they do and to which table, and no value."""

import pytest

from fondasi.kit.db.spans import told


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("SELECT a1 FROM t2 WHERE b = $1 AND c = $12", "SELECT a1 FROM t2 WHERE b = $1 AND c = $12"),
        ("SELECT  'secret',\n 'it''s secret'", "SELECT ?, ?"),
        (r"SELECT 'a\', 'secret'", "SELECT ?, ?"),  # a backslash escapes nothing here
        (r"SELECT E'a\' secret', 1", "SELECT ?, ?"),
        ("SELECT U&'secret', B'101', X'5ec', N'secret'", "SELECT ?, ?, ?, ?"),
        ("SELECT $$secret's$$, $tag$secret $$ secret$tag$", "SELECT ?, ?"),
        ("""SELECT "it's", 'secret' FROM "o""n'e\"""", """SELECT "it's", ? FROM "o""n'e\""""),
        ("SELECT 1, -2.5, .5, 1e-5, 0x1F, 1_000", "SELECT ?, -?, ?, ?-?, ?, ?"),
        ("SELECT 1 /* secret /* ' */ secret */ -- secret 'secret\n, 'secret'", "SELECT ? , ?"),
        ("SELECT '2026-01-01'::date + interval '1 day'", "SELECT ?::date + interval ?"),
        ("SET LOCAL fondasi.tenant_id = 'secret", "SET LOCAL fondasi.tenant_id = ?"),
    ],
)
def test_values_are_left_out(statement, text):
    assert told(statement).attributes["db.query.text"] == text
    assert "secret" not in str(told(statement))


def test_statement_that_is_cut_in_a_value_tells_nothing_of_it():
    text = told("SELECT a FROM b WHERE c = '" + "secret" * 10_000).attributes["db.query.text"]
    assert text == "SELECT a FROM b WHERE c = ?"


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("select * from job", "SELECT job"),
        ("INSERT INTO post (a) VALUES ($1)", "INSERT post"),
        ('UPDATE ONLY "user" SET a = 1', 'UPDATE "user"'),
        ("WITH a AS (SELECT 1 FROM job) SELECT * FROM a", "WITH job"),
        ("COMMIT;", "COMMIT"),
        ("", "SQL"),
    ],
)
def test_name_is_what_it_does_and_to_which_table_first(statement, name):
    assert told(statement).name == name
