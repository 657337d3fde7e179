"""``/projects``: the catalogue, for everybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from grader.api import problems
from grader.api.models import ProjectList, ProjectView, project_summary
from grader.api.service import Here
from grader.domain.project import SLUG
from grader.submissions.projects import catalogue, find_project

router = APIRouter(prefix="/projects", tags=["projects"])


@router.get("", summary="The catalogue")
def list_projects(service: Here) -> ProjectList:
    """Everything that can be graded."""
    found = catalogue(service.settings.specs_dir)
    return ProjectList(items=[project_summary(project) for project in found])


@router.get("/{project}", responses=problems.responses(404, 422), summary="One project")
def one_project(
    project: Annotated[str, Path(pattern=SLUG, max_length=64)], service: Here
) -> ProjectView:
    """What a learner reads, and what earns which points."""
    found = find_project(service.settings.specs_dir, project)
    return ProjectView(
        **project_summary(found).model_dump(),
        brief=found.brief,
        rubric=found.rubric,
        openapi=found.openapi,
    )
