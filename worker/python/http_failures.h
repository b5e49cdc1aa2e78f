#pragma once

#include <string>
#include <string_view>

#include "worker/python/http_call.h"

namespace swarm::python {

// Why a call has failed, as Locust's reports say it: the repr of the innermost Python exception of
// requests or geventhttpclient. Written without making any, for a target that is down is down for
// every request.
//
// Thread  loop
// Errors  none
// Source  what Locust 2.46 reports, see tests/python_http/golden

// The text for a status that counts as a failure, or empty.
std::string status_failure(const Call& call);

// The text for a response that failed. REQUIRES: call.failed().
std::string transport_failure(const Call& call);

// What the message of requests' HTTPError says of that response, naming `url`.
std::string http_error_message(const Call& call, std::string_view url);

// Whether Locust's fast client takes that status for a success.
bool is_valid_for_fast(int status);

// What failed, in a word for the Python classes: "status" if nothing but the status.
const char* failure_kind(const Call& call);

// The same in more words: the text of a TLS error as Python has it, or what the engine says.
std::string failure_detail(const Call& call);

// How much has come of a body with a Content-Length that broke off.
std::uint64_t received_of_body(const Call& call);

// As Python's repr of a str; `text` is UTF-8.
std::string repr_of(std::string_view text);

}  // namespace swarm::python
