# Written by scripts/regenerate from openapi.yaml; edit that, not this file.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.plugin_run_context import PluginRunContext
    from ..models.plugin_run_parameters import PluginRunParameters
    from ..models.plugin_run_params import PluginRunParams


T = TypeVar("T", bound="PluginRun")


@_attrs_define
class PluginRun:
    """What to run a plugin with."""

    parameters: PluginRunParameters | Unset = UNSET
    """ Parameters of the plugin, as its configuration names them. """
    context: PluginRunContext | Unset = UNSET
    """ Facts about the run, for example `project_id`, `user_id`, `execution_mode`, `retry_attempt`. """
    agent: int | Unset = UNSET
    """ Id of the agent to run on. Known by later backends. """
    action: str | Unset = UNSET
    """ Action of the plugin. Known by later backends. """
    params: PluginRunParams | Unset = UNSET
    """ What later backends call `parameters`. """
    version: str | Unset = UNSET
    """ Version to run. Known by later backends. """
    debug: bool | Unset = UNSET
    """ Run in debug mode. Known by later backends. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        parameters: dict[str, Any] | Unset = UNSET
        if not isinstance(self.parameters, Unset):
            parameters = self.parameters.to_dict()

        context: dict[str, Any] | Unset = UNSET
        if not isinstance(self.context, Unset):
            context = self.context.to_dict()

        agent = self.agent

        action = self.action

        params: dict[str, Any] | Unset = UNSET
        if not isinstance(self.params, Unset):
            params = self.params.to_dict()

        version = self.version

        debug = self.debug

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if parameters is not UNSET:
            field_dict["parameters"] = parameters
        if context is not UNSET:
            field_dict["context"] = context
        if agent is not UNSET:
            field_dict["agent"] = agent
        if action is not UNSET:
            field_dict["action"] = action
        if params is not UNSET:
            field_dict["params"] = params
        if version is not UNSET:
            field_dict["version"] = version
        if debug is not UNSET:
            field_dict["debug"] = debug

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.plugin_run_context import PluginRunContext  # noqa: PLC0415
        from ..models.plugin_run_parameters import PluginRunParameters  # noqa: PLC0415
        from ..models.plugin_run_params import PluginRunParams  # noqa: PLC0415

        d = dict(src_dict)
        _parameters = d.pop("parameters", UNSET)
        parameters: PluginRunParameters | Unset
        if isinstance(_parameters, Unset):
            parameters = UNSET
        else:
            parameters = PluginRunParameters.from_dict(_parameters)

        _context = d.pop("context", UNSET)
        context: PluginRunContext | Unset
        if isinstance(_context, Unset):
            context = UNSET
        else:
            context = PluginRunContext.from_dict(_context)

        agent = d.pop("agent", UNSET)

        action = d.pop("action", UNSET)

        _params = d.pop("params", UNSET)
        params: PluginRunParams | Unset
        if isinstance(_params, Unset):
            params = UNSET
        else:
            params = PluginRunParams.from_dict(_params)

        version = d.pop("version", UNSET)

        debug = d.pop("debug", UNSET)

        plugin_run = cls(
            parameters=parameters,
            context=context,
            agent=agent,
            action=action,
            params=params,
            version=version,
            debug=debug,
        )

        plugin_run.additional_properties = d
        return plugin_run

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
