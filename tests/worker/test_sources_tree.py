"""The tree: what it keeps, how it is named, and the tar that is made of it."""

import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from tests.worker.sources_support import tree_of, write
from worker.sources import SourceTree
from worker.sources.builder import TreeBuilder
from worker.sources.deadline import Deadline
from worker.sources.limits import Limits

ROOMY = Limits(max_bytes=10_000_000, max_files=1000)


def build(
    workdir: Path, files: dict[str, bytes], links: dict[str, str] | None = None
) -> SourceTree:
    workdir.mkdir(exist_ok=True)
    with TreeBuilder(workdir, ROOMY, Deadline(30, "here")) as builder:
        for path, data in files.items():
            assert builder.accept(path)
            builder.add_file(path, builder.spool([data]), executable=path.endswith(".sh"))
        for path, target in (links or {}).items():
            assert builder.accept(path)
            builder.add_link(path, target)
        return builder.finish()[0]


def tar_of(tree: SourceTree, **options: object) -> tuple[bytes, dict[str, tarfile.TarInfo]]:
    stream = io.BytesIO()
    tree.write_tar(stream, **options)  # type: ignore[arg-type]
    raw = stream.getvalue()
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        return raw, {member.name: member for member in tar.getmembers()}


def test_reads_what_was_written(tmp_path: Path) -> None:
    tree = build(tmp_path, {"a.py": b"one", "b/c.sh": b"two" * 1000}, {"b/d": "../a.py"})
    assert tree.paths() == ("a.py", "b/c.sh", "b/d")
    assert tree.read("a.py", 100) == b"one"
    assert tree.read("b/c.sh", 4) == b"twot"
    assert tree.read("b/d", 100) == b"one"
    assert b"".join(tree.chunks("b/c.sh")) == b"two" * 1000
    assert tree.is_executable("b/c.sh")
    assert not tree.is_executable("a.py")
    assert tree.has("b/d")
    assert not tree.has("b")
    assert tree.has_folder("b")
    assert tree.link_target("b/d") == "../a.py"
    assert tree.size == 3003
    with pytest.raises(KeyError):
        tree.read("nope", 1)


def test_sub_folder_with_spaces(tmp_path: Path) -> None:
    tree = build(
        tmp_path,
        {"my app/src/a.py": b"a", "my app/b.py": b"b", "shared/c.py": b"c"},
        {"my app/in": "src/a.py", "my app/out": "../shared/c.py"},
    )
    below = tree.sub("./my app/")
    assert below.paths() == ("b.py", "in", "src/a.py")
    assert tree.sub("") is tree
    assert below.digest != tree.digest


@pytest.mark.parametrize(
    ("asked", "advice"),
    [
        ("blog-platfrm-api", "did you mean `blog-platform-api`?"),
        ("Blog-Platform-API", "did you mean `blog-platform-api`?"),
        ("inner", "did you mean `blog-platform-api/inner`?"),
        ("zzz", "the folders there are: blog-platform-api, other"),
        ("../other", "did you mean `other`?"),
    ],
)
def test_missing_sub_folder_says_which_there_are(tmp_path: Path, asked: str, advice: str) -> None:
    files = {"blog-platform-api/inner/a.py": b"", "other/b.py": b"", "README.md": b""}
    tree = build(tmp_path, files)
    with pytest.raises(SubmissionError) as caught:
        tree.sub(asked)
    assert caught.value.code == "source.path_not_found"
    assert caught.value.hint == advice


def test_sub_folder_of_a_flat_tree(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError) as caught:
        build(tmp_path, {"a.py": b""}).sub("x")
    assert "leave --path out" in caught.value.hint


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("a.py", True),
        ("./b/../a.py", True),
        ("b/c.py", True),
        ("other", True),
        ("b", False),
        (".", False),
        ("link", False),
        ("/etc/passwd", False),
        ("../outside", False),
        ("b/../../a.py", False),
        ("missing", False),
        ("missing/../a.py", False),
        ("a.py/../a.py", False),
        ("other/../a.py", False),
        ("", False),
        ("a.py\nx", False),
        ("x" * 2000, False),
    ],
)
def test_links(tmp_path: Path, target: str, kept: bool) -> None:
    tree = build(tmp_path, {"a.py": b"", "b/c.py": b""}, {"link": target, "other": "a.py"})
    assert tree.has("link") is kept


def test_a_chain_of_links_ends_or_is_dropped(tmp_path: Path) -> None:
    long = {f"l{i}": f"l{i + 1}" for i in range(20)} | {"l20": "a.py"}
    tree = build(tmp_path, {"a.py": b""}, long | {"loop": "pool", "pool": "loop"})
    assert tree.has("l20")
    assert not tree.has("l0")
    assert not tree.has("loop")


def test_a_name_cannot_be_both_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError) as caught:
        build(tmp_path, {"a": b"", "a/b": b""})
    assert caught.value.code == "source.duplicate_name"
    link_then_file = tmp_path / "second"
    with pytest.raises(SubmissionError):
        build(link_then_file, {"x": b"", "a/b": b""}, {"a": "x"})


