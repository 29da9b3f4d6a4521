"""compose.yaml: valid, locked down, and in step with the image and the settings."""

import json
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
BOT = COMPOSE["services"]["bot"]
ROOT_SCHEMAS = "builtin_schemas/vendor"


def schema(name: str) -> Any:
    """A published schema, out of the package that carries them."""
    found = find_spec("check_jsonschema")
    if found is None or found.origin is None:
        pytest.skip("check-jsonschema, which carries the schemas, is not installed")
    return json.loads((Path(found.origin).parent / ROOT_SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))


def test_it_is_valid_compose() -> None:
    """Against the Compose Specification's own schema, which knows every key."""
    jsonschema.validate(COMPOSE, schema("compose-spec"))


def test_the_schema_would_notice() -> None:
    """A misspelled key fails, so the test above says something."""
    broken = {**COMPOSE, "services": {"bot": {**BOT, "read_onyl": True}}}
    with pytest.raises(jsonschema.ValidationError, match="read_onyl"):
        jsonschema.validate(broken, schema("compose-spec"))


def test_the_bot_is_locked_down() -> None:
    """Read-only but for its volume, no capability, no way to new ones, bounded, an init to reap."""
    assert (BOT["read_only"], BOT["cap_drop"], BOT["init"]) == (True, ["ALL"], True)
    assert "no-new-privileges:true" in BOT["security_opt"]
    assert BOT["volumes"] == ["data:/data"]
    assert {"pids_limit", "mem_limit", "stop_grace_period"} <= BOT.keys()


def test_ports_are_open_to_this_machine_only() -> None:
    """Without a proxy in front nothing is reachable from outside; the database is not published at all."""
    assert all(port.startswith("127.0.0.1:") for port in BOT["ports"])
    assert "ports" not in COMPOSE["services"]["db"]


def test_no_secret_stands_in_the_file() -> None:
    """Secrets are files; what is in `environment` is plain, or the path of a secret."""
    known = {spec.metadata["name"]: spec.metadata["secret"] for spec in fields(Settings)}
    for name, value in BOT["environment"].items():
        if name.endswith("_FILE"):
            assert known[name.removesuffix("_FILE")]
            assert value.removeprefix("/run/secrets/") in BOT["secrets"]
        else:
            assert known[name] is False
    assert "POSTGRES_PASSWORD" not in COMPOSE["services"]["db"]["environment"]
    assert all(one["file"].startswith("./secrets/") for one in COMPOSE["secrets"].values())


def test_what_it_names_is_there() -> None:
    """The Dockerfile, and every secret and volume a service uses."""
    assert (DEPLOY / BOT["build"]["context"] / BOT["build"]["dockerfile"]).is_file()
    used = {name for service in COMPOSE["services"].values() for name in service.get("secrets", [])}
    assert used == COMPOSE["secrets"].keys()


def test_the_bot_waits_for_the_database() -> None:
    """It starts once PostgreSQL takes connections, and PostgreSQL says when that is."""
    assert BOT["depends_on"]["db"]["condition"] == "service_healthy"
    assert "pg_isready" in COMPOSE["services"]["db"]["healthcheck"]["test"][1]
