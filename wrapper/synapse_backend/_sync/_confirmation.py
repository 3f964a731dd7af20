# Derived from wrapper/synapse_backend/_async/_confirmation.py by scripts/unasync.py; do not edit.
"""Makes data files of what is at the storage, and takes note of it in a journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synapse_api import dicts
from synapse_backend import _bulk, _presigned
from synapse_backend._errors import ClientError
from synapse_backend._files_journal import stored_file
from synapse_backend._slots import run_sync

if TYPE_CHECKING:
    from synapse_backend._config import CallOptions, ClientConfig
    from synapse_backend._files_journal import FilesJournal
    from synapse_backend._presigned import Candidate
    from synapse_backend._sync._attempts import Attempts
    from synapse_backend._sync.data_collection import DataCollectionClientMixin


class Confirmations:
    """Confirms uploads; what a lost answer was about is looked for by checksum.

    Args:
        client: The client.
        config: Its configuration.
        attempts: Repeats what failed.
        journal: Where to take note.
        options: Of each request.
    """

    def __init__(
        self,
        client: DataCollectionClientMixin,
        config: ClientConfig,
        attempts: Attempts,
        *,
        journal: FilesJournal | None,
        options: CallOptions | None,
    ) -> None:
        self._client = client
        self._config = config
        self._attempts = attempts
        self._journal = journal
        self._options = options
        # Whether and when to try again is decided here.
        self._once: CallOptions = {**(options or {}), "retries": 0}
        self._is_in_doubt = False

    def go_on(self) -> None:
        """Find out what became of the confirmations that an earlier process had sent.

        Raises:
            ClientError: They cannot be looked for.
        """
        journal = self._journal
        if journal is None or not journal.doubts:
            return
        wanted = {file.checksum for doubt in journal.doubts.values() for file in doubt.files.values()}
        found: dict[str, int] = {}

        def look() -> bool | None:
            missing = sorted(wanted - found.keys())
            found.update(self._client.verify_data_files_checksums(missing, options=self._options))
            return True if wanted <= found.keys() else None

        newest = max(doubt.at for doubt in journal.doubts.values())
        wait = max(0.0, _bulk.STILL_AT_WORK - abs(self._config.clock.time() - newest))
        self._attempts.settled(look, wait)
        run_sync(journal.settle, found)

    def confirm(self, uploaded: list[Candidate]) -> None:
        """Write into each file what became of it.

        Raises:
            ClientError: It was refused, or nobody knows whether it was carried out.
            OSError: The journal cannot be written.
        """
        if not uploaded:
            return
        journal = self._journal
        if journal is None:
            self._confirm(uploaded)
            return
        asked = {stored_file(candidate): candidate for candidate in uploaded}
        self._is_in_doubt = False
        number = run_sync(journal.begin, list(asked), self._config.clock.time())
        failure: ClientError | None = None
        try:
            self._confirm(uploaded)
        except ClientError as error:
            failure = error
        confirmed = {file: candidate.pk for file, candidate in asked.items() if candidate.pk is not None}
        is_settled = failure is None or not self._is_in_doubt
        run_sync(journal.end, number, confirmed, is_settled=is_settled)
        if failure is not None:
            raise failure

    def _confirm(self, uploaded: list[Candidate]) -> None:
        def send() -> bool:
            body = dicts.PresignedConfirmation(files=[candidate.confirmed() for candidate in uploaded])
            answer = self._client.confirm_presigned_upload(body, options=self._once)
            _presigned.read_confirmation(self._config, uploaded, answer)
            return True

        def look(_: ClientError) -> bool | None:
            self._is_in_doubt = True
            checksums = [candidate.md5 or "" for candidate in uploaded]
            found = self._client.verify_data_files_checksums(checksums, options=self._options)
            for candidate in uploaded:
                candidate.pk = found.get(candidate.md5 or "")
            uploaded[:] = [candidate for candidate in uploaded if candidate.pk is None]
            return None if uploaded else True

        self._attempts.repeat(send, look)
