"""One-time passwords: given out to a contact, good once, for one purpose, one identity and one request."""

from fondasi.identity.codes.errors import TooManyCodes, WrongCode
from fondasi.identity.codes.jobs import purge
from fondasi.identity.codes.models import Purpose
from fondasi.identity.codes.personal_data import PERSONAL_DATA
from fondasi.identity.codes.service import Asker, Codes, Issued, Proof, Target

__all__ = [
    "PERSONAL_DATA",
    "Asker",
    "Codes",
    "Issued",
    "Proof",
    "Purpose",
    "Target",
    "TooManyCodes",
    "WrongCode",
    "purge",
]
