"""Files that are sent to us: nothing is kept beyond the largest size we take."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from core.uploads import MAX_BYTES, BoundedFileUploadHandler


def sent(*sizes):
    """A request with files of these sizes."""
    files = [SimpleUploadedFile(f"{number}.jpg", b"x" * size) for number, size in enumerate(sizes)]
    return RequestFactory().post("/", {"photo": files, "name": "Sella"})


def test_a_file_that_is_too_large_comes_without_its_bytes_and_with_its_size():
    request = sent(MAX_BYTES + 1)

    photo = request.FILES["photo"]

    assert (photo.name, photo.size, photo.read()) == ("0.jpg", MAX_BYTES + 1, b"")
    assert request.POST["name"] == "Sella"


def test_no_more_than_the_largest_size_lies_on_the_disk_while_it_comes_and_nothing_after(tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    handler = BoundedFileUploadHandler()
    handler.new_file("photo", "large.jpg", "image/jpeg", None)

    for turn in range(3):
        handler.receive_data_chunk(b"x" * MAX_BYTES, turn * MAX_BYTES)

    assert [path.stat().st_size for path in tmp_path.iterdir()] == [MAX_BYTES]
    handler.file_complete(3 * MAX_BYTES)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_largest_size_and_the_files_beside_one_too_large_are_whole():
    request = sent(10, MAX_BYTES + 1, MAX_BYTES)

    assert [len(photo.read()) for photo in request.FILES.getlist("photo")] == [10, 0, MAX_BYTES]
    request.close()
