"""The REST API, under ``/api/v1``: routes over the use cases, and nothing else."""

from grader.api.app import create_app
from grader.api.service import Service

__all__ = ["Service", "create_app"]
