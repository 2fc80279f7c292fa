"""Addresses of databases: what is refused as a setting, and that no password is repeated."""

import pytest
from pydantic import ValidationError

from fondasi.settings import DatabaseSettings, host_of

PASSWORD = "hunter2"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("sqlite:///x.db", "It has to begin with postgresql://, and not with sqlite://."),
        ("mysql://a:hunter2@b/c", "It has to begin with postgresql://, and not with mysql://."),
        ("hunter2", "It has to begin with postgresql://."),
        ("postgresql://a:hunter2@db.example:notaport/shop", "The port of the host db.example is no number"),
        ("postgresql://a:hunter2@db.example:70000/shop", "The port of the host db.example is no number"),
        ("postgresql://a:hunter2@[::1]:x/shop", "The port of the host [::1] is no number"),
        ("postgresql://a:hunter2@one:5432,two:x/shop", "The port of the host two is no number"),
        ("postgresql://a:hunter2#@db.example/shop", "Write # in a user name or password as %23."),
        ("postgresql://a:p@hunter2@db.example/shop", "as %40; the host was taken to be db.example."),
        ("postgresql://a:hunter2/x@db.example/shop", "Write / in a user name or password as %2F"),
        ("postgresql://a:hunter2?x@db.example/shop", "and ? as %3F"),
    ],
)
@pytest.mark.parametrize("name", ["url", "owner_url", "replica_url"])
def test_wrong_address_is_refused_with_the_remedy(name, address, sentence):
    with pytest.raises(ValidationError) as caught:
        DatabaseSettings(**{name: address})
    message = caught.value.errors()[0]["msg"]
    assert sentence in message
    assert PASSWORD not in message


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("postgresql://a:b@db.example:5432/shop?sslmode=require", "db.example:5432"),
        ("postgres://a:b%23%40%2F@db.example/shop", "db.example"),
        ("postgresql+asyncpg://a@[::1]:5433/shop", "[::1]:5433"),
        ("postgresql://a:b@one:5432,two:5433/shop?target_session_attrs=any", "one:5432,two:5433"),
        ("postgresql://fondasi_app@/fondasi?host=/tmp/fondasi-1&port=5432", "/tmp/fondasi-1"),
        ("postgresql:///shop?user=a@b", "localhost"),
    ],
)
def test_right_address_is_taken_and_its_host_known(address, host):
    assert DatabaseSettings(url=address).url.get_secret_value() == address
    assert host_of(address) == host
