"""Tenants: who belongs to which, what he may do there, and that nobody sees another tenant's rows."""

from fondasi.tenancy.isolation import ISOLATION_EXCEPTIONS

__all__ = ["ISOLATION_EXCEPTIONS"]
