"""A contract with everything that the small one does not need: what bodies, answers and schemas may look like."""

from __future__ import annotations

from tests.unit.regeneration.specs import SPEC

_PATHS = """\
  /uploads/:
    post:
      operationId: create_upload
      tags: [things]
      x-retry: never
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              $ref: '#/components/schemas/FileUpload'
          application/json:
            schema:
              $ref: '#/components/schemas/UploadByName'
      responses:
        '201':
          description: The folder.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Folder'
        '401':
          $ref: '#/components/responses/Failure'
        5XX:
          $ref: '#/components/responses/Failure'
  /uploads/{pk}/:
    put:
      operationId: append_upload
      tags: [things]
      x-retry: idempotent
      parameters:
        - name: pk
          in: path
          required: true
          schema: {type: integer}
        - name: Content-Range
          in: header
          required: true
          description: Which part of the file this is.
          schema: {type: string, pattern: '^bytes '}
        - name: versions
          in: query
          schema: {type: array, items: {type: integer}}
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              $ref: '#/components/schemas/Part'
      responses:
        '204':
          description: The part was added.
        '401':
          $ref: '#/components/responses/Failure'
        5XX:
          $ref: '#/components/responses/Failure'
  /many/:
    post:
      operationId: create_many
      tags: [things]
      x-retry: never
      requestBody:
        required: true
        content:
          application/json:
            schema:
              oneOf:
                - $ref: '#/components/schemas/ThingCreate'
                - type: array
                  minItems: 1
                  items:
                    $ref: '#/components/schemas/ThingCreate'
            examples:
              one: {value: {name: a}}
              many: {value: [{name: a}]}
      responses:
        '201':
          description: As many as were sent, in the same form.
          content:
            application/json:
              schema:
                oneOf:
                  - $ref: '#/components/schemas/Thing'
                  - type: array
                    items:
                      $ref: '#/components/schemas/Thing'
        '401':
          $ref: '#/components/responses/Failure'
        5XX:
          $ref: '#/components/responses/Failure'
    put:
      operationId: replace_many
      tags: [things]
      x-retry: idempotent
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: array
              maxItems: 3
              items:
                $ref: '#/components/schemas/ThingCreate'
      responses:
        '204':
          description: Done.
        '401':
          $ref: '#/components/responses/Failure'
        5XX:
          $ref: '#/components/responses/Failure'
  /things/{pk}/tail/:
    get:
      operationId: tail_thing
      tags: [things]
      x-retry: safe
      parameters:
        - name: pk
          in: path
          required: true
          schema: {type: integer}
      responses:
        '200':
          description: What happens to it, as it happens.
          content:
            text/event-stream:
              schema: {type: string}
              x-event:
                $ref: '#/components/schemas/ThingEvent'
        '401':
          $ref: '#/components/responses/Failure'
        5XX:
          $ref: '#/components/responses/Failure'
x-transfers:
  download_file:
    summary: Download a file.
    method: get
    success: [200, 206]
    x-retry: safe
  upload_file_there:
    summary: Upload a file.
    method: put
    success: [201, 200]
    x-retry: idempotent
components:
"""
_SCHEMAS = """\
  schemas:
    Part:
      type: object
      required: [file]
      properties:
        file: {type: string, format: binary}
    UploadByName:
      type: object
      required: [upload]
      minProperties: 1
      dependentRequired: {begin: [end]}
      properties:
        upload: {type: integer}
        begin: {type: integer}
        end: {type: integer}
        groups: {type: array, uniqueItems: true, maxItems: 4, items: {type: string}}
    Folder:
      type: object
      properties:
        files:
          type: object
          additionalProperties:
            $ref: '#/components/schemas/Thing'
        lists:
          type: object
          additionalProperties:
            type: array
            items:
              $ref: '#/components/schemas/Thing'
        counts:
          type: object
          additionalProperties: {type: integer}
        best:
          oneOf:
            - $ref: '#/components/schemas/Thing'
            - type: 'null'
        parent:
          oneOf:
            - type: integer
            - $ref: '#/components/schemas/Thing'
        nothing:
          type: [object, 'null']
          additionalProperties: true
        emptied:
          type: [string, 'null']
          format: date-time
    ThingEvent:
      type: object
      required: [line]
      properties:
        line: {type: string}
"""

WIDE = SPEC.replace("components:\n", _PATHS, 1).replace("  schemas:\n", _SCHEMAS, 1)


def wider(*replacements: tuple[str, str]) -> str:
    """Return the contract with pieces replaced, each of which stands there once."""
    text = WIDE
    for old, new in replacements:
        assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
        text = text.replace(old, new)
    return text
