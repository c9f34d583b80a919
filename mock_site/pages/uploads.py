"""Attachments: the same rules on every host. The answer to an upload is the witness that it arrived."""

from __future__ import annotations

import asyncio
import hashlib

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mock_site.pages.filing import STALE_TEXT
from mock_site.pages.stage import Stage
from mock_site.world.models import StoredFile

MAX_FILES = 5
_SUFFIXES = (".png", ".jpg", ".jpeg", ".pdf")


async def take_upload(stage: Stage, request: Request) -> Response:
    """Takes one attachment of whoever is signed in."""
    session = stage.session(request)
    if session is None:
        return JSONResponse({"error": "Войдите, чтобы загрузить файл"}, 401)
    await asyncio.sleep(stage.switches.upload_delay_ms / 1000)
    form = await request.form()
    file = form.get("file")
    if form.get("csrf") != session.csrf or not isinstance(file, UploadFile):
        return JSONResponse({"error": STALE_TEXT}, 403)
    data = await file.read()
    limit = stage.switches.max_file_mb
    if len(data) > limit * 1024 * 1024:
        return JSONResponse({"error": f"Файл больше {limit:g} МБ"}, 413)
    name = file.filename or "file"
    if not name.lower().endswith(_SUFFIXES):
        return JSONResponse({"error": "Допустимы только PNG, JPG и PDF"}, 415)
    stored = stage.world.filings.upload(name, len(data), hashlib.sha256(data).hexdigest())
    return JSONResponse({"id": stored.file_id, "name": name, "size": stored.size, "sha256": stored.sha256})


def files_of(stage: Stage, form: FormData) -> tuple[StoredFile, ...]:
    """The uploaded files that a form names."""
    uploads = stage.world.filings.uploads
    return tuple(uploads[str(one)] for one in form.getlist("file_id") if str(one) in uploads)
