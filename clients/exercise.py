"""Uses the Python client as a program would: `clients/build/venv/bin/python clients/exercise.py http://localhost:8000`."""

import sys
from importlib import import_module
from os import getpid
from pathlib import Path
from pkgutil import walk_packages
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent / "build" / "python"))

import fondasi_client
from fondasi_client import AuthenticatedClient, Client
from fondasi_client.api.legal_search import search_documents
from fondasi_client.api.posts import list_posts, read_post
from fondasi_client.api.sessions import login
from fondasi_client.api.users import create_user, read_own_user
from fondasi_client.models import Credentials, ProblemDetails, SearchRequest, UserCreate

modules = [import_module(found.name) for found in walk_packages(fondasi_client.__path__, "fondasi_client.")]

url = sys.argv[1]
client = Client(base_url=url)
username, password = f"py-{getpid()}", "correct horse battery staple"

made = create_user.sync(client=client, body=UserCreate(username=username, password=password))
assert made.username == username, made
taken = create_user.sync(client=client, body=UserCreate(username=username, password=password))
assert isinstance(taken, ProblemDetails), taken
assert taken.error_code == "USERNAME_TAKEN", taken

tokens = login.sync(client=client, body=Credentials(username=username, password=password))
signed_in = AuthenticatedClient(base_url=url, token=tokens.access_token)
assert read_own_user.sync(client=signed_in).username == username

found = search_documents.sync(client=client, body=SearchRequest(query="pencurian", items_per_page=2))
assert found.items_per_page == 2, found
page = list_posts.sync(client=client, page=1, items_per_page=5)
assert (page.page, page.data) == (1, []), page
missing = read_post.sync(UUID("01900000-0000-7000-8000-000000000000"), client=client)
assert missing.error_code == "NOT_FOUND", missing
print(f"Python: {len(modules)} modules; signed up, signed in, searched, read a page, understood errors.")
