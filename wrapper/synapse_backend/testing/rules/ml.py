"""Models and ground truth."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from synapse_backend.testing import showing
from synapse_backend.testing.adding import new_row
from synapse_backend.testing.listing import Listing, page_of
from synapse_backend.testing.messages import JsonObject, invalid, not_found
from synapse_backend.testing.rules import Answer, rule
from synapse_backend.testing.rules.data_collection import uploaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from synapse_backend.testing.app import Call

_MODEL_FIELDS = (
    *("name", "project", "model_type", "description", "metrics", "configuration", "is_active"),
    *("plugin", "version", "checkpoint"),
)
_ON_REQUEST = ("evaluations", "versions")

_MODELS = Listing(
    exact=("project", "model_type", "is_active"),
    ordering=("id", "name", "project", "model_type", "is_active", "size", "created_at", "updated_at"),
    text=lambda _state, row: f"{row['name']}\n{row['description']}",
)
_EVENTS = Listing(
    exact=("project", "data_type"),
    one_of=(("ground_truth_dataset_version", "ground_truth_dataset_versions"),),
    ordering=("id", "project", "data_type", "category", "ground_truth_dataset_version", "data_unit", "created_at"),
    text=lambda _state, row: json.dumps([row["data"], row["metadata"]], ensure_ascii=False),
)
_GROUND_TRUTHS = Listing(
    exact=("ground_truth_dataset",), any_of=(("ground_truth_dataset_versions", "ground_truth_dataset_versions"),)
)
_VERSIONS = Listing(exact=("ground_truth_dataset", "is_archived"))


# --- models ---------------------------------------------------------------------------------------------------------


def model_by_id(call: Call) -> JsonObject:
    """The model that the path names."""
    model = call.state.models.get(call.path["pk"])
    if model is None:
        raise not_found()
    return model


@rule(target=model_by_id)
def get_model(call: Call) -> Answer:
    """The model, with its file unless the request says no, and with more when asked."""
    model = _shown(call, call.target)
    for name in call.query.get("expand", ()):
        model[name] = call.target[name]
    if not call.query.get("include_file", True):
        del model["file"]
    return 200, model


@rule()
def list_models(call: Call) -> Answer:
    """One page of the models that match, newest first."""
    return 200, page_of(call, call.state.models, _MODELS, "/models/", lambda row: _shown(call, row))


def _shown(call: Call, row: JsonObject) -> JsonObject:
    model = showing.model(call.state, row, call.base_url)
    return {name: value for name, value in model.items() if name not in _ON_REQUEST}


@rule()
def create_model(call: Call) -> Answer:
    """A model of a file that was uploaded in parts before."""
    body, state = call.body, call.state
    if state.projects.get(body["project"]) is None:
        raise invalid(project=f'Invalid pk "{body["project"]}" - object does not exist.')
    upload = uploaded(call)
    if state.models.find(chunked_upload=upload["id"]) is not None:
        raise invalid(chunked_upload="The upload belongs to another model.")
    given: JsonObject = {name: body[name] for name in _MODEL_FIELDS if name in body}
    given |= {name: upload[name] for name in ("file", "checksum", "size")}
    given |= {"chunked_upload": upload["id"], "versions": [{"version": body.get("version", "1.0.0")}]}
    model = state.models.add(new_row("models", state, given, call.now))
    return 201, _shown(call, model)


# --- ground truth ---------------------------------------------------------------------------------------------------


@rule()
def list_ground_truth_events(call: Call) -> Answer:
    """One page of the events that match, newest first."""
    return _events(call, "", lambda row: showing.ground_truth_event(call.state, row, call.base_url))


@rule()
def list_ground_truth_events_data(call: Call) -> Answer:
    """The same with nothing but the annotation data."""
    return _events(call, "data/", showing.data_only)


@rule()
def list_ground_truth_events_files(call: Call) -> Answer:
    """The same with nothing but the files."""
    return _events(
        call,
        "files/",
        lambda row: showing.file_list(showing.ground_truth_event(call.state, row, call.base_url)),
    )


def _events(call: Call, form: str, show: Callable[[JsonObject], JsonObject]) -> Answer:
    return 200, page_of(call, call.state.ground_truth_events, _EVENTS, f"/sdk/ground_truth_events/{form}", show)


@rule()
def list_ground_truths(call: Call) -> Answer:
    """One page of the ground truths that match."""
    return 200, page_of(
        call,
        call.state.ground_truths,
        _GROUND_TRUTHS,
        "/ground_truths/",
        lambda row: showing.ground_truth(call.state, row, call.base_url),
    )


def version_by_id(call: Call) -> JsonObject:
    """The version that the path names."""
    version = call.state.ground_truth_versions.get(call.path["pk"])
    if version is None:
        raise not_found()
    return version


@rule(target=version_by_id)
def get_ground_truth_version(call: Call) -> Answer:
    """The version, with figures about its events."""
    return 200, showing.ground_truth_version(call.state, call.target, call.base_url)


@rule()
def list_ground_truth_versions(call: Call) -> Answer:
    """One page of the versions that match, newest first."""
    return 200, page_of(
        call,
        call.state.ground_truth_versions,
        _VERSIONS,
        "/ground_truth_dataset_versions/",
        lambda row: showing.ground_truth_version(call.state, row, call.base_url),
    )
