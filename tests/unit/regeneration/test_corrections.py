"""What each correction is for: the trap is there in the plain output of the generator, and gone in the corrected."""

from __future__ import annotations

import contextlib
import copy
import datetime
import importlib
import io
import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import yaml
from openapi_python_client.config import ConfigFile

from regeneration.client.correction import Correction, correct, fingerprint, read_template
from regeneration.client.corrections import CORRECTIONS
from regeneration.client.generate import generate_client
from regeneration.errors import RegenerationError
from tests.unit.regeneration.specs import SPEC, contract

PLAIN, CORRECTED = "plain_things", "corrected_things"
THING = {"id": 1, "kind": "small", "made_at": "2025-09-01T00:00:00Z"}
INJECTION = b'zip\r\n--+++\r\nContent-Disposition: form-data; name="admin"\r\n\r\ntrue\r\n--+++--\r\n'

# The templates have a branch of their own for bodies of several media types.
SEVERAL = """\
  /anything/:
    post:
      operationId: send_anything
      tags: [things]
      x-retry: never
      parameters:
        - $ref: '#/components/parameters/Kind'
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              $ref: '#/components/schemas/FileUpload'
          application/json:
            schema:
              $ref: '#/components/schemas/ThingCreate'
      responses:
        '204':
          description: Done.
"""


