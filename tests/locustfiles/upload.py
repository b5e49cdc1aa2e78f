import hashlib
import io
import os
import tempfile
import locust


CONTENT = b"%PDF-1.4\n" + bytes(range(256)) * 40
SCAN = os.path.join(tempfile.mkdtemp(), "scan 1.bin")
with open(SCAN, "wb") as f:
    f.write(CONTENT * 3)
done = []


def stop_when_all_are_done(user):
    done.append(user)
    if len(done) == user.environment.parsed_options.num_users:
        user.environment.runner.quit()
    raise locust.exception.StopUser


class DocumentUser(locust.HttpUser):
    """Scans papers and sends them to the archive, in every way that requests has for it."""

    fixed_count = 2
    wait_time = locust.constant_pacing(0.05)
    times = 0

    @locust.task
    def archive(self):
        post = self.client.post
        # one file with its type, and form fields (one with several values)
        post("/upload", files={"document": ("invoice.pdf", CONTENT, "application/pdf")},
             data={"title": "Invoice", "tags": ["tax", "2024"]}, name="/upload one")
        # several under the same name; names that are not ASCII
        post("/upload", files=[("scan", ("page 1.png", io.BytesIO(b"\x89PNG" * 100), "image/png")),
                               ("scan", ("größe.txt", "20 cm"))], name="/upload two")
        # an open file has a name already; headers for one part
        with open(SCAN, "rb") as scan:
            post("/upload", files={"scan": scan}, name="/upload open file")
        post("/upload", files={"meta": ("meta.json", '{"a": 1}', "application/json", {"X-Part": "yes"})},
             name="/upload part header")
        # a form of pairs, and an empty one
        post("/upload", data=[("a", "1"), ("a", "2 3")], name="/upload without a file")

        # raw bodies: bytes, a file object, a generator (chunked)
        self.client.put("/files/raw", data=CONTENT, headers={"Content-Type": "application/pdf"})
        self.client.put("/files/stream", data=io.BytesIO(CONTENT))
        self.client.put("/files/chunked", data=(CONTENT[n:n + 4096] for n in range(0, len(CONTENT), 4096)))
        self.client.put("/files/text", data="plain text, ünicode".encode("utf-8"))

        # and back again: in pieces, with a check of what came
        with self.client.get("/files/big", params={"kb": 64}, stream=True, catch_response=True) as response:
            checksum, size = hashlib.sha256(), 0
            for piece in response.iter_content(chunk_size=10000):
                checksum.update(piece)
                size += len(piece)
            if checksum.hexdigest() != response.headers["x-checksum"]:
                response.failure("broken file, %d bytes" % size)
        self.client.head("/files/big")

        self.times += 1
        if self.times == 2:
            stop_when_all_are_done(self)


class FastDocumentUser(locust.FastHttpUser):
    fixed_count = 1

    @locust.task
    def archive(self):
        self.client.post("/upload", data={"title": "Receipt"},
                         files={"document": ("receipt.pdf", CONTENT, "application/pdf")},
                         name="/upload fast")
        self.client.put("/files/raw", data=CONTENT, headers={"Content-Type": "application/pdf"})
        self.client.post("/upload", data={"plain": "form", "n": 1}, name="/upload fast, no file")
        r = self.client.get("/files/big?kb=64")
        assert hashlib.sha256(r.content).hexdigest() == r.headers["X-Checksum"]
        stop_when_all_are_done(self)
