"""Second factors: codes of an authenticator app, recovery codes, and proving again who one is (step-up)."""

from fondasi.identity.factors.personal_data import PERSONAL_DATA
from fondasi.identity.factors.proofs import sign_in as finish_sign_in
from fondasi.identity.factors.routes import router
from fondasi.identity.factors.service import SecondFactors

__all__ = ["PERSONAL_DATA", "SecondFactors", "finish_sign_in", "router"]
