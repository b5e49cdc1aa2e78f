"""What must not stand in the repository: the place where somebody happened to build it, and where
packages come from (that is the machine's business)."""

import re

# Each is written so that it does not match itself.
FORBIDDEN = (
    (re.compile(r"(?<![\w.)}~-])/(work|root)/[\w.]"), "a path of one machine"),
    # /home/me and the like are nobody's, and stand in tests; /home/locust is the image's.
    (re.compile(r"(?<![\w.)}~-])/home/(?!(me|you|locust)\b)[a-z]+"), "a path of one machine"),
    (re.compile(r"(?<![\w.-])(pypi|registry|proxy|artifactory|nexus)\.[a-z]+\.[a-z]+"),
     "a package registry"),
    (re.compile(r"(?<![\w.-])(deb|security|ftp)\.debian\.[a-z]+"), "a package registry"),
    (re.compile(r"(extra-)?index-url\s*[=:]"), "a package registry"),
    (re.compile(r"BEGIN [A-Z ]*PRIVATE[ ]KEY"), "a private key"),
)
BINARY = (".png", ".jpg", ".ico", ".gz", ".br", ".bin", ".woff2")


def check_words(tree):
    for path in tree.files:
        if path.endswith(BINARY) or "/corpus/" in path:
            continue
        for number, line in enumerate(tree.read(path).splitlines(), 1):
            for pattern, what in FORBIDDEN:
                if match := pattern.search(line):
                    yield f"{path}:{number}: {match[0]!r} is {what}"


CHECKS = (check_words,)