NULLABLE = """\
    Odd:
      type: object
      properties:
        thing:
          oneOf:
            - $ref: '#/components/schemas/Thing'
            - type: 'null'
        when:
          type: [string, 'null']
          format: date-time
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("clients")
    text = SPEC.replace("components:\n", f"{SEVERAL}components:\n", 1) + NULLABLE
    bundle = contract(root, text).data
    config = ConfigFile(package_name_override="things", post_hooks=[])
    generate_client(bundle, config, root / PLAIN, corrections=())
    generate_client(bundle, config, root / CORRECTED)
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))
    for name in [name for name in sys.modules if name.split(".")[0] in (PLAIN, CORRECTED)]:
        del sys.modules[name]


@pytest.fixture
def load(directory: Path) -> Callable[[str], ModuleType]:
    return importlib.import_module


@pytest.fixture
def plain(load: Callable[[str], ModuleType]) -> Callable[[str], ModuleType]:
    return lambda name: load(f"{PLAIN}.{name}")


@pytest.fixture
def corrected(load: Callable[[str], ModuleType]) -> Callable[[str], ModuleType]:
    return lambda name: load(f"{CORRECTED}.{name}")


Package = Callable[[str], ModuleType]


def upload(package: Package, **values: Any) -> httpx.Request:
    """Build the request that uploads a file."""
    types, models = package("types"), package("models.file_upload")
    file = types.File(payload=io.BytesIO(INJECTION), **{"file_name": "a.zip", **values.pop("file", {})})
    body = models.FileUpload(file=file, public=True, **values)
    return request(package("api.things.upload_file")._get_kwargs(pk=1, body=body))


def request(arguments: dict[str, Any]) -> httpx.Request:
    built = httpx.Client(base_url="http://api").build_request(**arguments)
    built.read()
    return built


def boundary(message: httpx.Request) -> str:
    content_type: str = message.headers["content-type"]
    assert content_type.startswith("multipart/form-data; boundary=")
    return content_type.partition("boundary=")[2]


class TestRequests:
    def test_multipart_boundary(self, plain: Package, corrected: Package) -> None:
        message = upload(plain)
        assert f"--{boundary(message)}".encode() in INJECTION, "the file ends its own part"

        first, second = upload(corrected), upload(corrected)
        assert boundary(first) != boundary(second)
        assert f"--{boundary(first)}".encode() not in INJECTION
        assert INJECTION in first.content

    def test_multipart_boundary_of_several_media_types(self, plain: Package, corrected: Package) -> None:
        for package, is_fixed in ((plain, True), (corrected, False)):
            file = package("types").File(payload=io.BytesIO(b"x"), file_name="a")
            body = package("models.file_upload").FileUpload(file=file, public=True)
            operation = package("api.things.send_anything")
            assert (boundary(request(operation._get_kwargs(body=body))) == "+++") is is_fixed
            other = package("models.thing_create").ThingCreate(name="a")
            assert request(operation._get_kwargs(body=other)).headers["content-type"] == "application/json"

    def test_a_body_of_several_media_types_is_required(self, plain: Package, corrected: Package) -> None:
        assert plain("api.things.send_anything")._get_kwargs()["method"] == "post"
        with pytest.raises(TypeError, match="body"):
            corrected("api.things.send_anything")._get_kwargs()

    def test_multipart_booleans(self, plain: Package, corrected: Package) -> None:
        part = b'name="public"\r\nContent-Type: text/plain\r\n\r\n%s\r\n'
        assert part % b"True" in upload(plain).content
        assert part % b"true" in upload(corrected).content

    def test_files_always_have_a_name(self, plain: Package, corrected: Package, tmp_path: Path) -> None:
        assert b"filename" not in upload(plain, file={"file_name": None}).content
        assert b'filename="upload"' in upload(corrected, file={"file_name": None}).content

        (tmp_path / "release.zip").write_bytes(b"zip")
        with (tmp_path / "release.zip").open("rb") as opened:
            file = corrected("types").File(payload=opened)
            assert file.to_tuple() == ("release.zip", opened, None)

    def test_plain_values_for_enumerations(self, plain: Package, corrected: Package) -> None:
        with pytest.raises(AttributeError):
            plain("api.things.list_things")._get_kwargs(kind="small")
        for kind in ("small", corrected("models.kind").Kind.SMALL):
            message = request(corrected("api.things.list_things")._get_kwargs(kind=kind))
            assert message.url.params["kind"] == "small"
        model = corrected("models.thing_create").ThingCreate(name="a", kind="tiny")
        assert model.to_dict() == {"name": "a", "kind": "tiny"}

    def test_datetimes_have_an_offset(self, plain: Package, corrected: Package) -> None:
        naive = datetime.datetime(2025, 9, 1, 12)  # the point of the test
        sent = request(plain("api.things.list_things")._get_kwargs(since=naive)).url.params["since"]
        assert datetime.datetime.fromisoformat(sent).tzinfo is None

        sent = request(corrected("api.things.list_things")._get_kwargs(since=naive)).url.params["since"]
        assert datetime.datetime.fromisoformat(sent) == naive.astimezone()
        part = upload(corrected, when=naive).content
        assert naive.astimezone().isoformat().encode() in part

    def test_datetimes_with_an_offset_and_strings_stay_as_they_are(self, corrected: Package) -> None:
        format_datetime = corrected("types").format_datetime
        moment = datetime.datetime(2025, 9, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=9)))
        assert format_datetime(moment) == "2025-09-01T00:00:00+09:00"
        assert format_datetime("yesterday") == "yesterday"


class TestResponses:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("2025-09-01t12:00:00z", "2025-09-01T12:00:00+00:00"),
            ("2025-09-01T24:00:00Z", "2025-09-02T00:00:00+00:00"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00"),
            ("2016-12-31T23:59:60.5+00:00", "2017-01-01T00:00:00.500000+00:00"),
        ],
    )
    def test_lenient_datetimes(self, plain: Package, corrected: Package, written: str, read: str) -> None:
        value = {**THING, "made_at": written}
        with pytest.raises(ValueError, match=r"iso|second|hour"):
            plain("models.thing").Thing.from_dict(value)
        assert corrected("models.thing").Thing.from_dict(value).made_at == datetime.datetime.fromisoformat(read)

    @pytest.mark.parametrize("written", ["2025-09-01T12:00:00.123456789Z", "2025-09-01T12:00:00.1+09:00"])
    def test_ordinary_datetimes_are_parsed_as_before(self, plain: Package, corrected: Package, written: str) -> None:
        value = {**THING, "made_at": written}
        expected = plain("models.thing").Thing.from_dict(value).made_at
        assert corrected("models.thing").Thing.from_dict(value).made_at == expected

    @pytest.mark.parametrize("written", ["2025", "yesterday", "2025-09-01T99:00:00Z", "2025-09-01T12:00:99Z"])
    def test_what_is_no_timestamp_is_refused(self, corrected: Package, written: str) -> None:
        with pytest.raises(ValueError, match=r".+"):
            corrected("types").parse_datetime(written)

    def test_unlisted_status_codes(self, plain: Package, corrected: Package) -> None:
        def ask(package: Package, status: int) -> Any:
            client = package("client").AuthenticatedClient(base_url="http://api", token="t")
            answer = httpx.MockTransport(lambda _: httpx.Response(status, json={}))
            client.set_httpx_client(httpx.Client(base_url="http://api", transport=answer))
            return package("api.things.delete_thing").sync_detailed(pk=1, client=client).status_code

        with pytest.raises(ValueError, match="218"):
            ask(plain, 218)
        assert ask(corrected, 218) == 218
        assert ask(corrected, 204) is HTTPStatus.NO_CONTENT

    @pytest.mark.parametrize(
        ("value", "error"),
        [({"thing": {"id": 1}}, KeyError), ({"thing": 5}, TypeError), ({"when": "soon"}, ValueError)],
    )
    def test_what_can_be_null_is_parsed_or_refused(
        self, plain: Package, corrected: Package, value: dict[str, object], error: type[Exception]
    ) -> None:
        (name,) = value
        assert getattr(plain("models.odd").Odd.from_dict(value), name) == value[name], "typed as a model, or a datetime"
        with pytest.raises(error):
            corrected("models.odd").Odd.from_dict(value)
        model = corrected("models.odd").Odd.from_dict({"thing": THING, "when": "2025-09-01T00:00:00Z"})
        assert (model.thing.id, model.when.year) == (1, 2025)
        empty = corrected("models.odd").Odd.from_dict({"thing": None, "when": None})
        assert (empty.thing, empty.when, empty.to_dict()) == (None, None, {"thing": None, "when": None})

    def test_open_string_enumerations(self, plain: Package, corrected: Package) -> None:
        unlisted = {**THING, "kind": "gigantic"}
        page = {"count": 2, "results": [THING, unlisted]}
        with pytest.raises(ValueError, match="gigantic"):
            plain("models.thing_page").ThingPage.from_dict(page)

        parsed = corrected("models.thing_page").ThingPage.from_dict(page)
        kind, known = parsed.results[1].kind, parsed.results[0].kind
        enumeration: Any = corrected("models.kind").Kind
        assert known is enumeration.SMALL
        assert type(kind) is enumeration
        assert (kind, str(kind), kind.value, kind.name, hash(kind)) == ("gigantic",) * 4 + (hash("gigantic"),)
        assert kind == enumeration("gigantic") != known
        assert "gigantic" in repr(kind)
        assert parsed.to_dict()["results"][1]["kind"] == "gigantic"
        sent = json.loads(json.dumps(parsed.results[1].to_dict()))
        assert sent == {**unlisted, "made_at": "2025-09-01T00:00:00+00:00"}
        for same in (pickle.loads(pickle.dumps(kind)), copy.copy(kind), copy.deepcopy(kind)):  # noqa: S301  # our own
            assert same == kind
            assert type(same) is enumeration
        assert pickle.loads(pickle.dumps(known)) is known  # noqa: S301  # our own
        assert set(enumeration.__members__) == {"LARGE", "SMALL"}, "unlisted values do not pile up"
        with pytest.raises(ValueError, match="7"):
            enumeration(7)

    def test_open_integer_enumerations(self, plain: Package, corrected: Package) -> None:
        value = {**THING, "level": 9}
        with pytest.raises(ValueError, match="9"):
            plain("models.thing").Thing.from_dict(value)
        level = corrected("models.thing").Thing.from_dict(value).level
        enumeration = corrected("models.level").Level
        assert type(level) is enumeration
        assert (level, level + 1, str(level)) == (9, 10, "9")
        assert pickle.loads(pickle.dumps(level)) == 9  # noqa: S301  # our own
        with pytest.raises(ValueError, match="nine"):
            enumeration("nine")


class TestSharedTypes:
    @pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
    def test_there_is_one_unset(self, plain: Package, corrected: Package, copied: Callable[[Any], Any]) -> None:
        assert copied(plain("types").UNSET) is not plain("types").UNSET
        assert copied(corrected("types").UNSET) is corrected("types").UNSET
        assert repr(corrected("types").UNSET) == "UNSET"
        assert not corrected("types").UNSET

    def test_a_copied_model_can_be_sent(self, plain: Package, corrected: Package) -> None:
        with pytest.raises(TypeError, match="not JSON serializable"):
            json.dumps(copy.deepcopy(plain("models.failure").Failure()).to_dict())
        model = corrected("models.failure").Failure()
        assert copy.deepcopy(model).to_dict() == pickle.loads(pickle.dumps(model)).to_dict() == {}  # noqa: S301


def authenticated(package: Package, **arguments: Any) -> Any:
    return package("client").AuthenticatedClient(base_url="http://api", token="hush", **arguments)


class TestClients:
    def test_no_secret_in_repr(self, plain: Package, corrected: Package) -> None:
        secrets: dict[str, Any] = {
            "headers": {"X-Key": "hush-header"},
            "cookies": {"session": "hush-cookie"},
            "httpx_args": {"auth": ("me", "hush-password")},
        }
        assert repr(authenticated(plain, **secrets)).count("hush") == 4
        client = authenticated(corrected, **secrets)
        client.get_httpx_client()
        assert "hush" not in repr(client)
        assert "hush" not in str(corrected("client").Client(base_url="http://api", **secrets))

    def test_the_callers_dicts_stay_as_they_are(self, plain: Package, corrected: Package) -> None:
        headers: dict[str, str] = {"X-Key": "1"}
        authenticated(plain, headers=headers).get_httpx_client()
        assert headers.pop("Authorization") == "Bearer hush"

        for method in ("get_httpx_client", "get_async_httpx_client"):
            client = authenticated(corrected, headers=headers)
            live = getattr(client, method)()
            assert live.headers["authorization"] == "Bearer hush"
            assert live.headers["x-key"] == "1"
            assert headers == {"X-Key": "1"}
            assert client._headers == {"X-Key": "1"}, "a copy with another token must not send this one"
        headers["X-Key"] = "2"
        assert client._headers == {"X-Key": "1"}

    def test_a_token_without_prefix(self, corrected: Package) -> None:
        client = authenticated(corrected, prefix="", auth_header_name="X-Token")
        assert client.get_httpx_client().headers["x-token"] == "hush"

    def test_a_timeout_by_default(self, plain: Package, corrected: Package) -> None:
        assert authenticated(plain).get_httpx_client().timeout == httpx.Timeout(None)
        assert authenticated(corrected).get_httpx_client().timeout == httpx.Timeout(30, connect=5)
        assert authenticated(corrected, timeout=None).get_httpx_client().timeout == httpx.Timeout(None)

    def test_copies_leave_the_live_client_alone(self, plain: Package, corrected: Package) -> None:
        def touched(package: Package, method: str) -> list[str]:
            client = authenticated(package)
            live = getattr(client, method)()
            before = {"headers": dict(live.headers), "cookies": dict(live.cookies), "timeout": live.timeout}
            others = (
                client.with_headers({"X-A": "1"}),
                client.with_cookies({"b": "2"}),
                client.with_timeout(httpx.Timeout(3)),
            )
            after = {"headers": dict(live.headers), "cookies": dict(live.cookies), "timeout": live.timeout}
            headers, cookies, timeout = (getattr(other, method)() for other in others)
            assert (headers.headers["x-a"], cookies.cookies["b"], timeout.timeout) == ("1", "2", httpx.Timeout(3))
            return [name for name in before if before[name] != after[name]]

        for method in ("get_httpx_client", "get_async_httpx_client"):
            assert touched(plain, method) == ["headers", "cookies", "timeout"]
            assert touched(corrected, method) == []

    @pytest.mark.parametrize(
        ("method", "kind"), [("get_httpx_client", "Client"), ("get_async_httpx_client", "AsyncClient")]
    )
    def test_threads_share_one_live_client(
        self, plain: Package, corrected: Package, monkeypatch: pytest.MonkeyPatch, method: str, kind: str
    ) -> None:
        def constructed(package: Package, *, patience: float) -> int:
            client = authenticated(package)  # its module names the class in annotations, which must be the real one
            both = threading.Barrier(2)
            made: list[object] = []

            def construct(**_: object) -> object:
                made.append(object())
                with contextlib.suppress(threading.BrokenBarrierError):
                    both.wait(timeout=patience)  # until the other thread constructs, too
                return made[-1]

            results: list[object] = []
            threads = [threading.Thread(target=lambda: results.append(getattr(client, method)())) for _ in range(2)]
            with monkeypatch.context() as patch:
                patch.setattr(httpx, kind, construct)
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            return len(made)

        assert constructed(plain, patience=60) == 2
        assert constructed(corrected, patience=0.3) == 1, "there is nobody to wait for"

    def test_a_used_client_can_be_copied(self, plain: Package, corrected: Package) -> None:
        used = authenticated(plain)
        used.get_httpx_client()
        with pytest.raises(TypeError, match="pickle"):
            pickle.dumps(used)

        client = authenticated(corrected, headers={"X-A": "1"})
        client.get_httpx_client(), client.get_async_httpx_client()
        for same in (copy.copy(client), copy.deepcopy(client), pickle.loads(pickle.dumps(client))):  # noqa: S301
            assert same.get_httpx_client() is not client.get_httpx_client()
            assert same.get_httpx_client().headers == client.get_httpx_client().headers
            assert same.get_async_httpx_client() is not client.get_async_httpx_client()


class TestImports:
    def run(self, directory: Path, code: str) -> list[str]:
        """Run code in a fresh interpreter and return the words that it prints."""
        environment = {"PYTHONPATH": str(directory), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        return done.stdout.split()

    def test_lazy_models(self, directory: Path) -> None:
        code = (
            "import sys, {0}.models as models; models.Kind; models.Kind\n"
            "print(*(name for name in sys.modules if name.startswith('{0}.models.')))"
        )
        assert len(self.run(directory, code.format(PLAIN))) > 5
        assert self.run(directory, code.format(CORRECTED)) == [f"{CORRECTED}.models.kind"]

    def test_lazy_package(self, directory: Path) -> None:
        code = "import sys, {0}; print('httpx' in sys.modules); {0}.Client; print('httpx' in sys.modules)"
        assert self.run(directory, code.format(PLAIN)) == ["True", "True"]
        assert self.run(directory, code.format(CORRECTED)) == ["False", "True"]

    def test_lazy_names_are_listed_and_others_refused(self, corrected: Package) -> None:
        models = corrected("models")
        assert {"Thing", "Kind", "__name__"} <= set(dir(models))
        assert set(models.__all__) <= set(dir(models))
        with pytest.raises(AttributeError, match=r"module 'corrected_things.models' has no attribute 'Nothing'"):
            models.Nothing  # noqa: B018  # the access is the test


class TestData:
    def test_every_correction_has_its_name_and_reason(self) -> None:
        assert len({correction.name for correction in CORRECTIONS}) == len(CORRECTIONS)
        assert all(correction.reason.endswith(".") for correction in CORRECTIONS)
        assert all(correction.find != correction.replace for correction in CORRECTIONS)

    @pytest.mark.parametrize("correction", CORRECTIONS, ids=lambda correction: correction.name)
    def test_a_correction_that_no_longer_matches_stops_the_run(self, correction: Correction) -> None:
        template = read_template(correction.template)
        for text, matches in (("something else", 0), (template + correction.find, 2)):
            with pytest.raises(RegenerationError, match=f"{correction.name!r} matches {matches} times") as caught:
                correct([correction], read=lambda _, text=text: text)  # type: ignore[misc]
            assert correction.template in str(caught.value)

    def test_the_fingerprint_follows_the_text(self) -> None:
        assert fingerprint(CORRECTIONS) == fingerprint(list(CORRECTIONS))
        assert fingerprint(CORRECTIONS) != fingerprint(CORRECTIONS[1:])

    def test_the_spec_of_these_tests_is_yaml(self) -> None:
        assert yaml.safe_load(SPEC)["openapi"] == "3.1.0"
