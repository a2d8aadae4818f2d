"""Which files a customer may send: how many, how large, of which kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

MEBIBYTE = 1024 * 1024
EXTENSIONS = frozenset(
    "pdf png jpg jpeg gif webp heic txt log csv xml json eml msg zip 7z gz "
    "doc docx odt xls xlsx ods ppt pptx odp mp4 mov".split()
)
# What a browser or a workstation would run, whatever name the file was given.
ACTIVE_TYPES = frozenset(
    {
        "text/html",
        "application/xhtml+xml",
        "image/svg+xml",
        "text/javascript",
        "application/javascript",
        "application/x-msdownload",
        "application/x-dosexec",
        "application/x-executable",
        "application/x-sharedlib",
        "application/x-sh",
        "text/x-shellscript",
    }
)


class UploadRefused(Exception):
    """A file that is not accepted; `reason` is count, empty, size or type."""

    def __init__(self, reason: str, name: str = "", limit: int = 0) -> None:
        """Remember what was wrong; the caller words the message."""
        super().__init__(reason)
        self.reason = reason
        self.name = name
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrived; `mimetype` is what its content looks like."""

    name: str
    size: int
    mimetype: str


@dataclass(frozen=True, slots=True)
class UploadPolicy:
    """The limits, in files and bytes."""

    max_files: int = 10
    max_bytes: int = 10 * MEBIBYTE

    def check(self, uploads: Iterable[Upload]) -> None:
        """Refuse the first file that breaks a rule, by UploadRefused."""
        uploads = tuple(uploads)
        if len(uploads) > self.max_files:
            raise UploadRefused("count", limit=self.max_files)
        for upload in uploads:
            self._check_one(upload)

    def _check_one(self, upload: Upload) -> None:
        if not upload.size:
            raise UploadRefused("empty", upload.name)
        if upload.size > self.max_bytes:
            raise UploadRefused("size", upload.name, self.max_bytes // MEBIBYTE)
        if upload.mimetype in ACTIVE_TYPES or extension(upload.name) not in EXTENSIONS:
            raise UploadRefused("type", upload.name)


def extension(name: str) -> str:
    """Give the last extension of a file's name, lower case, without the dot."""
    return PurePath(name.strip()).suffix.lower().removeprefix(".")
