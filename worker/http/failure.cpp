#include "worker/http/failure.h"

namespace swarm::http {

std::string_view describe(Failure failure) {
  switch (failure) {
    case Failure::None:
      return "";
    case Failure::NameNotResolved:
      return "host name not resolved";
    case Failure::Refused:
      return "connection refused";
    case Failure::Unreachable:
      return "host unreachable";
    case Failure::ConnectTimedOut:
      return "connecting timed out";
    case Failure::ReadTimedOut:
      return "waiting for the response timed out";
    case Failure::Reset:
      return "connection reset by the target";
    case Failure::Tls:
      return "TLS handshake or record failed";
    case Failure::Closed:
      return "connection closed without a response";
    case Failure::NotHttp:
      return "the response is not HTTP/1";
    case Failure::BadHead:
      return "malformed field in the response's head";
    case Failure::BadLength:
      return "malformed or conflicting Content-Length";
    case Failure::BadTransferEncoding:
      return "unknown or malformed Transfer-Encoding";
    case Failure::BadChunk:
      return "malformed chunk in the response's body";
    case Failure::UnexpectedUpgrade:
      return "the target switched protocols without being asked";
    case Failure::HeadTooShort:
      return "connection closed within the response's head";
    case Failure::BodyTooShort:
      return "connection closed within the response's body";
    case Failure::HeadTooLarge:
      return "the response's head is too large";
    case Failure::BodyTooLarge:
      return "the response's body is too large";
    case Failure::BadContentEncoding:
      return "the response's body does not decompress";
    case Failure::DecodedTooLarge:
      return "the response's body is too large when decompressed";
    case Failure::TooManyRedirects:
      return "too many redirects";
    case Failure::BadUrl:
      return "malformed URL, or one that is not http or https";
    case Failure::OutOfDescriptors:
      return "the generator is out of file descriptors";
    case Failure::OutOfPorts:
      return "the generator is out of local ports";
    case Failure::OutOfMemory:
      return "the generator is out of memory";
  }
  return "";
}

}  // namespace swarm::http
