"""The installation's settings as the environment gives them, typed.

Nothing set means *embedded*: SQLite, Celery's file-system transport, a local-memory cache, e-mail kept
in a folder, all under DATA_DIR, served on this machine only. Each variable grows one part.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True)
class IdentityProvider:
    """Where the authority's people have their work accounts, over OpenID Connect."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str  # after "Sign in with" on the button
    trust_email: bool  # its directory is the authority's own

    @property
    def origin(self) -> str:
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True)
class Environment:
    """What the environment says. Paths are absolute; `database` and `email` are Django's own dictionaries."""

    data_dir: Path
    debug: bool
    secret_key: str = field(repr=False)
    allowed_hosts: tuple[str, ...]
    trusted_origins: tuple[str, ...]
    trusted_proxies: int
    database: dict[str, Any] = field(repr=False)
    redis_url: str = field(repr=False)
    email: dict[str, Any] = field(repr=False)
    email_from: str
    email_folder: Path | None
    base_url: str
    require_second_factor: bool = False
    idle_months: int = 13
    identity_provider: IdentityProvider | None = None

    @property
    def embedded(self) -> bool:
        """Reachable from this machine only."""
        return set(self.allowed_hosts) <= LOOPBACK_HOSTS

    @property
    def sqlite(self) -> bool:
        return self.database["ENGINE"].endswith("sqlite3")


def read(base_dir: Path, source: Mapping[str, str] | None = None) -> Environment:
    """Read the process environment (or `source`) into an Environment; docs/settings.md lists the variables.

    A variable set to nothing is not set. NAME_FILE gives the value of NAME from a file, as container secrets do.
    Raises ImproperlyConfigured, naming the variable and the remedy, for a value that cannot be read, and when
    other machines may reach the installation (ALLOWED_HOSTS beyond this one) without what that needs.
    """
    env = environ.FileAwareEnv()
    given = os.environ if source is None else source
    env.ENVIRON = FileAwareMapping({name: value for name, value in given.items() if value}, cache=False)

    data_dir = Path(_value(env.str, "DATA_DIR", default=str(base_dir / "var"))).resolve()
    email_url = _value(env.str, "EMAIL_URL", default="")
    email_folder = None if email_url else data_dir / "email"
    found = Environment(
        data_dir=data_dir,
        debug=_value(env.bool, "DEBUG", default=False),
        secret_key=_value(env.str, "SECRET_KEY", default=""),
        allowed_hosts=tuple(_value(env.list, "ALLOWED_HOSTS", default=sorted(LOOPBACK_HOSTS))),
        trusted_origins=tuple(_value(env.list, "TRUSTED_ORIGINS", default=[])),
        trusted_proxies=_value(env.int, "TRUSTED_PROXIES", default=0),
        database=_database(env, data_dir),
        redis_url=_redis_url(env),
        email=_value(env.email_url, "EMAIL_URL")
        if email_url
        else {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(email_folder),
        },
        email_from=_value(env.str, "EMAIL_FROM", default="school.improvement@localhost"),
        email_folder=email_folder,
        base_url=_value(env.str, "BASE_URL", default="http://127.0.0.1:8000").rstrip("/"),
    )
    if not found.embedded:
        _refuse_insecure(found)
    # Where other machines reach it, a stolen password must not be enough.
    required = _value(env.bool, "REQUIRE_SECOND_FACTOR", default=not found.embedded)
    idle_months = _value(env.int, "IDLE_MONTHS", default=found.idle_months)
    if idle_months and idle_months < 2:
        raise ImproperlyConfigured("IDLE_MONTHS must be 0, or 2 or more: people are warned a month ahead.")
    found = replace(
        found,
        idle_months=idle_months,
        require_second_factor=required,
        identity_provider=_identity_provider(env),
    )
    return found if found.secret_key else replace(found, secret_key=_local_secret_key(data_dir))


def _value(reader: Callable[..., Any], name: str, **kwargs: Any) -> Any:
    try:
        return reader(name, **kwargs)
    except (ValueError, KeyError, TypeError, OSError, ImproperlyConfigured) as error:
        # The libraries' own words may quote a password out of the address, so they stay out of the message.
        raise ImproperlyConfigured(f"{name} cannot be read. docs/settings.md shows its form.") from error


