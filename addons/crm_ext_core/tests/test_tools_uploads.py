from unittest import TestCase

from odoo.addons.crm_ext_core.tools.uploads import (
    MEBIBYTE,
    Upload,
    UploadPolicy,
    UploadRefused,
    extension,
)


class TestUploads(TestCase):
    """Files that customers may send."""

    def refusal(self, *uploads, **limits):
        """Give the reason for which these files are refused."""
        with self.assertRaises(UploadRefused) as refused:
            UploadPolicy(**limits).check(uploads)
        return refused.exception

    def test_usual_files_pass(self):
        UploadPolicy().check(
            [
                Upload("Devis signé.PDF", 1000, "application/pdf"),
                Upload("capture.png", 10 * MEBIBYTE, "image/png"),
                Upload("server.log.gz", 1, "application/gzip"),
            ]
        )

    def test_the_limit_itself_passes_one_byte_more_does_not(self):
        one = Upload("a.txt", 11, "text/plain")
        UploadPolicy(max_bytes=11).check([one])
        refused = self.refusal(one, max_bytes=10)
        self.assertEqual((refused.reason, refused.name), ("size", "a.txt"))

    def test_count(self):
        files = [Upload(f"{number}.txt", 1, "text/plain") for number in range(3)]
        UploadPolicy(max_files=3).check(files)
        refused = self.refusal(*files, max_files=2)
        self.assertEqual((refused.reason, refused.limit), ("count", 2))

    def test_empty(self):
        self.assertEqual(self.refusal(Upload("a.txt", 0, "")).reason, "empty")

    def test_names_that_lie_and_contents_that_run(self):
        for name, mimetype in (
            ("run.exe", "application/x-msdownload"),
            ("invoice.pdf.exe", "application/octet-stream"),
            ("page.pdf", "text/html"),
            ("drawing.png", "image/svg+xml"),
            ("noextension", "text/plain"),
            ("script.js", "text/plain"),
        ):
            with self.subTest(name):
                self.assertEqual(self.refusal(Upload(name, 5, mimetype)).reason, "type")

    def test_extension(self):
        self.assertEqual(extension(" A.B.PdF "), "pdf")
        self.assertEqual(extension(".bashrc"), "")
