"""The installation's settings as the environment gives them, typed.

Nothing set means *embedded*: SQLite, Celery's file-system transport, a local-memory cache, e-mail kept
in a folder, all under DATA_DIR, served on this machine only. Each variable grows one part.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True)
class Environment:
    """What the environment says. Paths are absolute; `database` and `email` are Django's own dictionaries."""

    data_dir: Path
    debug: bool
    secret_key: str
    allowed_hosts: tuple[str, ...]
    trusted_origins: tuple[str, ...]
    trusted_proxies: int
    database: dict[str, Any]
    redis_url: str
    email: dict[str, Any]
    email_from: str
    email_folder: Path | None
    base_url: str

    @property
    def embedded(self) -> bool:
        """Reachable from this machine only."""
        return set(self.allowed_hosts) <= LOOPBACK_HOSTS

    @property
    def sqlite(self) -> bool:
        return self.database["ENGINE"].endswith("sqlite3")


def read(base_dir: Path, source: dict[str, str] | None = None) -> Environment:
    """Read the process environment (or `source`) into an Environment.

    Raises ImproperlyConfigured, naming the variable and the remedy, when other machines may reach the
    installation (ALLOWED_HOSTS beyond this one) without what that needs.
    """
    env = environ.FileAwareEnv()
    if source is not None:
        env.ENVIRON = source

    data_dir = Path(env.str("DATA_DIR", default=str(base_dir / "var"))).resolve()
    allowed_hosts = tuple(env.list("ALLOWED_HOSTS", default=sorted(LOOPBACK_HOSTS)))
    local_only = set(allowed_hosts) <= LOOPBACK_HOSTS
    debug = env.bool("DEBUG", default=False)
    secret_key = env.str("SECRET_KEY", default="")
    redis_url = env.str("REDIS_URL", default="")
    email_url = env.str("EMAIL_URL", default="")

    if not local_only:
        _refuse_insecure(debug=debug, secret_key=secret_key, allowed_hosts=allowed_hosts)
    if not secret_key:
        secret_key = _local_secret_key(data_dir)

    email_folder = None if email_url else data_dir / "email"
    return Environment(
        data_dir=data_dir,
        debug=debug,
        secret_key=secret_key,
        allowed_hosts=allowed_hosts,
        trusted_origins=tuple(env.list("TRUSTED_ORIGINS", default=[])),
        trusted_proxies=env.int("TRUSTED_PROXIES", default=0),
        database=_database(env, data_dir),
        redis_url=redis_url,
        email=env.email_url_config(email_url)
        if email_url
        else {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(email_folder),
        },
        email_from=env.str("EMAIL_FROM", default="school.improvement@localhost"),
        email_folder=email_folder,
        base_url=env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/"),
    )


def _refuse_insecure(*, debug: bool, secret_key: str, allowed_hosts: tuple[str, ...]) -> None:
    hosts = ", ".join(h for h in allowed_hosts if h not in LOOPBACK_HOSTS)
    if debug:
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS opens this installation to {hosts}, but DEBUG is on. Unset DEBUG."
        )
    if len(secret_key) < 50:
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS opens this installation to {hosts}, but SECRET_KEY is missing or shorter than 50 "
            "characters. Set it to a long random text, the same for every process."
        )


def _local_secret_key(data_dir: Path) -> str:
    """The key made on first start and kept beside the data, readable by its owner only."""
    path = data_dir / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x") as file:
                path.chmod(0o600)
                file.write(secrets.token_urlsafe(64))
        except FileExistsError:  # another process of the same start was first
            pass
        return path.read_text()


def _database(env: environ.Env, data_dir: Path) -> dict[str, Any]:
    config: dict[str, Any] = env.db_url("DATABASE_URL", default=f"sqlite:///{data_dir / 'db.sqlite3'}")
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
