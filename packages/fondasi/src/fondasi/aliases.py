"""Paths of the systems that Fondasi replaces, and the operations that do the same here.

They are no part of the OpenAPI document and cost other requests nothing; see `fondasi.kit.http.aliases`. Clients of
those systems go on working with `API_PREFIX` set to the prefix that they know. An application brings aliases of its own
(`Module.aliases`).
"""

from fondasi.kit.http.aliases import Alias

IDENTIFIER = {"email": "identifier", "phone": "identifier", "username": "identifier"}
LOGIN = {"email": "username", "phone": "username", "identifier": "username"}
PROOF = {**IDENTIFIER, "otp": "code"}
USER = {"profile_image_url": "profile_picture_url"}

ALIASES = (
    # Signing in and out
    Alias("POST /token", "POST /login"),
    Alias("POST /auth/login", "POST /login", fields=LOGIN),
    Alias("POST /auth/login-with-password", "POST /login", fields=LOGIN),
    Alias("POST /auth/refresh-token", "POST /refresh"),
    Alias("POST /auth/logout", "POST /logout"),
    # One-time passwords
    Alias(
        "POST /auth/send-one-time-password",
        "POST /auth/otp",
        fields=IDENTIFIER,
        defaults={"purpose": "login"},
    ),
    Alias(
        "POST /auth/verify-one-time-password",
        "POST /auth/otp/verify",
        fields=PROOF,
        defaults={"purpose": "login"},
    ),
    Alias("POST /auth/login-with-otp", "POST /auth/otp/login", fields=PROOF),
    Alias(
        "POST /auth/verify",
        "POST /auth/otp/signup",
        fields={"email": "identifier", "phone": "identifier", "otp": "code"},
    ),
    # Passwords and contacts
    Alias("POST /auth/set-password", "POST /auth/password/set", fields={"password": "new_password"}),
    Alias(
        "POST /auth/change-password",
        "POST /auth/password/change",
        fields={"old_password": "current_password"},
    ),
    Alias(
        "POST /auth/forget-password",
        "POST /auth/password/reset",
        fields={**PROOF, "password": "new_password"},
    ),
    Alias("POST /auth/verify-email-and-phone", "POST /auth/contacts/verify", fields=PROOF),
    Alias("POST /auth/check-user-availability", "POST /auth/availability"),
    # Users
    Alias("GET /user", "GET /users"),
    Alias("POST /user", "POST /users"),
    Alias("GET /user/me", "GET /users/me"),
    Alias("GET /user/{username}", "GET /users/{username}"),
    Alias("PATCH /user/{username}", "PATCH /users/{username}", fields=USER),
    Alias("PUT /user/{username}", "PATCH /users/{username}", fields=USER),
    Alias("DELETE /user/{username}", "DELETE /users/{username}"),
    Alias("DELETE /db_user/{username}", "DELETE /users/{username}", query={"permanent": "true"}),
    # Settings
    Alias("POST /settings/profile-language", "PATCH /settings", fields={"profile_language": "language"}),
    Alias("POST /settings/update-theme", "PATCH /settings"),
    Alias("POST /settings/update-timezone", "PATCH /settings"),
    Alias(
        "POST /settings/profile-accessibility",
        "PATCH /settings",
        fields={"accessibility": "profile_accessibility"},
    ),
    # Groups and permissions
    Alias("PUT /permissions/{code}", "PATCH /permissions/{code}"),
    Alias("PUT /groups/{group_id}", "PATCH /groups/{group_id}"),
    Alias("POST /groups/{group_id}/permissions", "PUT /groups/{group_id}/permissions"),
    Alias("POST /users/{username}/groups", "PUT /users/{username}/groups"),
    Alias("POST /users/{username}/permissions", "PUT /users/{username}/permissions"),
    # Tiers and limits
    Alias("POST /tier", "POST /tiers"),
    Alias("GET /tier/{name}", "GET /tiers/{name}"),
    Alias("PATCH /tier/{name}", "PATCH /tiers/{name}"),
    Alias("DELETE /tier/{name}", "DELETE /tiers/{name}"),
    Alias("GET /tier/{name}/rate_limits", "GET /tiers/{name}/rate-limits"),
    Alias("POST /tier/{name}/rate_limit", "POST /tiers/{name}/rate-limits"),
    Alias("GET /tier/{name}/rate_limit/{id}", "GET /tiers/{name}/rate-limits/{id}"),
    Alias("PATCH /tier/{name}/rate_limit/{id}", "PATCH /tiers/{name}/rate-limits/{id}"),
    Alias("DELETE /tier/{name}/rate_limit/{id}", "DELETE /tiers/{name}/rate-limits/{id}"),
    Alias("GET /user/{username}/tier", "GET /users/{username}/tier"),
    Alias("PATCH /user/{username}/tier", "PATCH /users/{username}/tier", fields={"tier_id": "tier"}),
    Alias("GET /user/{username}/rate_limits", "GET /users/{username}/rate-limits"),
    # Tasks
    Alias("POST /tasks/task", "POST /tasks", from_query=["message"]),
    Alias("GET /tasks/task/{task_id}", "GET /tasks/{task_id}"),
    # Files
    Alias("POST /upload/media", "POST /files"),
    Alias("GET /upload/media/{file_id}", "GET /files/{file_id}"),
    Alias("DELETE /upload/media/{file_id}", "DELETE /files/{file_id}"),
    # Tenants
    Alias("GET /tenant", "GET /tenants"),
    Alias("POST /tenant", "POST /tenants"),
    Alias("GET /tenant/{tenant_id}", "GET /tenants/{tenant_id}"),
    Alias("PUT /tenant/{tenant_id}", "PATCH /tenants/{tenant_id}"),
    Alias("PATCH /tenant/{tenant_id}", "PATCH /tenants/{tenant_id}"),
    Alias("DELETE /tenant/{tenant_id}", "DELETE /tenants/{tenant_id}"),
    # Health, below the prefix
    Alias("GET /health", "GET /health"),
    Alias("GET /health/live", "GET /health/live"),
    Alias("GET /health/ready", "GET /health/ready"),
    Alias("GET /health/database", "GET /health/database"),
    Alias("GET /health/storage", "GET /health/storage"),
    Alias("GET /health/system", "GET /health/system"),
    Alias("GET /health/detailed", "GET /health/detailed"),
)
