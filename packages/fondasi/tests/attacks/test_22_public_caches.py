"""22: `Cache-Control: public` on every answer, those with tokens included. Here no answer may be kept."""

import pytest

PASSWORD = "correct horse battery staple"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/login", {"username": "ani", "password": PASSWORD}),
        ("POST", "/api/v1/login", {"username": "ani", "password": "wrong wrong wrong"}),
        ("GET", "/api/v1/users/me", None),
        ("GET", "/api/v1/sessions", None),
        ("GET", "/health", None),
        ("GET", "/nowhere", None),
    ],
)
async def test_no_answer_is_kept(client, login, method, path, body):
    headers = {"Authorization": f"Bearer {(await login())['access_token']}"}
    answer = await client.request(method, path, json=body, headers=headers)
    assert answer.headers["cache-control"] == "no-store"
