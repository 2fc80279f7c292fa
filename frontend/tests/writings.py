"""Posts with titles of every script, beside what the demo fills in. All of them are invented."""

from uuid import UUID

from oddities import LONG_NAME, NAMES

from fondasi.platform import Platform
from posts.posts.models import Post

# What addresses in places.py have in braces.
TITLES = {"post": "Pengumuman أحمد", "theirs": "Catatan Nguyễn"}
MANY = 25  # more than a page
TEXT = "Balai desa buka kembali.\n\n" + "Warga diundang. " * 40


async def add(platform: Platform, member: UUID, other: UUID) -> None:
    """Publish them: all but one in the name of `member`."""
    odd = [TITLES["post"], *(f"Kabar dari {name}" for name in NAMES), LONG_NAME[:200]]
    titles = [*(f"Kabar {number}" for number in range(MANY)), *odd]
    async with platform.database.unit_of_work(audited=False) as session:
        session.add_all(Post(owner_id=member, title=title, text=TEXT, word_count=84) for title in titles)
        session.add(Post(owner_id=other, title=TITLES["theirs"], text=TEXT))
