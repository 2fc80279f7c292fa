"""Every page of the web UI, in the states that somebody may be sent: what a new page adds a line to.

`test_places.py` opens each of them: by its address, again, and by Back; it looks at each with axe, light and dark, wide
and narrow.
"""

from dataclasses import dataclass

from fixtures.browser import ADMINISTRATOR, MEMBER


@dataclass(frozen=True)
class Place:
    """A page in a state.

    Attributes:
        path: what follows the language in its address; names in braces are ids of what is filled in (`oddities.py`).
        shows: what one reads there, in English.
        person: who is signed in: nobody, or one of `fixtures.browser`.
        changes: whether it is another each time, for it tells of the visits.
    """

    path: str
    shows: str
    person: str | None = None
    changes: bool = False

    def __str__(self) -> str:
        return self.path or "/"


PLACES = [
    Place("", "All of them are fictitious"),
    Place("/search", "Newest first"),
    Place("/search?level=appeal&level=review&outcome=kabul", "Clear all filters"),
    Place("/search?q=penciruan+motor&sort=-pronounced_on", "Did you mean"),
    Place("/search?q=nyolong+motor+tahun+2019&as_typed=nyolong", "nyolong as typed"),
    Place("/search?q=tanah&judge=dr&strategy=lexical", "Judge dr"),
    Place("/search?q=pencurian+motor", "found"),
    Place("/search?q=pencurian&level=first_instance&page=2", "Page 2 of"),
    Place("/search?q=zzzzqqqq", "Nothing was found for “zzzzqqqq”."),
    Place("/search?q=zzzzqqqq&year=2017", "with these filters"),
    Place("/search?q=pasal+363+kuhp&year=1999", "The filter Year excludes most"),
    Place("/search?q=menggali+sumur", "José"),
    Place("/search?q=perahu+naga", "PN Semut Ungu"),
    Place("/decision?id={decision}", "431/Pid.Sus/2017/PN Lru"),
    Place(
        "/decision?id={decision}&section=pertimbangan_hukum&start=1998&end=2338&from=q%3Dmengantuk",
        "Back to the list",
    ),
    Place(
        "/decision?id={decision}&section=pertimbangan_hukum&start=99999998&end=99999999",
        "is not in the text any more",
    ),
    Place(
        "/decision?id={decision}&section=pertimbangan_hukum&start=1998&end=2338&original=",
        "Page 4 of",
    ),
    Place("/decision?id={decision}&original=2&zoom=2", "Page 2 of"),
    Place("/decision?id={odd}&original=", "No original was kept"),
    Place("/decision?id={odd}", "19/Pdt.G/2021/PN Smu"),
    Place("/decision?id={long}", "Panjang"),
    Place("/decision?id=00000000-0000-7000-8000-000000000000", "There is no such decision"),
    Place("/decision", "There is no such decision"),
    Place("/statistics", "Decisions by year"),
    Place("/statistics?q=pencurian&level=appeal", "Decisions by outcome"),
    Place("/rows?of=posts", "Kabar dari José"),
    Place("/rows?of=posts&search=Kabar&sort=title&page=2", "Clear all filters"),
    Place("/rows?of=posts&search=zzzzqqqq", "Nothing fits these filters."),
    Place("/rows?of=posts", "New post", person=MEMBER),
    Place("/rows?of=nothing", "This does not exist"),
    Place("/rows", "This does not exist"),
    Place("/row?of=posts&row={post}&from=sort%3Dtitle", "Balai desa buka kembali."),
    Place("/row?of=posts&row={post}", "Delete", person=MEMBER),
    Place("/row?of=posts&row={nothing}", "This does not exist"),
    Place("/row?of=posts", "This does not exist"),
    Place("/row/edit?of=posts", "2 to 200 characters", person=MEMBER),
    Place("/row/edit?of=posts&row={post}", "2 to 200 characters", person=MEMBER),
    Place("/row/edit?of=posts&row={theirs}", "This is not yours to change.", person=MEMBER),
    Place("/row/edit?of=posts&row={nothing}", "This does not exist", person=MEMBER),
    Place("/tenant/rows?id={team}&of=nothing", "This does not exist", person=MEMBER),
    Place("/tenant/row?id={team}&of=nothing", "This does not exist", person=MEMBER),
    Place("/tenant/row/edit?id={team}&of=nothing", "This does not exist", person=MEMBER),
    Place("/sign-in", "Sign in"),
    Place("/sign-in?return=%2Faccount", "Sign in"),
    Place("/sign-up", "Sign up"),
    Place("/forgot", "password"),
    Place("/invitation", "invitation", person=MEMBER),
    Place("/account", "Where you are signed in", person=MEMBER),
    Place("/account/profile", "Profile", person=MEMBER),
    Place("/account/contacts", "ani@example.com", person=MEMBER),
    Place("/account/preferences", "Language and time", person=MEMBER),
    Place("/account/password", "Password", person=MEMBER),
    Place("/account/passkeys", "There are no passkeys at this address", person=MEMBER),
    Place("/account/second-factor", "Second factor", person=MEMBER),
    Place("/account/identities", "Other accounts", person=MEMBER),
    Place("/account/devices", "Devices", person=MEMBER, changes=True),
    Place("/account/keys", "API keys", person=MEMBER),
    Place("/account/activity", "Activity", person=MEMBER, changes=True),
    Place("/account/activity?to=2020-01-31", "Nothing was recorded of this.", person=MEMBER),
    Place("/account/data", "Your data", person=MEMBER),
    Place("/tenants", "Regu Ditangguhkan", person=MEMBER),
    Place("/tenants?role=owner&sort=-created_at", "Clear all filters", person=MEMBER),
    Place("/tenants/new", "Make the team", person=MEMBER),
    Place("/tenant?id={team}", "Leave the team", person=MEMBER),
    Place("/tenant?id={closed}", "This team is closed", person=MEMBER),
    Place("/tenant?id={suspended}", "This team is suspended.", person=MEMBER),
    Place("/tenant?id=00000000-0000-7000-8000-000000000000", "This does not exist", person=MEMBER),
    Place("/tenant", "This does not exist", person=MEMBER),
    Place("/tenant/members?id={team}", "Siti Purnama", person=MEMBER),
    Place("/tenant/members?id={team}&search=Jos%C3%A9&role=member", "José", person=MEMBER),
    Place("/tenant/member?id={team}&user={teammate}", "Rights beside the role", person=MEMBER),
    Place("/tenant/member?id={team}&user={decision}", "This person is not in the team.", person=MEMBER),
    Place("/tenant/roles?id={team}", "Invite people, and remove members.", person=MEMBER),
    Place("/tenant/invitations?id={team}", "waits for an answer", person=MEMBER),
    Place("/tenant/invitations?id={team}&status=revoked", "Nothing fits these filters.", person=MEMBER),
    Place("/tenant/invite?id={team}", "Send the invitation", person=MEMBER),
    Place("/tenant/ownership?id={team}", "Hand over", person=MEMBER),
    Place("/tenant/activity?id={team}", "Another role", person=MEMBER),
    Place(
        "/tenant/activity?id={team}&from=2020-01-01&to=2020-01-31",
        "Nothing was recorded of this.",
        person=MEMBER,
    ),
    Place("/tenant/settings?id={team}", "Delete the team", person=MEMBER),
    Place("/tenant/settings?id={closed}", "Open the team again", person=MEMBER),
    Place("/administration", "Open sessions", person=ADMINISTRATOR, changes=True),
    Place("/administration?days=90", "per week, from Monday", person=ADMINISTRATOR, changes=True),
    Place("/administration", "There is nothing here that you may see.", person=MEMBER),
    Place("/administration/users", "Invite somebody", person=ADMINISTRATOR),
    Place("/administration/users", "You may not see this.", person=MEMBER),
    Place(
        "/administration/users?search=ani&status=active&sort=name", "Clear all filters", person=ADMINISTRATOR
    ),
    Place("/administration/users?search=nobody-is-called-so", "Nothing fits", person=ADMINISTRATOR),
    Place(
        "/administration/users/user?id={member}&from=search%3Dani", "ani@example.com", person=ADMINISTRATOR
    ),
    Place("/administration/users/user?id={nothing}", "This does not exist", person=ADMINISTRATOR),
    Place("/administration/users/user", "This does not exist", person=ADMINISTRATOR),
    Place("/administration/users/invite", "seven days", person=ADMINISTRATOR),
    Place("/administration/groups", "moderator", person=ADMINISTRATOR),
    Place("/administration/groups?search=no-such-group", "Nothing fits", person=ADMINISTRATOR),
    Place("/administration/groups/group?id={group}", "Members", person=ADMINISTRATOR),
    Place("/administration/groups/group?id={nothing}", "This does not exist", person=ADMINISTRATOR),
    Place("/administration/groups/group", "This does not exist", person=ADMINISTRATOR),
    Place("/administration/activity", "Unbroken up to entry", person=ADMINISTRATOR, changes=True),
    Place("/administration/activity", "You may not see this.", person=MEMBER),
    Place(
        "/administration/activity?from=2020-01-01&to=2020-01-31",
        "Nothing was recorded of this.",
        person=ADMINISTRATOR,
        changes=True,
    ),
    Place("/administration/activity/entry?id={nothing}", "This does not exist", person=ADMINISTRATOR),
    Place("/administration/activity/entry", "This does not exist", person=ADMINISTRATOR),
    Place("/administration/jobs", "Jobs", person=ADMINISTRATOR, changes=True),
    Place(
        "/administration/jobs?status=cancelled&name=tasks.purge",
        "Clear all filters",
        person=ADMINISTRATOR,
        changes=True,
    ),
    Place("/administration/jobs/scheduled", "tasks.purge", person=ADMINISTRATOR, changes=True),
    Place("/administration/jobs/job?id={nothing}", "This does not exist", person=ADMINISTRATOR),
    Place("/administration/jobs/job", "This does not exist", person=ADMINISTRATOR),
    Place("/administration/messages", "What they say nobody sees", person=ADMINISTRATOR, changes=True),
    Place("/administration/messages?status=failed", "Nothing fits these filters.", person=ADMINISTRATOR),
    Place("/administration/messages", "You may not see this.", person=MEMBER),
    Place("/administration/tiers", "Room for files", person=ADMINISTRATOR),
    Place("/administration/tiers/tier?name=nothing-there", "This does not exist", person=ADMINISTRATOR),
    Place("/administration/tiers/tier", "This does not exist", person=ADMINISTRATOR),
    Place("/administration/tiers/new", "Lower-case letters", person=ADMINISTRATOR),
    Place("/administration/groups/new", "For whom it is", person=ADMINISTRATOR),
]
