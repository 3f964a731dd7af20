"""Faults of lists: links that lead astray, and pages that do not fit together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, get_args
from urllib.parse import parse_qsl, urlencode, urlsplit

from synapse_backend.testing.checks import one_of
from synapse_backend.testing.faults.base import Exchange, ExchangeFault, decoded, json_body
from synapse_backend.testing.faults.shapes import is_paged

if TYPE_CHECKING:
    from synapse_backend.testing.contract import OperationContract
    from synapse_backend.testing.messages import JsonObject, Response

LinkKind = Literal[
    "foreign_host",
    "foreign_port",
    "foreign_scheme",
    "no_scheme",
    "user_info",
    "at_sign",
    "climbing",
    "backslashes",
    "leading_space",
    "private_address",
    "file",
    "repeat",
    "cycle",
    "relative",
    "absolute",
]
DriftKind = Literal[
    "clamped", "empty", "count_high", "count_low", "count_changing", "count_missing", "insert", "delete"
]

_CLAMPED_SIZE = 2


def _page(target: str) -> int:
    value = dict(parse_qsl(target.partition("?")[2])).get("page", "1")
    return int(value) if value.isdecimal() and value.isascii() else 1


def _with(target: str, **changes: int) -> str:
    path, _, query = target.partition("?")
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in changes]
    return f"{path}?{urlencode([*pairs, *changes.items()])}"


def _page_of(response: Response) -> JsonObject | None:
    value = decoded(response)
    return value if isinstance(value, dict) and "results" in value else None


@dataclass(frozen=True)
class PageLink(ExchangeFault):
    """Args: `kind`."""

    name: ClassVar = "page_link"
    summary: ClassVar = "Carries out, and answers with a link to the next page that leads somewhere else."
    scenarios: ClassVar = (50, 51, 52)
    commits: ClassVar = True
    needs: ClassVar = "an answer in pages"
    kind: LinkKind = "foreign_host"

    def __post_init__(self) -> None:
        one_of("kind", self.kind, get_args(LinkKind))

    def fits(self, operation: OperationContract) -> bool:
        """It answers pages."""
        return is_paged(operation)

    def play(self, exchange: Exchange) -> Response:
        """The page with another link."""
        response = exchange.answer()
        page = _page_of(response)
        if page is not None:
            page["next"] = self._link(exchange)
            response.body = json_body(page)
        return response

    def _link(self, exchange: Exchange) -> str:
        target, base = exchange.request.target, exchange.base_url
        here = _page(target)
        following = _with(target, page=here + 1)
        host = urlsplit(base).netloc
        links: dict[LinkKind, str] = {
            "foreign_host": f"http://elsewhere.example{following}",
            "foreign_port": f"http://{host.partition(':')[0]}:9{following}",
            "foreign_scheme": f"ftp://{host}{following}",
            "no_scheme": f"//elsewhere.example{following}",
            "user_info": f"http://{host}@elsewhere.example{following}",
            "at_sign": f"@elsewhere.example{following}",
            "climbing": "/../../admin?page=2",
            "backslashes": f"\\\\elsewhere.example{following}",
            "leading_space": f" http://elsewhere.example{following}",
            "private_address": f"http://10.0.0.1{following}",
            "file": "file:///etc/hostname",
            "repeat": base + target,
            "cycle": base + _with(target, page=here + 1 if here < 2 else 1),
            "relative": following,
            "absolute": base + following,
        }
        return links[self.kind]


@dataclass(frozen=True)
class PageDrift(ExchangeFault):
    """Args: `kind`. "insert" and "delete" wait for a page after the first."""

    name: ClassVar = "page_drift"
    summary: ClassVar = (
        "Carries out, and answers with a page that does not fit to the others: short, empty, miscounted, moved."
    )
    scenarios: ClassVar = (53, 54, 55, 56)
    commits: ClassVar = True
    needs: ClassVar = "an answer in pages"
    kind: DriftKind = "clamped"

    def __post_init__(self) -> None:
        one_of("kind", self.kind, get_args(DriftKind))

    def fits(self, operation: OperationContract) -> bool:
        """It answers pages."""
        return is_paged(operation)

    def wants(self, exchange: Exchange) -> bool:
        """What moves between pages shows on a later page."""
        return self.kind not in ("insert", "delete") or _page(exchange.request.target) > 1

    def play(self, exchange: Exchange) -> Response:
        """The page, changed."""
        target = exchange.request.target
        if self.kind == "clamped":
            return exchange.with_target(_with(target, page_size=_CLAMPED_SIZE)).answer()
        earlier = None
        if self.kind == "insert":
            earlier = _page_of(exchange.with_target(_with(target, page=_page(target) - 1)).answer())
        response = exchange.answer()
        page = _page_of(response)
        if page is not None:
            self._change(exchange, page, [] if earlier is None else earlier["results"][-1:])
            response.body = json_body(page)
        return response

    def _change(self, exchange: Exchange, page: JsonObject, moved: list[JsonObject]) -> None:
        match self.kind:
            case "empty":
                page["results"] = []
            case "count_high":
                page["count"] += 1000
            case "count_low":
                page["count"] = 0
            case "count_changing":
                page["count"] = exchange.random.randrange(10_000)
            case "count_missing":
                del page["count"]
            case "insert":
                page["count"] += 1
                page["results"] = [*moved, *page["results"]][: len(page["results"])]
            case _:
                page["count"] -= 1
                page["results"] = page["results"][1:]
