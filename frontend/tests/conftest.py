"""Fixtures of the journeys."""

import pytest
from teams import Team

from fondasi.kit.ids import new_id
from fondasi.tenancy.models import Tenant


@pytest.fixture
def team_of(service, open_page):
    """A new team: `team = await team_of(ani="owner", budi="member")`."""

    async def make(**roles: str) -> Team:
        team = Team(service, open_page)
        async with service.platform.database.unit_of_work(audited=False) as session:
            made = Tenant(id=new_id(), name=team.name)
            session.add(made)
            team.id = str(made.id)
        for who, role in roles.items():
            await team.joins(who, role)
        return team

    return make
