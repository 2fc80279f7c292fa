"""`fondasi settings`: what can be set, what is set and where, for those who have the package alone."""

import json

from fondasi.settings import Settings, setting_groups

SECRETS = {
    "SECRET_KEY": "0123456789abcdef" * 4,
    "DATABASE_URL": "postgresql://app:hunter2@db.example/app",
    "MAIL_PASSWORD": "hunter2",
    "OAUTH_PROVIDERS": "google",
    "OAUTH_GOOGLE_CLIENT_ID": "shop",
    "OAUTH_GOOGLE_CLIENT_SECRET": "hunter2",
}


def rows(done) -> dict[str, dict[str, str | None]]:
    assert done.returncode == 0, done.stderr
    return {row["name"]: row for row in json.loads(done.stdout)}


def test_each_setting_tells_what_it_takes_its_default_and_what_it_is_for(fondasi, tmp_path):
    found = rows(fondasi(tmp_path, "settings", "--json"))
    fields = {
        f"{group}_{name}".upper()
        for group in Settings.model_fields
        if hasattr(kind := Settings.model_fields[group].annotation, "model_fields")
        for name in kind.model_fields
    }
    assert fields < found.keys()
    assert all(row["kind"] and row["description"] for row in found.values())
    assert found["MAIL_PORT"] == {
        "name": "MAIL_PORT",
        "kind": "whole number, ≥ 1, ≤ 65535",
        "default": "587",
        "description": "Port of the SMTP server.",
        "value": None,
        "source": None,
    }
    assert found["OUTGOING_PORTS"]["default"] == "80,443"
    assert not (tmp_path / "data").exists()


def test_what_is_set_is_told_with_where_it_is_set(fondasi, tmp_path):
    (tmp_path / ".env").write_text(
        "mail_port=2525\nMAIL_HOST=mail.example\nOUTGOING_PORTS=8080, 8443\nPORT=9000\n"
    )
    found = rows(
        fondasi(
            tmp_path, "settings", "--set", "--json", MAIL_HOST="other.example", PORT="", JOB='{"grace": 7}'
        )
    )
    told = {name: (row["value"], row["source"]) for name, row in found.items()}
    assert told == {
        "FONDASI_DATA_DIR": (str(tmp_path / "data"), "environment"),
        "MODULES": ("posts", "environment"),
        "MAIL_PORT": ("2525", ".env"),
        "MAIL_HOST": ("other.example", "environment"),
        "OUTGOING_PORTS": ("8080,8443", ".env"),
        "PORT": ("9000", ".env"),
        "JOB_GRACE": ("7.0", "environment"),
        "QUOTA_USER_LIMIT": ("60000", "other settings"),  # ENVIRONMENT is local
        "QUOTA_ADDRESS_LIMIT": ("60000", "other settings"),
        "PASSKEY_RP_ID": ("localhost", "other settings"),
    }


def test_secrets_are_hidden(fondasi, tmp_path):
    for options in ([], ["--json"]):
        done = fondasi(tmp_path, "settings", *options, **SECRETS)
        assert "hunter2" not in done.stdout + done.stderr
        assert SECRETS["SECRET_KEY"] not in done.stdout + done.stderr
    found = rows(done)
    hidden = {name for name, row in found.items() if row["value"] == "(hidden)"}
    assert hidden == {"SECRET_KEY", "DATABASE_URL", "MAIL_PASSWORD", "OAUTH_GOOGLE_CLIENT_SECRET"}
    assert found["OAUTH_GOOGLE_CLIENT_ID"]["value"] == "shop"
    assert found["OAUTH_PROVIDERS"]["value"] == "google"


def test_some_are_found_by_a_part_of_their_names(fondasi, tmp_path):
    done = fondasi(tmp_path, "settings", "mail", MAIL_HOST="mail.example")
    assert "MAIL_HOST  (text)" in done.stdout
    assert "    now mail.example, from environment" in done.stdout
    assert "MAIL_PORT  (whole number, ≥ 1, ≤ 65535; default 587)\n    Port of the SMTP server." in done.stdout
    assert "JOB_" not in done.stdout
    assert fondasi(tmp_path, "settings", "MAIL", "--set").stdout.startswith("Nothing is set")


def test_a_name_that_there_is_not_is_told_with_the_nearest(fondasi, tmp_path):
    done = fondasi(tmp_path, "settings", "DATABSE_URL")
    assert (done.returncode, done.stdout) == (1, "")
    assert "No setting has DATABSE_URL in its name. Did you mean DATABASE_URL" in done.stderr
    assert rows(fondasi(tmp_path, "settings", "DATABSE_URL", "--json")) == {}


def test_misspelt_names_are_told_beside(fondasi, tmp_path):
    (tmp_path / ".env").write_text("OTHER=1\n")
    done = fondasi(tmp_path, "settings", "MAIL")
    assert "OTHER in .env is no setting; `fondasi settings` lists them." in done.stderr


def test_the_page_of_the_settings_describes_providers_by_a_name():
    names = [row.name for group in setting_groups() for row in group.settings]
    assert "OAUTH_NAME_ISSUER" in names
