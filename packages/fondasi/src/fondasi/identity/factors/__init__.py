"""Second factors: codes of an authenticator app, recovery codes, and proving again who one is (step-up)."""

from fondasi.identity.factors.repository import delete_factor
from fondasi.identity.factors.routes import router
from fondasi.identity.factors.service import SecondFactors

__all__ = ["SecondFactors", "delete_factor", "router"]
