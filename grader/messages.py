"""Every message that a person can be shown when something ends badly, in one table.

A row holds how the submission ended, what happened and one thing to try. ``title`` and ``hint``
are ``str.format`` templates. No blame, no traceback of ours. ``tests/unit/test_messages.py``
visits every row.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.domain.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Message:
    """The words of one error.

    Attributes:
        verdict: How the submission ends by it.
        title: What happened, in a sentence.
        hint: One thing to try.
        in_request: Whether the mistake is in what was asked (a path, an address, a ref), not in
            what was handed in: nothing is graded then.
    """

    verdict: Verdict
    title: str
    hint: str
    in_request: bool = False


CATALOGUE: dict[str, Message] = {
    # -- platform ---------------------------------------------------------------------------------
    "engine.unreachable": Message(
        Verdict.GRADER_ERROR,
        "no container engine answers at {address}: {cause}",
        "run `grader doctor`, it says what is missing and how to get it",
    ),
    "images.not_made": Message(
        Verdict.GRADER_ERROR,
        "the image {image} could not be made: {cause}",
        "look at the log above; `grader images` tries again and keeps what is done",
    ),
    "gateway.not_up": Message(
        Verdict.GRADER_ERROR,
        "the build gateway did not answer within {seconds} s",
        "look at `docker logs grader-gateway`; removing that container makes it anew",
    ),
    "images.missing": Message(
        Verdict.GRADER_ERROR,
        "the image {image} is not on this machine",
        "run `grader images`, it pulls or makes what is missing",
    ),
    "engine.failed": Message(
        Verdict.GRADER_ERROR,
        "the container engine was asked to {asked}, and failed: {cause}",
        "run `grader doctor`; the engine's own log says more",
    ),
    "engine.no_runtime": Message(
        Verdict.GRADER_ERROR,
        "the container engine has no runtime {runtime}; it has {known}",
        "correct GRADER_POD_RUNTIME and GRADER_BUILD_RUNTIME, or register it (docs/security.md)",
    ),
    "engine.pod_runtime": Message(
        Verdict.GRADER_ERROR,
        "apps cannot run on {runtime}: a harness would not share its app's loopback",
        "set GRADER_POD_RUNTIME=runc; builds keep the engine's default (docs/security.md)",
    ),
    "engine.build_runtime": Message(
        Verdict.GRADER_ERROR,
        "builds shall run on {runtime}, and the engine's default runtime is {default}",
        'set "default-runtime": "{runtime}" in /etc/docker/daemon.json and restart the engine',
    ),
    "images.harness_base": Message(
        Verdict.GRADER_ERROR,
        "the engine does not have {base}, the image that the checks run in",
        "run `grader images`, it makes the base images",
    ),
    "images.harness_libraries": Message(
        Verdict.GRADER_ERROR,
        "the libraries of the checks could not be installed",
        "the lines of uv below say why; look at the network and GRADER_PYPI_INDEX",
    ),
    "images.harness_build": Message(
        Verdict.GRADER_ERROR,
        "the image that the checks run in could not be built",
        "the engine's lines say why; `grader doctor` checks the engine",
    ),
    "images.harness_syntax": Message(
        Verdict.GRADER_ERROR,
        "a file of the harnesses is not valid Python, so the checks cannot run",
        "mend the line that is named",
    ),
    # -- sources ----------------------------------------------------------------------------------
    "source.address": Message(
        Verdict.FETCH_FAILED,
        "`{location}` cannot be graded: it is neither a path nor an address that may be used",
        "{advice}",
        in_request=True,
    ),
    "source.local_refused": Message(
        Verdict.FETCH_FAILED,
        "`{location}` is a path on the grader's own machine, which is not open to submissions",
        "push the project to a git host and give its https:// URL, or upload an archive",
        in_request=True,
    ),
    "source.refused_address": Message(
        Verdict.REJECTED,
        "{location} leads to {host}, which is no address of the public Internet",
        "hand in a public repository or an archive; a school's own network is opened by its"
        " operator (GRADER_ALLOWED_NETWORKS)",
    ),
    "source.refused_port": Message(
        Verdict.REJECTED,
        "{location} asks for port {port}, from which nothing is fetched here",
        "use https at its usual port, or hand in an archive",
    ),
    "source.not_found": Message(
        Verdict.FETCH_FAILED,
        "there is no folder or archive at `{location}`",
        "check the path; an address starts with https:// or http://",
        in_request=True,
    ),
    "source.ref_without_git": Message(
        Verdict.FETCH_FAILED,
        "a ref (`{ref}`) was asked for, but folders and archives have none",
        "leave --ref out, or give the git URL of the repository",
        in_request=True,
    ),
    "source.not_for_apps": Message(
        Verdict.FETCH_FAILED,
        "a ref or a sub-folder was asked for, but `{location}` is a running app",
        "leave --ref and --path out; if it is a git repository, write git+ before the URL",
        in_request=True,
    ),
    "source.bare_repository": Message(
        Verdict.FETCH_FAILED,
        "`{location}` is a bare git repository: there are no files in it to run",
        "clone it and give the clone, or serve it over http and give that URL",
        in_request=True,
    ),
    "source.unknown_host": Message(
        Verdict.FETCH_FAILED,
        "the host `{host}` of {location} is not known",
        "check the spelling of the address; a host that only your network knows cannot be reached",
    ),
    "source.unreachable": Message(
        Verdict.FETCH_FAILED,
        "`{host}` does not answer: {cause}",
        "open {location} in a browser; if it works there, try again in a few minutes",
    ),
    "source.tls": Message(
        Verdict.FETCH_FAILED,
        "`{host}` has a certificate that is not trusted: {cause}",
        "a host with a certificate of its own needs the operator to set GRADER_CA_BUNDLE",
    ),
    "source.server_error": Message(
        Verdict.FETCH_FAILED,
        "{location} is broken at the moment: its server answered {status}, three times",
        "try again in a few minutes; your work is not the cause",
    ),
    "source.redirect": Message(
        Verdict.FETCH_FAILED,
        "{location} sends us on to {target}, and redirects to other hosts are not followed",
        "give the address that it leads to, if that is where your work is",
    ),
    "source.private_or_missing": Message(
        Verdict.FETCH_FAILED,
        "{location} is private or missing: its server answered {status}",
        "check the spelling and make it public, or put a token into the URL: "
        "https://user:token@host/…",
    ),
    "source.not_a_repository": Message(
        Verdict.FETCH_FAILED,
        "something answers at {location}, but it is not a git repository",
        "give the URL that `git clone` takes",
    ),
    "source.timeout": Message(
        Verdict.FETCH_FAILED,
        "fetching {location} took longer than {seconds:g} s",
        "try again; if it is very large, take out what need not be in it",
    ),
    "source.transfer_too_large": Message(
        Verdict.FETCH_FAILED,
        "{location} is too large: more than {limit_mb} MiB have to be transferred",
        "take large files out of it, data and builds do not belong into a repository",
    ),
    "source.git_failed": Message(
        Verdict.FETCH_FAILED,
        "git could not fetch {location}",
        "the log says why; see whether `git clone` works with this URL",
    ),
    "source.git_memory": Message(
        Verdict.FETCH_FAILED,
        "{location} cannot be unpacked: git would need more memory for it than it may use",
        "take large files out of the commit; data and builds do not belong into a repository",
    ),
    "source.git_object": Message(
        Verdict.REJECTED,
        "{location} holds something that git itself refuses: {why}",
        "`git fsck` in a clone of it shows where",
    ),
    "source.empty_repository": Message(
        Verdict.REJECTED,
        "{location} is an empty repository",
        "commit your work and push it: `git push -u origin main`",
    ),
    "source.too_many_refs": Message(
        Verdict.REJECTED,
        "{location} has more than {limit} branches and tags",
        "push your work to a repository of its own",
    ),
    "source.no_default_branch": Message(
        Verdict.FETCH_FAILED,
        "the default branch of {location} does not exist",
        "name one with --ref; its branches are: {branches}",
        in_request=True,
    ),
    "source.bad_ref": Message(
        Verdict.FETCH_FAILED,
        "`{ref}` is not the name of a branch, a tag or a commit",
        "give a branch, a tag, or the 40 characters of a commit",
        in_request=True,
    ),
    "source.short_commit": Message(
        Verdict.FETCH_FAILED,
        "`{ref}` looks like the beginning of a commit, which a git server cannot look up",
        "{advice}",
        in_request=True,
    ),
    "source.ref_not_found": Message(
        Verdict.FETCH_FAILED,
        "the repository has no branch, tag or commit `{ref}`",
        "{advice}",
        in_request=True,
    ),
    "source.ref_not_commit": Message(
        Verdict.FETCH_FAILED,
        "`{ref}` is a {kind}, not a commit",
        "give a branch, a tag of a commit, or the 40 characters of a commit",
        in_request=True,
    ),
    "source.path_not_found": Message(
        Verdict.FETCH_FAILED,
        "there is no folder `{path}` in it",
        "{advice}",
        in_request=True,
    ),
    "source.empty": Message(
        Verdict.REJECTED,
        "there are no files in it",
        "check that your work is where the address or path points",
    ),
    "source.too_large": Message(
        Verdict.REJECTED,
        "it is too large: its files are more than {limit_mb} MiB together",
        "take data, builds and media out of it",
    ),
    "source.too_many_files": Message(
        Verdict.REJECTED,
        "it has too many files: more than {limit}, or endlessly long names",
        "take generated files and installed packages out of it",
    ),
    "source.too_deep": Message(
        Verdict.REJECTED,
        "its folders are nested too deeply, more than {limit} levels: `{name}`",
        "move what is in there further up",
    ),
    "source.unsafe_name": Message(
        Verdict.REJECTED,
        "the name `{name}` is refused: {why}",
        "rename it or take it out",
    ),
    "source.duplicate_name": Message(
        Verdict.REJECTED,
        "the name `{name}` is in it twice",
        "keep one of the two, or make the archive anew",
    ),
    "source.unsafe_link": Message(
        Verdict.REJECTED,
        "the link `{name}` points out of the archive, to `{target}`",
        "take the link out, or put the file itself in its place",
    ),
    "source.not_an_archive": Message(
        Verdict.REJECTED,
        "it is not an archive: neither zip nor tar, whatever its name says",
        "make it anew: `git archive -o work.zip HEAD`; a link to a page about it does not help",
    ),
    "source.archive_broken": Message(
        Verdict.REJECTED,
        "the archive cannot be read: {cause}",
        "make it anew: `git archive -o work.zip HEAD`",
    ),
    "source.archive_encrypted": Message(
        Verdict.REJECTED,
        "the archive is locked with a password (`{name}`)",
        "make it anew without one",
    ),
    "source.archive_bomb": Message(
        Verdict.REJECTED,
        "the archive would grow out of all proportion when unpacked",
        "make it anew: `git archive -o work.zip HEAD`",
    ),
    "source.archive_member": Message(
        Verdict.REJECTED,
        "`{name}` in the archive is not a file, a folder or a link that can be kept",
        "make it anew: `git archive -o work.zip HEAD`",
    ),
    "source.unreadable": Message(
        Verdict.FETCH_FAILED,
        "`{location}` may not be read by the user that the grader runs as",
        "let that user read it (`chmod -R u+rX`), or run the grader as its owner",
        in_request=True,
    ),
    "source.ca_bundle": Message(
        Verdict.GRADER_ERROR,
        "the CA bundle {path} cannot be used: {cause}",
        "point GRADER_CA_BUNDLE at a file of certificates in PEM form, or unset it",
    ),
    "source.no_git": Message(
        Verdict.GRADER_ERROR,
        "the program git is missing on the grader's machine",
        "run `grader doctor`, it says what is missing and how to get it",
    ),
    "source.disk": Message(
        Verdict.GRADER_ERROR,
        "the grader could not keep what it fetched: {cause}",
        "have it graded again; if it happens twice, tell the operator",
    ),
    # -- builds -----------------------------------------------------------------------------------
    "build.compose": Message(
        Verdict.REJECTED,
        "only {name} says how to build it, and compose files are not read yet",
        "add a Dockerfile for the app, or say how to start it: [run] start in grader.toml",
    ),
    "build.manifest": Message(
        Verdict.REJECTED,
        "grader.toml, line {line}: {problem}",
        "mend that line, or delete grader.toml: nothing in it is required",
    ),
    "build.path_missing": Message(
        Verdict.REJECTED,
        "grader.toml names the folder `{path}`, which is not there",
        "name a folder that is committed, relative to grader.toml",
    ),
    "build.documents_only": Message(
        Verdict.REJECTED,
        "there is no program in it, only {names}",
        "commit the program; check that .gitignore does not leave it out",
    ),
    "build.several_projects": Message(
        Verdict.REJECTED,
        "there are several projects in it: {folders}",
        "say which one: --path {first}",
    ),
    "build.language": Message(
        Verdict.REJECTED,
        "this is a {language} project, for which no toolchain is offered yet",
        "Python, Node.js and whatever a Dockerfile builds on their images or Debian are offered",
    ),
    "build.nothing_found": Message(
        Verdict.REJECTED,
        "no project was found; looked for: {looked_for}",
        "add one of these, or say how to start it: [run] start in grader.toml",
    ),
    "build.no_entry": Message(
        Verdict.REJECTED,
        "this is {language} code, but nothing in it was found that serves HTTP",
        "say how to start it: [run] start in grader.toml, or add a Procfile or a Dockerfile",
    ),
    "build.no_program": Message(
        Verdict.REJECTED,
        "this is {language} code, but nothing in it was found that can be called",
        'say how it is called: [run] start in grader.toml, such as start = "python main.py"',
    ),
    "build.procfile": Message(
        Verdict.REJECTED,
        "the Procfile has no web process (it has: {names})",
        "add a line like `web: gunicorn app:app`",
    ),
    "build.package_json": Message(
        Verdict.BUILD_FAILED,
        "package.json cannot be read: {cause}",
        "mend that place; `npm install` shows the same",
    ),
    "build.dockerfile_empty": Message(
        Verdict.BUILD_FAILED,
        "the Dockerfile is empty",
        "begin with FROM, or delete it: the project is then detected",
    ),
    "build.dockerfile_encoding": Message(
        Verdict.BUILD_FAILED,
        "the Dockerfile {problem}",
        "save it as UTF-8 text",
    ),
    "build.dockerfile_invalid": Message(
        Verdict.REJECTED,
        "Dockerfile, line {line}: {problem}",
        "{advice}",
    ),
    "build.base_unknown": Message(
        Verdict.BUILD_FAILED,
        "the base image {wanted} is not available: {why}",
        "use one that is: {available}",
    ),
    "build.failed": Message(
        Verdict.BUILD_FAILED,
        "the build failed in: {step}",
        "{advice}",
    ),
    "build.other_base": Message(
        Verdict.GRADER_ERROR,
        "the build failed on {used}, which stands in for {wanted} and has less; no fault of yours",
        "ask the operator for {wanted}, or build on an image that is offered",
    ),
    "build.timeout": Message(
        Verdict.BUILD_TIMEOUT,
        "the build did not end within {seconds:g} s; it was in: {step}",
        "look for a step that waits for input or starts the app (that belongs into CMD)",
    ),
    "build.memory": Message(
        Verdict.LIMIT_EXCEEDED,
        "the build needed more than {memory} MiB of memory in: {step}",
        "install ready-made packages instead of compiling, or build fewer things at once",
    ),
    "build.pids": Message(
        Verdict.LIMIT_EXCEEDED,
        "the build wanted more than {pids} processes in: {step}",
        "look for a step that starts itself again and again",
    ),
    "build.disk": Message(
        Verdict.LIMIT_EXCEEDED,
        "the build wrote too much ({detail}; {disk} MiB are the most) in: {step}",
        "leave out what the app does not need to run",
    ),
    "build.output": Message(
        Verdict.LIMIT_EXCEEDED,
        "the build printed too much ({detail}) in: {step}",
        "make the step quieter",
    ),
    "build.cancelled": Message(
        Verdict.CANCELLED,
        "the build was cancelled in: {step}",
        "submit it again",
    ),
    "build.image_too_large": Message(
        Verdict.LIMIT_EXCEEDED,
        "the image has {size} MiB, {limit} MiB are the most",
        "build on a slim image and leave out what the app does not need to run",
    ),
    # -- start ------------------------------------------------------------------------------------
    "app.module_missing": Message(
        Verdict.START_FAILED,
        "{when}: the Python package `{module}` is not installed",
        "add `{package}` to requirements.txt",
    ),
    "app.own_module_missing": Message(
        Verdict.START_FAILED,
        "{when}: Python finds no module `{module}`",
        "start it from the folder that holds `{top}`, and check that all of it is committed",
    ),
    "app.name_missing": Message(
        Verdict.START_FAILED,
        "{when}: `{module}` has no `{name}` to import",
        "check the spelling; if `{module}` is a package, list the version the code was written for"
        " in requirements.txt",
    ),
    "app.import_circle": Message(
        Verdict.START_FAILED,
        "{when}: its modules import each other in a circle (`{name}` from `{module}`)",
        "move what both need into a third file, and import it from there",
    ),
    "app.syntax": Message(
        Verdict.START_FAILED,
        "{when}: {file} has a syntax error in line {line}: {detail}",
        "look at that line and at the one before it",
    ),
    "app.fstring": Message(
        Verdict.START_FAILED,
        "{when}: {file} has a syntax error in line {line}: {detail}",
        "inside an f-string use other quotes than around it: the same ones need Python 3.12",
    ),
    "app.environment_missing": Message(
        Verdict.START_FAILED,
        "{when}: the environment variable {name} is not set",
        'give it a default in the code, or set it in grader.toml: [run] env = {{ {name} = "…" }}',
    ),
    "app.port_taken": Message(
        Verdict.START_FAILED,
        "{when}: {port} was already in use by another process of the app",
        "start the server once only: a second start hides in a module's top level or in a reloader",
    ),
    "app.service_unreachable": Message(
        Verdict.START_FAILED,
        "{when}: it could not reach {service} at {address}",
        "services are at localhost on their usual ports: read DATABASE_URL or REDIS_URL; one that"
        " the report does not list is asked for by [run] services in grader.toml",
    ),
    "app.database_missing": Message(
        Verdict.START_FAILED,
        "{when}: {service} has no database {name!r}",
        "read its name from DATABASE_URL or DB_NAME, or write it in .env.example: it is made then",
    ),
    "app.login_missing": Message(
        Verdict.START_FAILED,
        "{when}: the service beside it knows no user {name!r}",
        "read the user from DATABASE_URL or DB_USER, or write it in .env.example: it is made then",
    ),
    "app.no_ssl": Message(
        Verdict.START_FAILED,
        "{when}: it asks its database for an encrypted connection, and there is none here",
        "switch SSL on by a variable, or only where the address is not localhost",
    ),
    "app.redis_password": Message(
        Verdict.START_FAILED,
        "{when}: Redis asks for another password than it was given",
        "read the address from REDIS_URL, or write it with its password in .env.example",
    ),
    "service.unknown": Message(
        Verdict.REJECTED,
        "grader.toml asks for a service {name!r}, and there is none of that name",
        "choose from {known}",
    ),
    "service.absent": Message(
        Verdict.REJECTED,
        "the app needs {service} ({why}), and this grader does not have it",
        "use one of {offered}, or SQLite; if the app runs without it, write `services = []` below"
        " [run] in grader.toml",
    ),
    "service.not_up": Message(
        Verdict.GRADER_ERROR,
        "{service}, which runs beside the app, did not work: {cause}",
        "have it graded again; if that does not help, show this log to your staff",
    ),
    "app.host_unreachable": Message(
        Verdict.START_FAILED,
        "{when}: it tried to reach {address}, and there is no network here",
        "let the app start without it, and answer with an error while it is away",
    ),
    "app.database_file": Message(
        Verdict.START_FAILED,
        "{when}: SQLite could not open its database file",
        "create its folder when the app starts, and name it relative to the code",
    ),
    "app.database_locked": Message(
        Verdict.START_FAILED,
        "{when}: its database is locked, by another connection of its own",
        "commit or close one connection before another writes; migrate in one process only",
    ),
    "app.table_missing": Message(
        Verdict.START_FAILED,
        "{when}: its database has no table `{table}`",
        "create the tables when the app starts: db.create_all(), a migration, CREATE TABLE",
    ),
    "app.permission": Message(
        Verdict.START_FAILED,
        "{when}: it may not write {path}",
        "write beside the code or to /tmp; in a Dockerfile hand the folder over with RUN chown",
    ),
    "app.file_missing": Message(
        Verdict.START_FAILED,
        "{when}: the file {path} is not there",
        "commit it, or create it when the app starts; .gitignore and .dockerignore leave files out",
    ),
    "app.node_package_missing": Message(
        Verdict.START_FAILED,
        "{when}: the Node package `{module}` is not installed",
        "run `npm install {module}`, and commit package.json and package-lock.json",
    ),
    "app.node_file_missing": Message(
        Verdict.START_FAILED,
        "{when}: Node finds no file `{module}`",
        "check the path, its upper and lower case, and that the file is committed",
    ),
    "app.node_module_kind": Message(
        Verdict.START_FAILED,
        "{when}: it uses import where Node expects require, or the reverse",
        'put "type": "module" into package.json to use import; leave it out to use require',
    ),
    "app.npm_script_missing": Message(
        Verdict.START_FAILED,
        "{when}: package.json has no script `{name}`",
        'add it, for example "scripts": {{"start": "node index.js"}}',
    ),
    "app.entry_missing": Message(
        Verdict.START_FAILED,
        "{when}: {server} finds no `{name}` in {module}",
        "name the file and the variable that holds the app, for example `gunicorn main:app`",
    ),
    "app.line_ends": Message(
        Verdict.START_FAILED,
        "{when}: its start script has Windows line ends",
        "save it with LF line ends; `*.sh text eol=lf` in .gitattributes keeps them",
    ),
    "app.memory": Message(
        Verdict.LIMIT_EXCEEDED,
        "{when}: it needed more than its {memory_mb} MB of memory",
        "keep less in memory, or start fewer worker processes",
    ),
    "app.pids": Message(
        Verdict.LIMIT_EXCEEDED,
        "{when}: all of its {pids} processes and threads are in use",
        "start fewer workers, and reuse threads instead of starting one for each request",
    ),
    "app.disk": Message(
        Verdict.LIMIT_EXCEEDED,
        "{when}: it wrote more than {disk_mb} MB to its disk",
        "write less: logs and uploads need a bound",
    ),
    "app.folder_full": Message(
        Verdict.START_FAILED,
        "{when}: a folder that it writes to was full (no space left on device)",
        "write less there: each VOLUME of the Dockerfile holds {volume_mb} MiB",
    ),
    "app.files": Message(
        Verdict.LIMIT_EXCEEDED,
        "{when}: it made more than {files} files",
        "look for a loop that makes files; keep small things in a database",
    ),
    "app.output": Message(
        Verdict.LIMIT_EXCEEDED,
        "{when}: it printed more than 2 MB a second",
        "look for a loop that prints; log an event once",
    ),
    "app.raised": Message(
        Verdict.START_FAILED,
        "{when}: {error}",
        "the last lines of its output name the file and the line",
    ),
    "app.ended": Message(
        Verdict.START_FAILED,
        "{when}: its program came to its end",
        "end it with a server that keeps running, for example app.run() or app.listen()",
    ),
    "app.exited": Message(
        Verdict.START_FAILED,
        "{when}, with exit code {exit_code}",
        "run the start command on your machine: it should keep running and say what is wrong",
    ),
    "app.killed": Message(
        Verdict.START_FAILED,
        "{when}: it was ended by the signal {signal}",
        "look for what sends it: a crash in native code, or the program itself",
    ),
    "app.silent": Message(
        Verdict.NEVER_READY,
        "the app runs, but listens on no port",
        "start the server in what the start command runs, for example app.run(port=8000)",
    ),
    "app.not_http": Message(
        Verdict.NEVER_READY,
        "the app listens on {where}, but does not answer in HTTP",
        "serve plain HTTP/1.1 there, without TLS",
    ),
    "app.hangs_up": Message(
        Verdict.NEVER_READY,
        "the app listens on {where}, but hangs up without an answer",
        "its output may show what went wrong; serve plain HTTP/1.1 there, without TLS",
    ),
    "app.no_answer": Message(
        Verdict.NEVER_READY,
        "the app takes connections on {where}, but gave no answer within {seconds:g} s",
        "something holds up the first request: print before and after each thing it waits for",
    ),
    "app.server_errors": Message(
        Verdict.NEVER_READY,
        "the app listens on {where}, and answered with server errors only",
        "its output shows what went wrong with the first request",
    ),
    "app.unreadable": Message(
        Verdict.NEVER_READY,
        "the app listens on {where}, but its answer could not be read: {cause}",
        "send a request with `curl -v` to see what it answers",
    ),
    "start.no_command": Message(
        Verdict.START_FAILED,
        "the image does not say what to run",
        'end the Dockerfile with a CMD, for example CMD ["python", "app.py"]',
    ),
    "start.no_program": Message(
        Verdict.START_FAILED,
        "the image does not say what the program is",
        'give the Dockerfile an ENTRYPOINT, for example ENTRYPOINT ["python", "/app/main.py"]',
    ),
    "start.command_missing": Message(
        Verdict.START_FAILED,
        "the start command `{what}` is not in the image",
        "check its spelling, and that the build installs it or copies it in",
    ),
    "start.not_executable": Message(
        Verdict.START_FAILED,
        "the start command `{what}` may not be executed",
        "run `git update-index --chmod=+x` on the file, or start it as `sh {what}`",
    ),
    "start.wrong_format": Message(
        Verdict.START_FAILED,
        "the start command is no program that this machine can run",
        "begin a script with a line such as #!/bin/sh; compile a program for Linux",
    ),
    "start.user_unknown": Message(
        Verdict.START_FAILED,
        "the image runs as the user {what}, whom it does not have",
        "create the user in the Dockerfile before the USER line (RUN useradd …)",
    ),
    "start.volumes_refused": Message(
        Verdict.REJECTED,
        "the image declares {what}, which the sandbox does not allow",
        "declare at most 8 volumes, in folders of the app's own such as /data",
    ),
    # -- harness ----------------------------------------------------------------------------------
    "harness.nonsense": Message(
        Verdict.GRADER_ERROR,
        "the {kind} checks said something that makes no sense; that is our fault, not yours",
        "have it graded again; if it happens twice, tell the operator",
    ),
    "harness.timeout": Message(
        Verdict.GRADER_ERROR,
        "the {kind} checks did not end within {seconds:g} s; what they had found so far counts",
        "have it graded again; if it happens twice, tell the operator",
    ),
    "harness.died": Message(
        Verdict.GRADER_ERROR,
        "the {kind} checks ended without a word; that is our fault, not yours",
        "have it graded again; if it happens twice, tell the operator",
    ),
    "harness.broken": Message(
        Verdict.GRADER_ERROR,
        "the {kind} harness of this project has a mistake; that is our fault, not yours",
        "tell the operator: the log below is for the harness's author",
    ),
    "running.is_a_program": Message(
        Verdict.REJECTED,
        "{title} is no server, so nothing of it is at a URL",
        "give the folder, the archive or the repository with its code",
    ),
    "running.no_restart": Message(
        Verdict.GRADED,
        "an app at a URL is not restarted",
        "hand in the repository to have this checked as well",
    ),
    "running.no_load": Message(
        Verdict.GRADED,
        "an app at a URL is not put under load",
        "hand in the repository to have this checked as well",
    ),
    "running.no_answer": Message(
        Verdict.FETCH_FAILED,
        "nothing answered over HTTP at {location} within {seconds:g} s",
        "open the URL in a browser on the machine that grades, and start the app if it is not up",
    ),
    "running.certificate": Message(
        Verdict.FETCH_FAILED,
        "nothing was asked of {location}: its TLS certificate is not one that can be trusted",
        "have a public authority certify that very name, or give an http URL; the operator of the"
        " grader can add an authority of your own with GRADER_CA_BUNDLE",
    ),
    "load.calibration": Message(
        Verdict.GRADER_ERROR,
        "the reference app did not run, so your app could not be compared with it",
        "have it graded again; if it happens twice, tell the operator",
    ),
    "grade.internal": Message(
        Verdict.GRADER_ERROR,
        "grading ended early because of a mistake of ours",
        "have it graded again; if it happens twice, tell the operator what the log says",
    ),
    # -- catalogue and usage ----------------------------------------------------------------------
    "catalog.no_specs": Message(
        Verdict.GRADER_ERROR,
        "there is no folder of specs at {folder}",
        "run from the repository of the grader, or point GRADER_SPECS_DIR at its specs folder",
    ),
    "catalog.unknown_project": Message(
        Verdict.REJECTED,
        "the catalogue has no project `{slug}`",
        "{advice}",
    ),
    "catalog.file_missing": Message(
        Verdict.GRADER_ERROR,
        "{file} is missing",
        "write it; docs/authors/harness.md shows what goes into it",
    ),
    "catalog.not_utf8": Message(
        Verdict.GRADER_ERROR,
        "{file} is not UTF-8 text: byte {at} does not fit",
        "save the file as UTF-8",
    ),
    "catalog.not_toml": Message(
        Verdict.GRADER_ERROR,
        "{file} is not valid TOML: {cause}",
        "mend the line it names; strings need quotes, tables a header in brackets",
    ),
    "catalog.not_yaml": Message(
        Verdict.GRADER_ERROR,
        "{file} is not valid YAML: {cause}",
        "mend the line it names; a text with a colon in it needs quotes",
    ),
    "catalog.not_openapi": Message(
        Verdict.GRADER_ERROR,
        "{file} describes no operation",
        "write an OpenAPI document, an object with `paths` that are not empty",
    ),
    "catalog.unknown_key": Message(
        Verdict.GRADER_ERROR,
        "{file} has a key that means nothing here: {key}",
        "{advice}",
    ),
    "catalog.invalid": Message(
        Verdict.GRADER_ERROR,
        "{file} does not fit: {problem}",
        "mend what is named; docs/authors/harness.md says what belongs there",
    ),
    "catalog.slug_differs": Message(
        Verdict.GRADER_ERROR,
        "{file} says slug `{slug}`, but its folder is called `{name}`",
        "spell both the same",
    ),
    "samples.none": Message(
        Verdict.GRADER_ERROR,
        "{folder} holds no sample",
        "add at least `reference`: the app and an expected.toml with `about` and `lost = []`",
    ),
    "samples.unknown_base": Message(
        Verdict.GRADER_ERROR,
        "{file} is based on `{base}`, which is no sample",
        "{advice}",
    ),
    "samples.base_is_based": Message(
        Verdict.GRADER_ERROR,
        "{file} is based on `{base}`, which is itself based on another sample",
        "base both on the sample that holds the app",
    ),
    "samples.edit_of_no_file": Message(
        Verdict.GRADER_ERROR,
        "edit {number} of {file} changes {name}, which the app does not have",
        "{advice}",
    ),
    "samples.edit_not_once": Message(
        Verdict.GRADER_ERROR,
        "what edit {number} of {file} replaces is in {name} {times}, it must be there once",
        "copy the text from the file again, with enough of it to be the only place",
    ),
    "samples.unknown_criterion": Message(
        Verdict.GRADER_ERROR,
        "{file} loses `{criterion}`, which the rubric does not have",
        "{advice}",
    ),
    "samples.blocked_criterion": Message(
        Verdict.GRADER_ERROR,
        "{file} loses `{criterion}`, but that is blocked once `{blocker}` is lost",
        "name the causes only: leave `{criterion}` out",
    ),
    "samples.unproven_criterion": Message(
        Verdict.GRADER_ERROR,
        "no sample loses `{criterion}`, so nothing proves that its checks can fail",
        "add a sample with exactly that defect",
    ),
    "usage.format": Message(
        Verdict.REJECTED,
        "there is no report format called {wanted!r}",
        "use some of {known}",
    ),
    "usage.sample_unknown": Message(
        Verdict.REJECTED,
        "there is no sample called {wanted!r}",
        "there are: {known}",
    ),
    "usage.project_missing": Message(
        Verdict.REJECTED,
        "it is not clear which project this is",
        'say it with --project, or put `project = "…"` into grader.toml; there are: {known}',
    ),
    "usage.project_unknown": Message(
        Verdict.REJECTED,
        "there is no project called {wanted!r}",
        "{meant}there are: {known}",
    ),
    # -- the service ------------------------------------------------------------------------------
    "store.url": Message(
        Verdict.REJECTED,
        "there is no database of the kind {wanted!r}",
        "GRADER_DATABASE_URL is sqlite:////path/to/file or postgresql://user:password@host/name",
    ),
    "store.unreachable": Message(
        Verdict.GRADER_ERROR,
        "the database does not answer: {cause}",
        "try again in a minute; operators: is it running, and is GRADER_DATABASE_URL right?",
    ),
    "store.busy": Message(
        Verdict.GRADER_ERROR,
        "the database is busy: {cause}",
        "try again in a few seconds",
    ),
    "store.newer": Message(
        Verdict.GRADER_ERROR,
        "the database is at revision {revision}, which this Grader does not know",
        "start the Grader that made it, or a newer one; nothing was changed",
    ),
    "access.missing": Message(
        Verdict.REJECTED,
        "this needs a token",
        "send the header `Authorization: Bearer gr_…`; whoever runs this Grader gives you one",
    ),
    "access.malformed": Message(
        Verdict.REJECTED,
        "that is not a token: its form or its checksum is wrong",
        "copy it again, whole: it begins with gr_ and has no spaces",
    ),
    "access.unknown": Message(
        Verdict.REJECTED,
        "no such token was made here",
        "ask whoever runs this Grader for a new one",
    ),
    "access.revoked": Message(
        Verdict.REJECTED,
        "the token {name!r} was revoked",
        "ask whoever runs this Grader for a new one",
    ),
    "access.expired": Message(
        Verdict.REJECTED,
        "the token {name!r} has expired",
        "ask whoever runs this Grader for a new one",
    ),
    "access.scope": Message(
        Verdict.REJECTED,
        "a token of scope {scope} may not do that; it takes {needed}",
        "use a token of that scope",
    ),
    "access.no_token": Message(
        Verdict.REJECTED,
        "there is no token {wanted!r} that you may see",
        "GET /api/v1/tokens lists yours",
    ),
    "submission.not_found": Message(
        Verdict.REJECTED,
        "there is no submission {wanted!r} that you may see",
        "GET /api/v1/submissions lists yours",
    ),
    "submission.no_report": Message(
        Verdict.REJECTED,
        "submission {wanted!r} has no report yet: it is {state}",
        "wait for the event that says it is done: GET /api/v1/submissions/{wanted}/events",
    ),
    "submission.no_report_ever": Message(
        Verdict.REJECTED,
        "submission {wanted!r} has no report: it is {state}",
        "hand in again for a grade; staff can have this one graded again",
    ),
    "submission.form": Message(
        Verdict.REJECTED,
        "the body is a form, not an archive",
        "send the file as it is: curl --data-binary @app.zip, without -F",
    ),
    "serve.port": Message(
        Verdict.REJECTED,
        "nothing can listen on {host}:{port}: {cause}",
        "end what uses that port, or choose another one with --port",
    ),
    "submission.key_reused": Message(
        Verdict.REJECTED,
        "another request was sent with the Idempotency-Key {key!r}",
        "send a new key with a new request, and the same one only when you repeat it",
    ),
    "submission.too_many": Message(
        Verdict.REJECTED,
        "{count} of your submissions wait already, and no more may",
        "wait until some of them are graded, or cancel those that you do not need",
    ),
    "submission.ended": Message(
        Verdict.REJECTED,
        "submission {wanted!r} cannot be cancelled: it is {state}",
        "hand in again if you want another grade",
    ),
    "submission.not_ended": Message(
        Verdict.REJECTED,
        "submission {wanted!r} cannot be graded again yet: it is {state}",
        "wait for its end, or cancel it first",
    ),
    "submission.cursor": Message(
        Verdict.REJECTED,
        "{wanted!r} is no cursor of this list",
        "leave it out for the first page; each answer names the cursor of the next",
    ),
    "submission.credentials": Message(
        Verdict.REJECTED,
        "the address holds a user name or a password, and those are not kept here",
        "give an address without them, or hand in an archive",
    ),
    "submission.not_git": Message(
        Verdict.REJECTED,
        "{location} is no address of a git repository",
        "give one that begins with https://, or hand in an archive",
    ),
    "submission.upload_too_large": Message(
        Verdict.REJECTED,
        "the archive is larger than {limit} MiB",
        "leave out what is not source code: virtual environments, node_modules, builds, data",
    ),
    "submission.upload_empty": Message(
        Verdict.REJECTED,
        "the request has no archive in its body",
        "send it as it is: curl --data-binary @app.zip",
    ),
    "request.invalid": Message(
        Verdict.REJECTED,
        "the request cannot be read: {where}: {cause}",
        "GET /api/v1/openapi.json says what it takes",
    ),
    "request.too_large": Message(
        Verdict.REJECTED,
        "the body of the request is too large",
        "send only what the request needs",
    ),
    "request.no_route": Message(
        Verdict.REJECTED,
        "there is nothing at {method} {path}",
        "GET /api/v1/openapi.json lists what there is",
    ),
    "request.failed": Message(
        Verdict.GRADER_ERROR,
        "the request was not answered because of a mistake of ours",
        "send it again; if it happens twice, tell the operator when it was",
    ),
    "catalog.not_found": Message(
        Verdict.REJECTED,
        "there is no project called {wanted!r}",
        "GET /api/v1/projects lists all of them",
    ),
    "submission.upload_gone": Message(
        Verdict.GRADER_ERROR,
        "the archive of submission {wanted!r} is not kept any more",
        "hand it in again",
    ),
}
