#!/usr/bin/env python3
"""Writes the C++ source of built_in_assets(): the files of the page, each also as gzip and brotli.

    embed_assets.py FOLDER SOURCE    FOLDER as Vite leaves it (master/web/dist)

Brotli is Node's, which has just built the page; without it there is gzip alone.
"""

import gzip
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png",
         ".woff2": "font/woff2", ".ico": "image/x-icon", ".json": "application/json",
         ".txt": "text/plain; charset=utf-8"}
# What is compressed already.
DENSE = (".png", ".woff2")
LINE = 90  # bytes
BROTLI = ("const z=require('zlib');const c=[];process.stdin.on('data',d=>c.push(d)).on('end',()=>"
          "process.stdout.write(z.brotliCompressSync(Buffer.concat(c))))")


def brotli(data):
    node = shutil.which("node")
    if node is None:
        return b""
    return subprocess.run([node, "-e", BROTLI], input=data, stdout=subprocess.PIPE,
                          check=True).stdout


def literal(data):
    """A std::string_view of any bytes."""
    if not data:
        return "{}"
    lines = []
    for begin in range(0, len(data), LINE):
        text = "".join(chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f"\\{byte:03o}"
                       for byte in data[begin:begin + LINE])
        lines.append(f'"{text}"')
    return "std::string_view{" + "\n    ".join(lines) + f", {len(data)}}}"


def compressed(path, data):
    """As gzip and as brotli; empty where that saves nothing."""
    if path.suffix in DENSE:
        return b"", b""
    both = (gzip.compress(data, 9, mtime=0), brotli(data))
    return tuple(each if len(each) < len(data) else b"" for each in both)


def entry(folder, path):
    data = path.read_bytes()
    smaller = compressed(path, data)
    if path.suffix not in TYPES:
        sys.exit(f"embed_assets.py: {path.name}: files of this type have no media type here")
    return (f'  WebAsset{{"{path.relative_to(folder).as_posix()}", "{TYPES[path.suffix]}",\n    '
            + ",\n    ".join(literal(each) for each in (data, *smaller))
            + f',\n    "{hashlib.sha256(data).hexdigest()[:16]}"}},\n')


def main(folder, source):
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    text = ('// Made by cmake/embed_assets.py.\n#include "master/server/web_assets.h"\n\n'
            "#include <array>\n\nnamespace swarm::master {\n\n"
            "std::span<const WebAsset> built_in_assets() {\n"
            "  static constexpr std::array kAssets{\n"
            + "".join(entry(folder, path) for path in paths)
            + "  };\n  return kAssets;\n}\n\n}  // namespace swarm::master\n")
    source.write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
