"""The sub-folder that a learner asked for."""

from __future__ import annotations

from grader.domain.report import Note
from worker.sources.names import shown
from worker.sources.remarks import Names
from worker.sources.tree import SourceTree


def narrow(tree: SourceTree, path: str) -> tuple[SourceTree, tuple[Note, ...]]:
    """The files below a folder, and a note about links that cannot work from there.

    Raises:
        SubmissionError: ``source.path_not_found``.
    """
    below = tree.sub(path)
    folder = "/".join(part for part in path.split("/") if part not in ("", "."))
    start = f"{folder}/" if folder else ""
    lost = Names(
        shown(name)
        for name in tree.paths()
        if name.startswith(start) and not below.has(name[len(start) :])
    )
    if not lost:
        return below, ()
    text = f"Left out: {lost} (a link to something outside of {shown(folder)})."
    return below, (Note(kind="warning", text=text),)
