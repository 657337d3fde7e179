"""The recipe for a command-line program that is a shell script."""

from __future__ import annotations

import json

from grader.errors import SubmissionError
from worker.builds.folder import Folder
from worker.builds.manifest import Manifest
from worker.builds.plan import APP_DIR, APP_USER, SOURCE, Bases, BuildPlan
from worker.builds.programs.python import words_of
from worker.builds.programs.scripts import shell_words


class ShellProgram:
    """Runs a shell script on the Debian that has Python, which some scripts call."""

    name = "shell"

    def detect(self, folder: Folder) -> str:
        return "a shell script" if shell_words(folder) else ""

    def plan(self, folder: Folder, manifest: Manifest, bases: Bases) -> BuildPlan:
        """How to build it; see :class:`~worker.builds.plan.Recipe`.

        Raises:
            SubmissionError: ``build.no_program`` if there is none.
        """
        words = words_of(manifest.start) if manifest.start else shell_words(folder)
        if not words:
            raise SubmissionError("build.no_program", language="shell")
        base = bases.recipe("python", bases.versions("python")[0])
        owner = f"{APP_USER}:{APP_USER}"
        lines = [
            f"FROM {base.reference}",
            f"WORKDIR {APP_DIR}",
            f"RUN echo app:x:{owner}::{APP_DIR}:/bin/sh >> /etc/passwd && chown {owner} {APP_DIR}",
            f"USER {owner}",
            f"CMD {json.dumps(list(words))}",
            f"COPY --chown={owner} {SOURCE}/ {APP_DIR}/",
        ]
        return BuildPlan(
            recipe=self.name,
            root=folder.root,
            dockerfile="\n".join(lines) + "\n",
            bases=(base,),
            start=" ".join(words),
            environment=manifest.env,
            detected=(f"{words[-1]} is what is called",),
        )
