"""A small contract that obeys every rule, projects made of it, and runs of the command."""

from __future__ import annotations

from pathlib import Path

from regeneration import cli
from regeneration.contract import Contract
from regeneration.document import load

PROJECT = Path(__file__).resolve().parents[3]
CONFIG = "package_name_override: thing_api\npost_hooks: []\n"

SPEC = """\
openapi: 3.1.0
info:
  title: Things
  version: '1'
security:
  - token: []
tags:
  - name: things
    description: Things.
paths:
  /things/:
    get:
      operationId: list_things
      tags: [things]
      x-retry: safe
      parameters:
        - $ref: '#/components/parameters/Kind'
        - name: since
          in: query
          schema: {type: string, format: date-time}
        - name: flag
          in: query
          schema: {type: boolean}
      responses:
        '200':
          description: A page.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/ThingPage'
        '401':
          $ref: '#/components/responses/Failure'
        5XX:
          $ref: '#/components/responses/Failure'
    post:
      operationId: create_thing
      tags: [things]
      x-retry: never
      requestBody:
        required: true
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/ThingCreate'
            example: {name: a}
      responses:
        '201':
          description: The thing.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Thing'
        '401':
          $ref: '#/components/responses/Failure'
        5XX:
          $ref: '#/components/responses/Failure'
  /things/{pk}/:
    parameters:
      - name: pk
        in: path
        required: true
        schema: {type: integer}
    delete:
      operationId: delete_thing
      tags: [things]
      x-retry: idempotent
      responses:
        '204':
          description: It is gone.
        '401':
          $ref: '#/components/responses/Failure'
        5XX:
          $ref: '#/components/responses/Failure'
  /things/{pk}/file/:
    put:
      operationId: upload_file
      tags: [things]
      x-retry: idempotent
      parameters:
        - name: pk
          in: path
          required: true
          schema: {type: integer}
        - name: parts
          in: query
          description: What the answer carries.
          schema:
            type: array
            items: {type: string}
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              $ref: '#/components/schemas/FileUpload'
      responses:
        '200':
          description: All files.
          content:
            application/json:
              schema:
                type: array
                items:
                  $ref: '#/components/schemas/Thing'
        '401':
          $ref: '#/components/responses/Failure'
        5XX:
          $ref: '#/components/responses/Failure'
components:
  securitySchemes:
    token: {type: apiKey, in: header, name: Authorization}
  parameters:
    Kind:
      name: kind
      in: query
      schema:
        $ref: '#/components/schemas/Kind'
  responses:
    Failure:
      description: It failed.
      headers:
        Retry-After:
          schema: {type: string}
      content:
        application/json:
          schema:
            $ref: '#/components/schemas/Failure'
  schemas:
    Failure:
      type: object
      properties:
        detail: {type: string}
    Kind:
      type: string
      description: What kind of thing.
      enum: [small, large]
    Level:
      type: integer
      enum: [1, 2]
    Thing:
      type: object
      description: A thing.
      required: [id, kind, made_at]
      properties:
        id: {type: integer}
        kind:
          $ref: '#/components/schemas/Kind'
        level:
          $ref: '#/components/schemas/Level'
        made_at:
          type: string
          format: date-time
          examples: ['2025-09-01T00:00:00Z']
        owner:
          type: [string, 'null']
        note:
          type: string
          x-on-request: parts
          description: A note.
        extra:
          type: object
          additionalProperties: true
      additionalProperties: true
    ThingCreate:
      type: object
      required: [name]
      properties:
        name: {type: string, minLength: 1}
        kind:
          $ref: '#/components/schemas/Kind'
        due: {type: string, format: date-time}
    ThingPage:
      type: object
      required: [count, results]
      properties:
        count: {type: integer}
        next: {type: [string, 'null']}
        results:
          type: array
          items:
            $ref: '#/components/schemas/Thing'
    FileUpload:
      type: object
      required: [file, public]
      properties:
        file: {type: string, format: binary}
        public: {type: boolean}
        when: {type: string, format: date-time}
"""


def changed(*replacements: tuple[str, str]) -> str:
    """Return the contract with pieces replaced, each of which stands there once."""
    text = SPEC
    for old, new in replacements:
        assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
        text = text.replace(old, new)
    return text


def contract(directory: Path, text: str = SPEC) -> Contract:
    """Read a contract from text."""
    path = directory / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    return Contract(load(path))


def project(root: Path, text: str = SPEC) -> Path:
    """Make a project of a contract and return its root."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "openapi.yaml").write_text(text, encoding="utf-8")
    (root / "generator-config.yaml").write_text(CONFIG, encoding="utf-8")
    return root


ANOTHER = """\
  /things/{pk}/copies/:
    post:
      operationId: copy_thing
      tags: [things]
      x-retry: never
      parameters:
        - name: pk
          in: path
          required: true
          schema: {type: integer}
        - name: deep
          in: query
          description: Copy everything inside.
          schema: {type: boolean}
      responses:
        '201':
          description: The copy.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Thing'
        '401':
          $ref: '#/components/responses/Failure'
        5XX:
          $ref: '#/components/responses/Failure'
"""
CHANGED = changed(("components:\n  securitySchemes:", f"{ANOTHER}components:\n  securitySchemes:"))


def run(root: Path, *arguments: str) -> int:
    return cli.main(["--root", str(root), *arguments])
