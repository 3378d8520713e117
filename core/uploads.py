"""How much of a file that is sent to us is kept while it comes in."""

from io import BytesIO

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

MAX_BYTES = 10 * 1024 * 1024


class BoundedFileUploadHandler(TemporaryFileUploadHandler):
    """Write nothing of a file beyond the largest size we take to the disk.

    Such a file arrives with the size it was sent in and nothing inside, so a form refuses it beside its field.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) <= MAX_BYTES:
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if file_size <= MAX_BYTES:
            return super().file_complete(file_size)
        self.file.close()
        return UploadedFile(BytesIO(), self.file_name, self.content_type, file_size, self.charset)
