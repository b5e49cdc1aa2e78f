"""What the bench's server answers."""

SMALL = '{"status":"success!!"}'  # 22 bytes
LARGE_BYTES = 20 * 1024
JSON_BYTES = {"json200": 200, "json2k": 2_000, "json20k": 20_000}
# As large, and every answer another one: the server puts an id into each.
NEW_JSON_BYTES = {"new200": 200, "new2k": 2_000, "new20k": 20_000}
ID, ID_BYTES = "$request_id", 32  # as nginx's configuration has it, and what comes of it
# Name -> how it is called on the page.
TITLES = {"22": "22-byte bodies", "20k": "20 KB bodies", "json200": "JSON of 0.2 KB",
          "json2k": "JSON of 2 KB", "json20k": "JSON of 20 KB",
          "new200": "JSON of 0.2 KB, each another", "new2k": "JSON of 2 KB, each another",
          "new20k": "JSON of 20 KB, each another"}


def json_document(size: int, begin: str = "") -> str:
    """A list of small objects in exactly `size` bytes, as the target's /json/SIZE gives it.

    `begin`: of the padding, which comes last.
    """
    padding, closing = f'],"padding":"{begin}', '"}'
    text, number = '{"items":[', 0
    while True:
        item = (f'{{"id":{number},"name":"item {number}","price":{number % 100}.99,'
                f'"in_stock":{"true" if number % 3 else "false"}}}')
        longer = f"{text},{item}" if number else text + item
        if len(longer) + len(padding) + len(closing) > size:
            break
        text, number = longer, number + 1
    return text + padding + "." * (size - len(text) - len(padding) - len(closing)) + closing


def new_json_document(size: int) -> str:
    """The same with an ID in it, in exactly `size` bytes when the server has put one there."""
    return json_document(size - ID_BYTES + len(ID), ID)