def _refuse_insecure(found: Environment) -> None:
    hosts = ", ".join(h for h in found.allowed_hosts if h not in LOOPBACK_HOSTS)
    faults = {
        "any name would do. Name the hosts people use.": "*" in found.allowed_hosts,
        "DEBUG is on. Unset DEBUG.": found.debug,
        "SECRET_KEY is missing or shorter than 50 characters. Set it to a long random text, the same for every "
        "process.": len(found.secret_key) < 50,
        "BASE_URL is not an https:// address. Set it to the address people use: links in e-mails start with it.": not (
            found.base_url.startswith("https://")
        ),
        "TRUSTED_PROXIES is 0. The web server speaks no TLS itself: put a proxy in front that does, and set "
        "TRUSTED_PROXIES to how many proxies there are.": found.trusted_proxies < 1,
    }
    for fault, holds in faults.items():
        if holds:
            raise ImproperlyConfigured(f"ALLOWED_HOSTS opens this installation to {hosts}, but {fault}")


def _local_secret_key(data_dir: Path) -> str:
    """The key made on first start and kept beside the data, readable by its owner only."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        # Written whole, then linked: two processes of one first start agree on whichever came first.
        with NamedTemporaryFile("w", dir=data_dir, prefix="secret_key-") as file:  # mode 0600
            file.write(secrets.token_urlsafe(64))
            file.flush()
            with suppress(FileExistsError):
                path.hardlink_to(file.name)
    return path.read_text()


def _identity_provider(env: environ.Env) -> IdentityProvider | None:
    names = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    issuer, client_id, secret = (_value(env.str, each, default="") for each in names)
    name = _value(env.str, "OIDC_NAME", default="your work account")
    trust_email = _value(env.bool, "OIDC_TRUST_EMAIL", default=False)
    if not (issuer or client_id or secret):
        return None
    missing = [each for each, value in zip(names, (issuer, client_id, secret), strict=True) if not value]
    if missing:
        raise ImproperlyConfigured(f"{missing[0]} is missing: {', '.join(names)} go together.")
    parts = urlsplit(issuer)
    if not parts.hostname or (parts.scheme != "https" and parts.hostname not in LOOPBACK_HOSTS):
        raise ImproperlyConfigured(
            "OIDC_ISSUER must be an https:// address. docs/settings.md shows its form."
        )
    if parts.path.split("/")[1:2] in (["common"], ["organizations"], ["consumers"]):
        raise ImproperlyConfigured(
            "OIDC_ISSUER lets people of every organisation in. Put your own tenant's number into the address."
        )
    return IdentityProvider(
        issuer=issuer.rstrip("/"),
        client_id=client_id,
        client_secret=secret,
        name=name,
        trust_email=trust_email,
    )


def _redis_url(env: environ.Env) -> str:
    url: str = _value(env.str, "REDIS_URL", default="")
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(
            "REDIS_URL must start with redis:// or rediss://. docs/settings.md shows its form."
        )
    return url


def _database(env: environ.Env, data_dir: Path) -> dict[str, Any]:
    url: str = _value(env.str, "DATABASE_URL", default="")
    config: dict[str, Any]
    if not url:
        config = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(data_dir / "db.sqlite3")}
    elif url.startswith(("postgres://", "postgresql://", "sqlite:///")):
        config = _value(env.db_url, "DATABASE_URL")
    else:
        raise ImproperlyConfigured(
            "DATABASE_URL must start with postgres:// or sqlite:///. docs/settings.md shows its form."
        )
    if config["ENGINE"].endswith("sqlite3"):
        # Immediate transactions and a long busy timeout: with write-ahead logging a hundred concurrent
        # writers queue instead of failing.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
        }
        # A file, because the in-memory database knows neither the journal nor the timeout.
        config["TEST"] = {"NAME": str(data_dir / "test.sqlite3")}
    else:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
    config["ATOMIC_REQUESTS"] = False  # actions open their own transactions; progress is written beside them
    return config
