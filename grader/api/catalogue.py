"""``/projects``: the catalogue, for everybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from grader.api import problems
from grader.api.callers import Staff
from grader.api.models import ProjectList, ProjectView, WantedRescoring, project_summary
from grader.api.service import Here
from grader.domain.project import SLUG
from grader.submissions.projects import catalogue, find_project
from grader.submissions.rescoring import Rescoring, rescore_page

router = APIRouter(prefix="/projects", tags=["projects"])

Name = Annotated[str, Path(pattern=SLUG, max_length=64)]


@router.get("", summary="The catalogue")
def list_projects(service: Here) -> ProjectList:
    """Everything that can be graded."""
    found = catalogue(service.settings.specs_dir)
    return ProjectList(items=[project_summary(project) for project in found])


@router.get("/{project}", responses=problems.responses(404, 422), summary="One project")
def one_project(project: Name, service: Here) -> ProjectView:
    """What a learner reads, and what earns which points."""
    found = find_project(service.settings.specs_dir, project)
    return ProjectView(
        **project_summary(found).model_dump(),
        brief=found.brief,
        rubric=found.rubric,
        openapi=found.openapi,
    )


@router.post(
    "/{project}/rescore",
    responses=problems.responses(401, 403, 404, 413, 422, 503),
    summary="Score by a changed rubric",
)
def rescore(project: Name, wanted: WantedRescoring, service: Here, caller: Staff) -> Rescoring:
    """Score what was graded by the rubric as it is now, from the checks as they ended then.

    Look first: without `apply` nothing is changed, and the answer says whose points would.
    """
    found = find_project(service.settings.specs_dir, project)
    return rescore_page(
        service.database,
        caller,
        found,
        apply=wanted.apply,
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