def test_tar_is_the_same_whenever_it_is_fetched(tmp_path: Path) -> None:
    files = {"b/x.sh": "echo", "a.py": "a", "ü/ö.txt": "o"}
    one, two = (
        write(tmp_path / "one", files),
        write(tmp_path / "two", dict(reversed(files.items()))),
    )
    (one / "b" / "x.sh").chmod(0o4755)
    (two / "b" / "x.sh").chmod(0o700)
    (two / "a.py").chmod(0o600)
    trees = [tree_of(folder, tmp_path).tree for folder in (one, two)]
    assert trees[0].digest == trees[1].digest
    raw, members = tar_of(trees[0])
    assert raw == tar_of(trees[1])[0]
    assert list(members) == ["a.py", "b", "b/x.sh", "ü", "ü/ö.txt"]
    assert {m.mode for m in members.values()} == {0o644, 0o755}
    assert {(m.mtime, m.uid, m.gid, m.uname) for m in members.values()} == {(0, 0, 0, "")}


def test_tar_takes_out_and_adds(tmp_path: Path) -> None:
    tree = build(tmp_path, {"a.py": b"a", "b/c.py": b"c"}, {"l": "a.py"})
    extra = {"Dockerfile": b"FROM x", "a.py": b"instead"}
    raw, members = tar_of(tree, exclude=lambda path: path.startswith("b/"), extra=extra)
    assert list(members) == ["Dockerfile", "a.py", "l"]
    with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
        file = tar.extractfile("a.py")
        assert file is not None
        assert file.read() == b"instead"


def test_digest_tells_names_modes_and_contents_apart(tmp_path: Path) -> None:
    shapes: list[tuple[dict[str, bytes], dict[str, str]]] = [
        ({"a": b"x", "b": b""}, {}),
        ({"a": b"", "b": b"x"}, {}),
        ({"a": b"x", "b.sh": b""}, {}),
        ({"a": b"x", "c/b": b""}, {}),
        ({"a": b"x"}, {"b": "a"}),
        ({"a": b"a", "b": b"a"}, {}),
    ]
    digests = {
        build(tmp_path / str(i), files, links).digest for i, (files, links) in enumerate(shapes)
    }
    assert len(digests) == len(shapes)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_bytes=5, max_files=10), "source.too_large"),
        (Limits(max_bytes=100, max_files=2), "source.too_many_files"),
        (Limits(max_bytes=100, max_files=9, max_depth=2), "source.too_deep"),
        (Limits(max_bytes=100, max_files=9, max_name_bytes=6), "source.too_many_files"),
    ],
)
def test_caps(tmp_path: Path, limits: Limits, code: str) -> None:
    builder = TreeBuilder(tmp_path, limits, Deadline(30, "here"))

    def fill() -> None:
        for path in ("a", "b/c", "d/e/f"):
            builder.accept(path)
            builder.add_file(path, builder.spool([b"xx"]), executable=False)

    with builder, pytest.raises(SubmissionError) as caught:
        fill()
    assert caught.value.code == code


def test_the_same_contents_at_many_paths_count_each_time(tmp_path: Path) -> None:
    builder = TreeBuilder(tmp_path, Limits(max_bytes=100, max_files=100), Deadline(30, "here"))
    content = builder.spool([b"x" * 30])
    for path in "abc":
        builder.add_file(path, content, executable=False)
    with builder, pytest.raises(SubmissionError) as caught:
        builder.add_file("d", content, executable=False)
    assert caught.value.code == "source.too_large"


def test_nothing_but_one_file_is_written(tmp_path: Path) -> None:
    build(tmp_path, {"a.py": b"a", "b/c.py": b"c"}, {"l": "a.py"})
    assert [file.name for file in tmp_path.rglob("*")] == ["contents"]


NAMES = st.lists(
    st.text(st.characters(exclude_categories=[]), min_size=1, max_size=8)
    | st.sampled_from(["..", ".git", "a", "b", "node_modules"]),
    min_size=1,
    max_size=4,
).map("/".join)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, st.binary(max_size=20), max_size=8), st.dictionaries(NAMES, NAMES))
def test_whatever_the_names_the_tar_stays_inside(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], links: dict[str, str]
) -> None:
    workdir = tmp_path_factory.mktemp("tree")
    try:
        with TreeBuilder(workdir, ROOMY, Deadline(30, "here")) as builder:
            for path, data in files.items():
                if builder.accept(path):
                    builder.add_file(path, builder.spool([data]), executable=False)
            for path, target in links.items():
                if builder.accept(path):
                    builder.add_link(path, target)
            tree, _ = builder.finish()
    except SubmissionError:
        return
    _, members = tar_of(tree)
    for name, member in members.items():
        assert not name.startswith("/")
        assert ".." not in name.split("/")
        if member.issym():
            assert tree.read(name, 1) is not None
    for path, data in files.items():
        if tree.has(path) and tree.link_target(path) is None:
            assert tree.read(path, 100) == data
