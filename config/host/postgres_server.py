"""How to reach a PostgreSQL server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Server:
    """How to reach PostgreSQL as the product's role."""

    host: str
    user: str
    port: str = ""
    password: str = ""

    def env(self) -> dict[str, str]:
        """libpq's variables, for psycopg2, createdb and the like."""
        values = {
            "PGHOST": self.host,
            "PGUSER": self.user,
            "PGPORT": self.port,
            "PGPASSWORD": self.password,
        }
        return {name: value for name, value in values.items() if value}

    def options(self) -> dict[str, str]:
        """The same for odoo.conf."""
        values = {
            "db_host": self.host,
            "db_user": self.user,
            "db_port": self.port,
            "db_password": self.password,
        }
        return {name: value for name, value in values.items() if value}
