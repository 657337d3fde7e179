"""What an operator can set: environment variables named ``GRADER_*``.

Read at first use through :func:`settings`, never at import.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_ca_bundle() -> Path | None:
    """The bundle that the operator's other tools use, where it exists."""
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        value = os.environ.get(name)
        if value and Path(value).is_file():
            return Path(value)
    return None


class Settings(BaseSettings):
    """The operator's settings; every field is an environment variable ``GRADER_<FIELD>``."""

    model_config = SettingsConfigDict(env_prefix="GRADER_", extra="ignore")

    state_dir: Path = Field(
        default=Path("/var/lib/grader"),
        description="Where the engine's log, caches and fetched sources are kept",
    )
    specs_dir: Path = Field(
        default=Path(__file__).resolve().parent.parent / "specs",
        description="The folder that holds the catalogue of projects",
    )
    harnesses_dir: Path = Field(
        default=Path(__file__).resolve().parent.parent / "harnesses",
        description="The folder that holds the kit and the harness of each project",
    )
    docker_host: str | None = Field(
        default=None, description="The engine's address; default: DOCKER_HOST or the usual socket"
    )
    ca_bundle: Path | None = Field(
        default_factory=_default_ca_bundle,
        description="CA bundle that builds trust besides the usual ones (TLS-inspecting networks)",
    )
    base_image_policy: Literal["nearest", "exact"] = Field(
        default="nearest",
        description="What to do when a learner's base image is absent: use the nearest, or refuse",
    )
    base_image_repositories: str = Field(
        default="python,node,debian,ubuntu,golang,eclipse-temurin",
        description="Official images that may be pulled for a learner, separated by commas",
    )
    registry: Literal["auto", "never"] = Field(
        default="auto", description="Pull base images (auto: where a registry answers) or never"
    )
    pypi_index: str | None = Field(
        default=None, description="PyPI index that builds may reach; default: pip's own setting"
    )
    npm_registry: str | None = Field(
        default=None, description="npm registry that builds may reach; default: npm's own setting"
    )
    debian_mirror: str | None = Field(
        default=None, description="Debian mirror for builds; default: the host's apt sources"
    )
    build_allow_hosts: str = Field(
        default="", description="Further hosts that builds may reach, separated by commas"
    )
    build_timeout: float = Field(default=600, gt=0, description="Longest build, in seconds")
    build_memory_mb: int = Field(default=2048, ge=128, description="Memory of a build, in MiB")
    build_pids: int = Field(default=512, ge=16, description="Processes and threads of a build")
    image_size_mb: int = Field(default=4096, ge=64, description="Largest image a build may make")
    keep_images: int = Field(
        default=150,
        ge=1,
        description="Learners' images kept for a quick re-grade; those used longest ago go first",
    )
    app_memory_mb: int = Field(default=512, ge=32, description="Memory of the app, in MiB")
    app_cpus: float = Field(default=1.0, gt=0, description="CPUs of the app's container")
    app_pids: int = Field(default=256, ge=8, description="Processes and threads of the app")
    harness_memory_mb: int = Field(default=768, ge=128, description="Memory of a harness, in MiB")
    pod_runtime: str | None = Field(
        default=None,
        description="Engine's runtime for apps and harnesses (runc, crun); default: the engine's",
    )
    build_runtime: str | None = Field(
        default=None,
        description="Runtime that builds must have (runsc): the engine's default has to be this",
    )
    start_timeout: float = Field(
        default=30, gt=0, description="Seconds an app has until it answers over HTTP"
    )
    source_max_mb: int = Field(default=200, ge=1, description="Largest source, unpacked, in MiB")
    source_max_files: int = Field(default=20_000, ge=1, description="Most files in a source")
    fetch_timeout: float = Field(default=120, gt=0, description="Longest fetch, in seconds")
    allowed_networks: str = Field(
        default="",
        description="Networks that the service may fetch from though they are not public: "
        "addresses or CIDR blocks, separated by commas",
    )
    remote_ports: str = Field(
        default="80,443,3000,8000,8080,8443",
        description="Ports that the service may fetch from, separated by commas",
    )
    git_protocols: str = Field(
        default="http:https", description="Protocols git may use, separated by colons"
    )
    database_url: str | None = Field(
        default=None, description="Database of the service; default: SQLite in the state folder"
    )
    redis_url: str | None = Field(
        default=None,
        description="Redis that wakes workers on other machines; default: none, they look often",
    )
    slots: int = Field(
        default=2, ge=0, description="Submissions that a worker grades at a time; 0: none"
    )
    lease_seconds: float = Field(
        default=30,
        gt=0,
        description="After so many seconds of silence, what a worker grades is given to another",
    )
    most_waiting: int = Field(
        default=20, ge=1, description="Submissions of one learner that may wait at a time"
    )
    upload_max_mb: int = Field(
        default=50, ge=1, description="Largest archive that may be uploaded, in MiB"
    )

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.state_dir / 'grader.db'}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read from the environment at the first call."""
    return Settings()
