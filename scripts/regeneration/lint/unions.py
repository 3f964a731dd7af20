"""Rules for schemas with several variants."""

from collections.abc import Iterator

from regeneration.contract import Contract
from regeneration.document import JsonObject
from regeneration.lint.rule import Problem, Rule


def discriminator(contract: Contract) -> Iterator[Problem]:
    """The generator has no discriminators: the first variant that parses wins."""
    for pointer, schema in contract.schemas():
        if isinstance(schema, dict) and "discriminator" in schema:
            instead = "give the property a `const` in each variant and make it required"
            yield Problem((*pointer, "discriminator"), "`discriminator` is ignored", instead)


def distinct_variants(contract: Contract) -> Iterator[Problem]:
    """Objects are told apart by a required property with a `const`, and by nothing else."""
    for pointer, schema in contract.schemas():
        if not isinstance(schema, dict):
            continue
        for key in ("oneOf", "anyOf"):
            variants = [contract.follow((), branch).data for branch in schema.get(key) or ()]
            objects = [variant for variant in variants if variant.get("type") == "object" or "properties" in variant]
            if len(objects) > 1 and not _are_told_apart(contract, objects):
                message = f"`{key}` has {len(objects)} objects that nothing tells apart"
                instead = "give one required property another `const` in each of them"
                yield Problem((*pointer, key), message, instead)


def _are_told_apart(contract: Contract, objects: list[JsonObject]) -> bool:
    names = set.intersection(*(set(variant.get("required") or ()) for variant in objects))
    for name in names:
        parts = [contract.follow((), (variant.get("properties") or {}).get(name)).data for variant in objects]
        constants = [repr(part["const"]) for part in parts if "const" in part]
        if len(set(constants)) == len(objects):
            return True
    return False


RULES: tuple[Rule, ...] = (discriminator, distinct_variants)
